import Ground

/// A message between ranks, with what it is.
public struct Envelope: Sendable {
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
  var number = 0
  let message: Message

  /// Bytes that travel with the head at most; more come after it, from where they are to where they stay.
  static let carried = 16 << 10
  private static let headSize = 24

  /// Kind, number and length; and the message, where it is short.
  var head: Message {
    let isCarried = message.count <= Self.carried
    return Message(
      count: Self.headSize + (isCarried ? message.count : 0), memory: MessageMemory()
    ) { bytes in
      for (index, value) in [Int(kind.rawValue), number, message.count].enumerated() {
        bytes.storeBytes(of: value.littleEndian, toByteOffset: 8 * index, as: Int.self)
      }
      guard isCarried else { return }
      message.withBytes {
        UnsafeMutableRawBufferPointer(rebasing: bytes[Self.headSize...]).copyMemory(from: $0)
      }
    }
  }

  /// Whether the message comes after the head.
  var isFollowed: Bool { message.count > Self.carried }

  init(_ kind: Kind, number: Int = 0, _ message: Message) {
    (self.kind, self.number, self.message) = (kind, number, message)
  }

  /// The envelope of a head, with room for a message that is still to come; nil for bytes that are no
  /// head.
  init?(head: Message, memory: MessageMemory) {
    let found = head.withBytes {
      bytes -> (kind: Kind, number: Int, count: Int, carried: [UInt8])? in
      guard bytes.count >= Self.headSize else { return nil }
      let values = (0..<3).map {
        Int(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int.self))
      }
      guard let kind = UInt8(exactly: values[0]).flatMap(Kind.init), values[2] >= 0 else {
        return nil
      }
      return (kind, values[1], values[2], Array(bytes[Self.headSize...]))
    }
    guard let found, found.count > Self.carried || found.count == found.carried.count else {
      return nil
    }
    (kind, number) = (found.kind, found.number)
    message =
      found.count > Self.carried
      ? Message(count: found.count, memory: memory) : Message(found.carried)
  }
}

extension Problem {
  /// The problem as it travels.
  var message: Message { Message(Array((what + "\0" + whatToDo).utf8)) }

  init(travelled message: Message) {
    let texts = message.array.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    self.init(texts.first ?? "", whatToDo: texts.count > 1 ? texts[1] : "")
  }
}
