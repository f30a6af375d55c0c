extension MRCHeader {
  /// The header's 1024 bytes, little-endian, without an extended header.
  func encoded() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: MRCHeader.byteCount)
    func put(_ word: UInt32, _ offset: Int) {
      for i in 0..<4 { bytes[offset + i] = UInt8(truncatingIfNeeded: word >> UInt32(8 * i)) }
    }
    func put(_ value: Int32, _ offset: Int) { put(UInt32(bitPattern: value), offset) }
    func put(_ value: Float, _ offset: Int) { put(value.bitPattern, offset) }
    func put(_ text: String, _ offset: Int, count: Int) {
      for (i, byte) in text.utf8.prefix(count).enumerated() { bytes[offset + i] = byte }
    }
    for (i, count) in [columns, rows, sections].enumerated() { put(Int32(count), 4 * i) }
    put(mode.rawValue, 12)
    for i in 0..<3 {
      put(start[i], 16 + 4 * i)
      put(sampling[i], 28 + 4 * i)
      put(cell[i], 40 + 4 * i)
      put(angles[i], 52 + 4 * i)
      put(axes[i], 64 + 4 * i)
      put(origin[i], 196 + 4 * i)
    }
    put(minimum, 76)
    put(maximum, 80)
    put(mean, 84)
    put(spaceGroup, 88)
    put(Int32(20140), 108)
    put("MAP ", 208, count: 4)
    put(UInt32(0x4444), 212)
    put(rms, 216)
    put(Int32(labels.prefix(10).count), 220)
    for (i, label) in labels.prefix(10).enumerated() {
      put(String(repeating: " ", count: 80), 224 + 80 * i, count: 80)
      put(label, 224 + 80 * i, count: 80)
    }
    return bytes
  }
}

/// The statistics of a header, gathered value by value.
struct MRCStatistics {
  private var minimum = Float.infinity, maximum = -Float.infinity
  private var sum = 0.0, squares = 0.0
  private var count = 0

  mutating func add(_ values: UnsafeBufferPointer<Float>) {
    for value in values {
      minimum = min(minimum, value)
      maximum = max(maximum, value)
      sum += Double(value)
      squares += Double(value) * Double(value)
    }
    count += values.count
  }

  /// Sets the fields of `header`; the root mean square deviation is from the mean.
  func describe(_ header: inout MRCHeader) {
    guard count > 0 else { return }
    let mean = sum / Double(count)
    header.minimum = minimum
    header.maximum = maximum
    header.mean = Float(mean)
    header.rms = Float(max(0, squares / Double(count) - mean * mean).squareRoot())
  }
}
