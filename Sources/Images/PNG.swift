import CZlib

extension IndexedImage {
  /// The picture as a PNG file with a palette (ISO/IEC 15948), what is outside of it transparent.
  public var png: [UInt8] {
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let bits = palette.count <= 16 ? 4 : 8
    Self.append(
      "IHDR", Self.bytes(UInt32(width)) + Self.bytes(UInt32(height)) + [UInt8(bits), 3, 0, 0, 0],
      to: &file)
    Self.append("PLTE", palette.flatMap { [$0.red, $0.green, $0.blue] }, to: &file)
    if let outside, Int(outside) < palette.count {
      Self.append(
        "tRNS", (0...Int(outside)).map { $0 == Int(outside) ? 0 : 255 }, to: &file)
    }
    Self.append("IDAT", deflated(rows(bits: bits)), to: &file)
    Self.append("IEND", [], to: &file)
    return file
  }

  /// The rows as PNG has them: each with its filter in front, which is none, as suits palettes.
  private func rows(bits: Int) -> [UInt8] {
    var rows: [UInt8] = []
    rows.reserveCapacity(height * (width + 1))
    for y in 0..<height {
      rows.append(0)
      let row = indices[y * width..<(y + 1) * width]
      guard bits == 4 else {
        rows += row
        continue
      }
      for x in stride(from: row.startIndex, to: row.endIndex, by: 2) {
        rows.append(row[x] << 4 | (x + 1 < row.endIndex ? row[x + 1] : 0))
      }
    }
    return rows
  }

  private static func bytes(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) }
  }

  /// A chunk: length, type, data and the check sum of the last two.
  private static func append(_ type: String, _ data: [UInt8], to file: inout [UInt8]) {
    let content = Array(type.utf8) + data
    file += bytes(UInt32(data.count)) + content
    file += bytes(UInt32(truncatingIfNeeded: crc32(0, content, UInt32(content.count))))
  }
}
