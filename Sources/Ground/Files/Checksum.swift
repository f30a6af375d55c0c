/// A 64-bit checksum of bytes that come in pieces; the same for any division into pieces.
///
/// It tells damage and change, not forgery. Eight bytes a step: x ← (x ⊕ word) · odd constant, with the
/// upper half mixed into the lower.
public struct Checksum: Sendable {
  private var state: UInt64 = 0x6A09_E667_F3BC_C909
  private var partial: UInt64 = 0
  private var partialCount = 0
  private var length: UInt64 = 0

  public init() {}

  /// Takes the next bytes.
  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    length &+= UInt64(bytes.count)
    var index = 0
    while partialCount > 0, index < bytes.count {
      push(bytes[index])
      index += 1
    }
    while index + 8 <= bytes.count {
      mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
      index += 8
    }
    while index < bytes.count {
      push(bytes[index])
      index += 1
    }
  }

  /// The checksum of the bytes so far.
  public var value: UInt64 {
    var copy = self
    copy.mix(partial)
    copy.mix(length)
    return copy.state
  }

  /// The checksum of some bytes.
  public static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var sum = Checksum()
    Array(bytes).withUnsafeBytes { sum.add($0) }
    return sum.value
  }

  private mutating func push(_ byte: UInt8) {
    partial |= UInt64(byte) << UInt64(8 * partialCount)
    partialCount += 1
    if partialCount == 8 {
      mix(partial)
      (partial, partialCount) = (0, 0)
    }
  }

  private mutating func mix(_ word: UInt64) {
    state = (state ^ word) &* 0x9E37_79B9_7F4A_7C15
    state ^= state >> 32
  }
}

extension InputFile {
  /// The checksum of the whole file.
  public func checksum() throws(Problem) -> UInt64 {
    var sum = Checksum()
    try add(0..<size, to: &sum)
    return sum.value
  }

  /// Adds a range of bytes to a checksum, as far as the file has them.
  public func add(_ range: Range<Int>, to sum: inout Checksum) throws(Problem) {
    var place = range.lowerBound
    while place < range.upperBound {
      let piece = try bytes(at: place, count: min(1 << 20, range.upperBound - place))
      guard !piece.isEmpty else { return }
      piece.withUnsafeBytes { sum.add($0) }
      place += piece.count
    }
  }
}
