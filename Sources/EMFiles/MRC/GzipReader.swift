import CZlib
import Glibc
import Ground

/// Reads the content of a file packed by gzip from its beginning.
final class GzipReader {
  let path: String
  private let stream: gzFile

  init(path: String) throws(Problem) {
    let file = try InputFile(path: path)
    let descriptor = dup(file.descriptor)
    guard descriptor >= 0, let stream = gzdopen(descriptor, "rb") else {
      if descriptor >= 0 { close(descriptor) }
      throw Problem(
        "\(path): cannot be unpacked (\(systemError()))", whatToDo: "Unpack it with `gunzip`.")
    }
    gzbuffer(stream, 1 << 17)
    self.path = path
    self.stream = stream
  }

  deinit { gzclose(stream) }

  /// Fills `buffer` as far as the content goes; returns the number of bytes.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Problem) -> Int {
    guard let base = buffer.baseAddress else { return 0 }
    var done = 0
    while done < buffer.count {
      let count = gzread(stream, base + done, UInt32(min(buffer.count - done, 1 << 30)))
      guard count >= 0 else { throw damaged }
      if count == 0 { break }
      done += Int(count)
    }
    var status: Int32 = 0
    gzerror(stream, &status)
    // A cut-off file ends without an error from gzread itself.
    guard status == Z_OK || status == Z_STREAM_END else { throw damaged }
    return done
  }

  /// The next bytes, fewer at the end.
  func bytes(count: Int) throws(Problem) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: count)
    var done = 0
    var failure: Problem?
    result.withUnsafeMutableBytes { buffer in
      do throws(Problem) { done = try read(into: buffer) } catch { failure = error }
    }
    if let failure { throw failure }
    return Array(result.prefix(done))
  }

  private var damaged: Problem {
    Problem(
      "\(path): the packed content is damaged or cut off",
      whatToDo: "Make or copy the file again; `gzip -t` tests it.")
  }
}
