/// A .cs file made byte by byte from NumPy's description of its format, independent of the program's
/// own writer.
struct RawCS {
  var description =
    "[('uid', '<u8'), ('blob/path', '|S12'), ('blob/idx', '<u4'), ('shift', '<f4', (2,)), "
    + "('odd/big', '>f8'), ('odd/name', '<U3'), ('odd/flag', '|b1'), ('odd/void', '|V3'), "
    + "('odd/half', '<f2'), ('odd/signed', '<i2')]"
  var version: UInt8 = 1
  var rows: [[UInt8]] = []
  var count: Int?
  var order = "False"

  /// A record of the fields above.
  static func record(uid: UInt64, path: String, idx: UInt32, shift: [Float], big: Double) -> [UInt8]
  {
    func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    let text = Array(path.utf8)
    return little(uid) + text + [UInt8](repeating: 0, count: 12 - text.count) + little(idx)
      + shift.flatMap { little($0.bitPattern) } + little(big.bitPattern.byteSwapped)
      + "åb".unicodeScalars.flatMap { little($0.value) } + [0, 0, 0, 0] + [1] + [9, 8, 7]
      + little(Float16(1.5).bitPattern) + little(Int16(-300))
  }

  var file: [UInt8] {
    let text =
      "{'descr': \(description), 'fortran_order': \(order), 'shape': (\(count ?? rows.count),), }"
    let prefix = version == 1 ? 10 : 12
    let padding = (64 - (prefix + text.utf8.count + 1) % 64) % 64
    let header = Array(text.utf8) + [UInt8](repeating: 0x20, count: padding) + [0x0A]
    let length = (0..<(prefix - 8)).map { UInt8(header.count >> (8 * $0) & 0xFF) }
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + header + rows.flatMap { $0 }
  }

  /// Three records of uids 7, 5 and 2⁶⁴ − 1.
  static var sample: RawCS {
    var raw = RawCS()
    raw.rows = [
      record(uid: 7, path: "J1/a.mrc", idx: 0, shift: [1.5, -2], big: 0.1),
      record(uid: 5, path: "J1/a.mrc", idx: 4_000_000_000, shift: [0, 0.25], big: -3e300),
      record(uid: .max, path: "J1/longest.m", idx: 2, shift: [-1, 1], big: 7),
    ]
    return raw
  }
}
