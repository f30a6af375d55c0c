import Testing

@testable import Ranks

/// Messages, what is said of them on the way, and their memory.
struct MessageTests {
  @Test(arguments: [0, 1, 7, Envelope.carried, Envelope.carried + 1, 1_000_000])
  func headsSayWhatComes(_ count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: 7 * $0 + $0 / 256) }
    let sent = Envelope(.report, number: 0x0102_0304_0506, Message(bytes))
    #expect(sent.isFollowed == (count > Envelope.carried))
    // Little-endian, whatever the machine: kind, number and length.
    let head = sent.head.array
    #expect(head.count == 24 + (sent.isFollowed ? 0 : count))
    #expect(head[0] == Envelope.Kind.report.rawValue && head[8..<14] == [6, 5, 4, 3, 2, 1])
    #expect((0..<8).reduce(0) { $0 | Int(head[16 + $1]) << (8 * $1) } == count)
    let found = try #require(Envelope(head: sent.head, memory: MessageMemory()))
    #expect(found.kind == .report && found.number == sent.number)
    #expect(found.message.count == count)
    if !sent.isFollowed { #expect(found.message.array == bytes) }
  }

  @Test func whatIsNoHeadIsNotTaken() {
    let head = Envelope(.signals, Message([1, 0])).head.array
    func isTaken(_ bytes: [UInt8]) -> Bool {
      Envelope(head: Message(bytes), memory: MessageMemory()) != nil
    }
    #expect(isTaken(head))
    #expect(!isTaken([]))
    #expect(!isTaken(Array(head.prefix(23))))
    #expect(!isTaken(Array(head.dropLast())))
    #expect(!isTaken(head + [0]))
    #expect(!isTaken([99] + head.dropFirst()))
    // A negative length.
    #expect(!isTaken(head.prefix(16) + [UInt8](repeating: 255, count: 8)))
  }

  @Test func memoryIsTakenAgainWhileItIsKept() {
    let memory = MessageMemory()
    func place(_ count: Int) -> UnsafeMutableRawPointer? {
      Message(count: count, memory: memory) { _ in }.place.baseAddress
    }
    memory.kept {
      let first = place(100_000)
      #expect(place(101_000) == first)
      // One that is still there is nobody else's, and a longer one does not fit.
      let held = Message(count: 100_500, memory: memory) { $0.copyBytes(from: [1, 2, 3]) }
      #expect(held.place.baseAddress == first)
      #expect(place(100_000) != first && place(200_000) != first)
      #expect(held.array.prefix(3) == [1, 2, 3])
    }
  }

  /// At most an eighth and a page are wasted.
  @Test func sizesAreNear() {
    for count in [0, 1, 4095, 4096, 4097, 65_536, 65_537, 1_000_000, 123_456_789] {
      let size = MessageMemory.size(count)
      #expect(size >= count && size <= count + count / 8 + 4096, "\(count)")
      #expect(size % 4096 == 0)
    }
  }
}
