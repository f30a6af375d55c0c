/// Gathers bytes for a file and hands them over in large pieces.
public struct OutputBuffer {
  /// What has gathered since the last flush.
  public var bytes: [UInt8] = []
  private let file: AtomicFile
  private static let piece = 1 << 20

  /// A buffer in front of a file.
  public init(_ file: AtomicFile) {
    self.file = file
    bytes.reserveCapacity(OutputBuffer.piece + 4096)
  }

  /// Adds a text as UTF-8.
  public mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Hands over what has gathered when it is enough.
  public mutating func flushIfFull() throws(Problem) {
    if bytes.count >= OutputBuffer.piece { try flush() }
  }

  /// Hands over what has gathered.
  public mutating func flush() throws(Problem) {
    try file.append(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  /// Bytes that need no copy of their own.
  public mutating func append(large bytes: UnsafeRawBufferPointer) throws(Problem) {
    try flush()
    try file.append(bytes)
  }
}
