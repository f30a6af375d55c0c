/// An MRC file made field by field from the format's description, independent of the program's own
/// writer.
struct RawMRC {
  var shape: [Int32] = [2, 2, 1]
  var mode: Int32 = 2
  var sampling: [Int32]?
  var cell: [Float] = [2, 2, 1]
  var axes: [Int32] = [1, 2, 3]
  var spaceGroup: Int32 = 1
  var extended: [UInt8] = []
  var extendedCount: Int32?
  var isLittleEndian = true
  var stamp: [UInt8]?
  var values: [UInt8] = []

  /// The bytes of numbers in the file's order.
  func bytes<T: FixedWidthInteger>(_ numbers: [T]) -> [UInt8] {
    numbers.flatMap { number in
      withUnsafeBytes(of: isLittleEndian ? number.littleEndian : number.bigEndian) { Array($0) }
    }
  }

  func floats(_ numbers: [Float]) -> [UInt8] { bytes(numbers.map(\.bitPattern)) }

  var file: [UInt8] {
    var header = [UInt8](repeating: 0, count: 1024)
    func put(_ content: [UInt8], at offset: Int) {
      header.replaceSubrange(offset..<offset + content.count, with: content)
    }
    put(bytes(shape + [mode]), at: 0)
    put(bytes(sampling ?? shape), at: 28)
    put(floats(cell), at: 40)
    put(bytes(axes), at: 64)
    put(bytes([spaceGroup, extendedCount ?? Int32(extended.count)]), at: 88)
    put(Array("MAP ".utf8), at: 208)
    put(stamp ?? (isLittleEndian ? [0x44, 0x44, 0, 0] : [0x11, 0x11, 0, 0]), at: 212)
    return header + extended + values
  }
}
