import Ground
import Runs

extension RunFolder {
  /// The SHA-256 digest of a file of the run; nil where it cannot be read.
  func digest(of file: RunFile) -> String? {
    guard let input = try? InputFile(path: file.path, within: root) else { return nil }
    var digest = SHA256()
    var place = 0
    while place < input.size {
      let count = min(1 << 20, input.size - place)
      guard let bytes = try? input.bytes(at: place, count: count), bytes.count == count else {
        return nil
      }
      digest.add(bytes)
      place += count
    }
    return digest.text
  }

  /// The curve in the form that the EMDB takes; empty where there is none.
  func depositionFSC() -> String {
    guard let file = try? InputFile(path: FilePath.joined(finalPath, "fsc.xml"), within: root),
      file.size < 1 << 18, let bytes = try? file.bytes(at: 0, count: file.size)
    else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }
}
