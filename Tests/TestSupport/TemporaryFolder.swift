import FoundationEssentials
import Ground

/// A folder of its own for a test, removed with all that is in it.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() throws {
    path = FileManager.default.temporaryDirectory.path + "/fulcrum-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a name in the folder.
  public func callAsFunction(_ name: String) -> String { path + "/" + name }

  /// Writes a fixture and returns its path.
  @discardableResult
  public func write(_ bytes: [UInt8], to name: String) throws -> String {
    try Data(bytes).write(to: URL(filePath: self(name)))
    return self(name)
  }

  /// Writes a fixture and returns its path.
  @discardableResult
  public func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  /// A file as text.
  public func text(_ name: String) throws -> String {
    try String(contentsOfFile: self(name), encoding: .utf8)
  }

  /// Names in a folder of it, or in itself, sorted.
  public func names(_ folder: String = "") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: self(folder))) ?? []).sorted()
  }
}

/// All bytes of a file.
public func contents(_ path: String) throws -> [UInt8] {
  let file = try InputFile(path: path)
  return try file.bytes(at: 0, count: file.size)
}

/// The text of the problem that an action throws; nil when it throws none.
public func complaint(_ action: () throws -> Void) -> String? {
  do {
    try action()
    return nil
  } catch { return "\(error)" }
}
