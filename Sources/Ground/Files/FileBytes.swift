/// The bytes of a whole file, read once.
///
/// Read and not mapped: a particle file is needed again at the end of a refinement, hours later, and
/// a mapping of a file that someone has rewritten meanwhile is a crash or a silent wrong answer.
public final class FileBytes: Sendable {
  /// The path as it was given, for messages.
  public let path: String
  /// The bytes; valid as long as this object is.
  public nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

  /// Reads a file.
  public init(path: String) throws(Problem) {
    let file = try InputFile(path: path)
    self.path = path
    let content = UnsafeMutableRawBufferPointer.allocate(byteCount: file.size, alignment: 8)
    bytes = UnsafeRawBufferPointer(content)
    guard try file.read(into: content, at: 0) == file.size else {
      throw Problem(
        "\(path) became shorter while it was read",
        whatToDo: "Wait until the program that writes it has ended.")
    }
  }

  /// Takes a copy of bytes that are in memory already; `path` is for messages.
  public init(path: String, copying content: [UInt8]) {
    self.path = path
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: 8)
    copy.copyBytes(from: content)
    bytes = UnsafeRawBufferPointer(copy)
  }

  deinit { bytes.deallocate() }
}
