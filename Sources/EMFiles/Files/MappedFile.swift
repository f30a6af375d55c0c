import Glibc

/// A whole file as memory, read by the system when it is touched.
///
/// The bytes stay what they are when the file is replaced by renaming, as careful programs do.
final class MappedFile: Sendable {
  let path: String
  /// The bytes; valid as long as this object is.
  nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
  /// Bytes that did not come from a file, when there is no mapping.
  private let isMapped: Bool

  /// Maps a file.
  init(path: String) throws(Problem) {
    let file = try InputFile(path: path)
    self.path = path
    guard file.size > 0 else {
      (bytes, isMapped) = (UnsafeRawBufferPointer(start: nil, count: 0), false)
      return
    }
    let base = mmap(nil, file.size, PROT_READ, MAP_PRIVATE, file.descriptor, 0)
    guard let base, base != MAP_FAILED else {
      throw Problem(
        "\(path): cannot be mapped into memory (\(systemError()))",
        whatToDo: "Copy it to a local disk and try again.")
    }
    madvise(base, file.size, MADV_SEQUENTIAL)
    (bytes, isMapped) = (UnsafeRawBufferPointer(start: base, count: file.size), true)
  }

  /// Takes a copy of bytes that are in memory already; `path` is for messages.
  init(path: String, copying content: [UInt8]) {
    self.path = path
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: 8)
    copy.copyBytes(from: content)
    (bytes, isMapped) = (UnsafeRawBufferPointer(copy), false)
  }

  deinit {
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    } else {
      bytes.deallocate()
    }
  }
}
