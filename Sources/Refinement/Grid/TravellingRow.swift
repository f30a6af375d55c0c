/// The whole numbers of a row of exact sums, each in as many bytes as the row's largest needs, the lowest
/// first.
struct TravellingRow {
  /// Where the row is kept: once, or in two parts to be added.
  private let parts: [UnsafeMutablePointer<Int64>]
  /// Numbers of the whole row.
  private let length: Int

  init(_ parts: [UnsafeMutablePointer<Int64>], _ length: Int) {
    (self.parts, self.length) = (parts, length)
  }

  /// What of it travels.
  var head: SumsParcel.Row {
    var (end, data, weight) = (0, Int64(0), Int64(0))
    for sample in stride(from: 0, to: length, by: 3) {
      let value = self[sample]
      // All the bits that one of them has, but for those that its sign repeats.
      data |= (value.x ^ (value.x >> 63)) | (value.y ^ (value.y >> 63))
      weight |= value.z ^ (value.z >> 63)
      if value != .zero { end = sample / 3 + 1 }
    }
    return SumsParcel.Row(
      count: UInt16(end), data: Self.bytes(of: data), weight: Self.bytes(of: weight))
  }

  /// Writes what travels.
  func write(_ head: SumsParcel.Row, to bytes: UnsafeMutableRawBufferPointer) {
    let (data, weight) = (Int(head.data), Int(head.weight))
    guard var target = bytes.baseAddress else { return }
    let end = target + bytes.count
    for sample in 0..<Int(head.count) {
      let value = self[3 * sample]
      if target + 2 * data + 8 <= end {
        // Eight bytes each, of which the next takes those that are too many.
        target.storeBytes(of: value.x.littleEndian, as: Int64.self)
        (target + data).storeBytes(of: value.y.littleEndian, as: Int64.self)
        (target + 2 * data).storeBytes(of: value.z.littleEndian, as: Int64.self)
      } else {
        // Beyond the end is another row's place.
        Self.write(value.x, data, to: target)
        Self.write(value.y, data, to: target + data)
        Self.write(value.z, weight, to: target + 2 * data)
      }
      target += 2 * data + weight
    }
  }

  private static func write(_ number: Int64, _ count: Int, to target: UnsafeMutableRawPointer) {
    withUnsafeBytes(of: number.littleEndian) {
      target.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(target), byteCount: count)
    }
  }

  /// Adds what has travelled to the beginning of a row.
  ///
  /// - Parameter bytes: can be read for seven bytes beyond the row's.
  static func add(
    _ bytes: UnsafeRawPointer, _ head: SumsParcel.Row, to sum: UnsafeMutableBufferPointer<Int64>
  ) {
    let (data, weight) = (Int(head.data), Int(head.weight))
    func number(_ offset: Int, _ count: Int) -> Int64 {
      let above = Int64(64 - 8 * count)
      let bits = Int64(
        littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self))
      return (bits &<< above) &>> above
    }
    var offset = 0
    for first in stride(from: 0, to: 3 * Int(head.count), by: 3) {
      sum[first] &+= number(offset, data)
      sum[first + 1] &+= number(offset + data, data)
      sum[first + 2] &+= number(offset + 2 * data, weight)
      offset += 2 * data + weight
    }
  }

  private subscript(index: Int) -> SIMD3<Int64> {
    var sum = SIMD3<Int64>.zero
    for part in parts { sum &+= SIMD3(part[index], part[index + 1], part[index + 2]) }
    return sum
  }

  /// Bytes that hold numbers whose bits are these, and a sign.
  private static func bytes(of bits: Int64) -> UInt8 {
    UInt8((64 - bits.leadingZeroBitCount + 1 + 7) / 8)
  }
}
