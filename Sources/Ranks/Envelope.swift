import Ground

/// A message between ranks as it travels: what it is, and a part of its bytes.
struct Envelope {
  /// What a message is.
  enum Kind: UInt8 {
    /// What a rank brings to a meeting: bytes, that it was stopped, or why it has failed.
    case attending, stopped, failed
    /// Signs of life, with signals.
    case signals
    /// Bytes for rank 0, outside of meetings.
    case report
    /// By rank 0: why no more meetings come about.
    case gone
  }

  let kind: Kind
  /// Of the meeting.
  let number: Int
  /// Bytes of the whole message.
  let total: Int
  let part: ArraySlice<UInt8>

  private static let headSize = 24
  /// Bytes of a part at most: one takes a tenth of a second on a slow network, and shows that its sender
  /// lives.
  private static let partSize = 4 << 20

  /// The parts of a message, in their order.
  static func parts(_ kind: Kind, number: Int, _ bytes: [UInt8]) -> [[UInt8]] {
    stride(from: 0, to: max(1, bytes.count), by: partSize).map { first in
      let end = min(bytes.count, first + partSize)
      var part: [UInt8] = []
      part.reserveCapacity(headSize + end - first)
      for value in [Int(kind.rawValue), number, bytes.count] {
        for shift in stride(from: 0, to: 64, by: 8) {
          part.append(UInt8(truncatingIfNeeded: value >> shift))
        }
      }
      part += bytes[first..<end]
      return part
    }
  }

  /// Nil for bytes that are no part of a message.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.headSize else { return nil }
    func value(_ index: Int) -> Int {
      (0..<8).reduce(0) { $0 | Int(bytes[8 * index + $1]) << (8 * $1) }
    }
    guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: value(0))) else { return nil }
    (self.kind, number, total) = (kind, value(1), value(2))
    part = bytes[Self.headSize...]
  }
}

extension Problem {
  /// The problem as it travels.
  var bytes: [UInt8] { Array((what + "\0" + whatToDo).utf8) }

  init(travelled bytes: [UInt8]) {
    let texts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    self.init(texts.first ?? "", whatToDo: texts.count > 1 ? texts[1] : "")
  }
}
