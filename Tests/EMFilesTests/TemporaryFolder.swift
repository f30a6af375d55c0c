import Glibc
import Ground

/// A folder of its own for a test, removed with all that is in it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/fulcrum-files-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Problem("mkdtemp failed", whatToDo: "") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in names() { unlink(path + "/" + name) }
    for name in names() { rmdir(path + "/" + name) }
    rmdir(path)
  }

  /// The path of a name in the folder.
  func callAsFunction(_ name: String) -> String { path + "/" + name }

  /// Writes a fixture and returns its path.
  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    guard let file = fopen(self(name), "wb") else {
      throw Problem("fopen failed", whatToDo: "")
    }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    return self(name)
  }

  /// Writes a fixture and returns its path.
  func write(_ text: String, _ name: String) throws -> String {
    try write(Array(text.utf8), name)
  }

  /// What is in the folder.
  func names() -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}

/// All bytes of a file.
func contents(_ path: String) throws -> [UInt8] {
  let file = try InputFile(path: path)
  return try file.bytes(at: 0, count: file.size)
}

/// The text of the problem that an action throws; nil when it throws none.
func complaint(_ action: () throws -> Void) -> String? {
  do {
    try action()
    return nil
  } catch { return "\(error)" }
}

/// Makes a file longer without writing to it.
func truncateFile(_ path: String, to size: Int) -> Bool { truncate(path, off_t(size)) == 0 }
