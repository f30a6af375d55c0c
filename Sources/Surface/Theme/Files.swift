import Glibc
import Ground

/// The few things that finding and reading themes needs from the file system.
enum Files {
  /// The running program.
  static var executable: String? {
    var bytes = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &bytes, bytes.count)
    guard count > 0 else { return nil }
    return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }

  /// The names in a folder; none where there is no such folder.
  static func names(in folder: String) -> [String] {
    FilePlace.names(in: folder)
  }

  /// The text of a small file; nil where it cannot be read, is no ordinary file, is not UTF-8 or is
  /// larger than any theme.
  static func text(of path: String) -> String? {
    // Without O_NONBLOCK the opening of a pipe would wait for its writer.
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while bytes.count <= 1 << 17 {
      let count = read(file, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { return String(validating: bytes, as: UTF8.self) }
      bytes += chunk.prefix(count)
    }
    return nil
  }

  /// Size and time of the last change.
  static func stamp(of path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return "\(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
  }
}
