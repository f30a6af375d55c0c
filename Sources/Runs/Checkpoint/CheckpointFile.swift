import Glibc
import Ground

/// The frame of a checkpoint's files: who wrote it, for which run, how long it is and its checksum, in
/// 160 bytes before the content.
struct CheckpointFrame: Sendable, Equatable {
  /// Identifier of the run.
  var run: String
  /// Number of the format: what the content means. It is raised when the meaning of the content changes
  /// though its layout does not, and only then, so that a newer program goes on with older checkpoints.
  var format: UInt32 = Self.currentFormat
  /// Program version that wrote it, for messages.
  var version = programVersion
  /// Checksum of the description of what is in it.
  var layout: UInt64
  /// Bytes of the content, and their checksum.
  var length: UInt64 = 0
  var checksum: UInt64 = 0

  static let size = 160
  static let currentFormat: UInt32 = 2
  private static let magic = Array("FULCRUM\u{1}".utf8)
  private static let byteOrder: UInt32 = 0x0102_0304

  /// The frame as bytes.
  var bytes: [UInt8] {
    var bytes = Self.magic
    func append(_ text: String, room: Int) {
      let utf8 = Array(text.utf8.prefix(room))
      bytes += utf8 + [UInt8](repeating: 0, count: room - utf8.count)
    }
    bytes.append(bytesOf: Self.byteOrder)
    bytes.append(bytesOf: format)
    bytes.append(bytesOf: length)
    bytes.append(bytesOf: checksum)
    bytes.append(bytesOf: layout)
    append(run, room: 64)
    append(version, room: 48)
    bytes.append(bytesOf: Checksum.of(bytes))
    return bytes
  }

  /// Reads a frame; nil where it is none or damaged.
  init?(_ bytes: some Collection<UInt8>) {
    let bytes = Array(bytes)
    guard bytes.count == Self.size, bytes.starts(with: Self.magic) else { return nil }
    func text(_ range: Range<Int>) -> String {
      String(decoding: bytes[range].prefix { $0 != 0 }, as: UTF8.self)
    }
    guard bytes.number(UInt32.self, at: 8) == Self.byteOrder,
      bytes.number(UInt64.self, at: 152) == Checksum.of(bytes[..<152])
    else { return nil }
    format = bytes.number(UInt32.self, at: 12)
    length = bytes.number(UInt64.self, at: 16)
    checksum = bytes.number(UInt64.self, at: 24)
    layout = bytes.number(UInt64.self, at: 32)
    run = text(40..<104)
    version = text(104..<152)
  }

  init(run: String, layout: UInt64) {
    self.run = run
    self.layout = layout
  }

  /// What is wrong with a checkpoint of this frame in the run `run`; nil for nothing.
  func problem(_ path: String, run: String, layout: UInt64) -> Problem? {
    if self.run != run {
      return Problem(
        "\(path): the checkpoint belongs to another run",
        whatToDo: "Put this run's own back, or remove it to begin the run anew.")
    }
    if self.layout != layout || format != Self.currentFormat {
      return Problem(
        "\(path): the checkpoint was written by fulcrum \(version) in a form that this one, "
          + "\(programVersion), does not go on from",
        whatToDo: "Resume with that version, or start a new run from the last poses.")
    }
    return nil
  }
}

/// Parts of a search that are added to a file one by one. A part that a killed process left half
/// written ends the list.
struct PartList {
  /// The parts that are whole, the first of them from the beginning of the list.
  var parts: [[UInt8]] = []
  /// Bytes of the file up to the last whole part.
  var length = 0

  /// A part as it stands in the file.
  static func framed(_ content: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bytesOf: UInt64(content.count))
    bytes.append(bytesOf: Checksum.of(content))
    return bytes + content
  }

  /// The parts of a file after its frame.
  init(_ bytes: [UInt8]) {
    length = min(CheckpointFrame.size, bytes.count)
    while length + 16 <= bytes.count {
      let count = bytes.number(UInt64.self, at: length)
      guard count <= UInt64(bytes.count - length - 16) else { return }
      let content = Array(bytes[length + 16..<length + 16 + Int(count)])
      guard bytes.number(UInt64.self, at: length + 8) == Checksum.of(content) else { return }
      parts.append(content)
      length += 16 + Int(count)
    }
  }
}
