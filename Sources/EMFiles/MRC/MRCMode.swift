/// How the values of an MRC file are stored.
public enum MRCMode: Int32, Sendable, Hashable {
  case int8 = 0
  case int16 = 1
  case float32 = 2
  case uint16 = 6
  case float16 = 12

  /// Bytes of a value.
  public var byteCount: Int {
    switch self {
    case .int8: 1
    case .int16, .uint16, .float16: 2
    case .float32: 4
    }
  }

  /// The names of the modes that exist but are not read.
  static let refused: [Int32: String] = [
    3: "complex 16-bit integers", 4: "complex 32-bit numbers", 16: "colour images",
    101: "packed 4-bit values",
  ]

  /// Whether a number is a mode that a file may have.
  static func exists(_ number: Int32) -> Bool {
    MRCMode(rawValue: number) != nil || refused[number] != nil
  }
}

/// The number that 16 bits mean in IEEE 754 half precision.
///
/// Done with integer operations and one multiplication, which are vectorised, because processors
/// without a conversion instruction would call a library function per value.
@inline(__always)
func float(halfBits: UInt16) -> Float {
  let magnitude = UInt32(halfBits & 0x7FFF) << 13
  // 2¹¹² moves the exponent's bias from 15 to 127, and makes subnormals normal on the way.
  let scaled = (Float(bitPattern: magnitude) * 0x1p112).bitPattern
  let special = magnitude >= 0x0F80_0000 ? UInt32(0x7F80_0000) : 0
  return Float(bitPattern: scaled | special | UInt32(halfBits & 0x8000) << 16)
}

/// Turns stored values into numbers.
///
/// - Parameters:
///   - raw: the stored values, `output.count` of them.
///   - swapped: whether their byte order is the opposite of this machine's.
func decode(
  _ raw: UnsafeRawBufferPointer, mode: MRCMode, swapped: Bool,
  into output: UnsafeMutableBufferPointer<Float>
) {
  let count = output.count
  func each<Stored>(_ type: Stored.Type, _ convert: (Stored) -> Float) {
    for i in 0..<count {
      output[i] = convert(
        raw.loadUnaligned(fromByteOffset: i * MemoryLayout<Stored>.size, as: Stored.self))
    }
  }
  switch (mode, swapped) {
  case (.int8, _): each(Int8.self) { Float($0) }
  case (.int16, false): each(Int16.self) { Float($0) }
  case (.int16, true): each(Int16.self) { Float($0.byteSwapped) }
  case (.uint16, false): each(UInt16.self) { Float($0) }
  case (.uint16, true): each(UInt16.self) { Float($0.byteSwapped) }
  case (.float16, false): each(UInt16.self) { float(halfBits: $0) }
  case (.float16, true): each(UInt16.self) { float(halfBits: $0.byteSwapped) }
  case (.float32, false): each(UInt32.self) { Float(bitPattern: $0) }
  case (.float32, true): each(UInt32.self) { Float(bitPattern: $0.byteSwapped) }
  }
}

/// Turns numbers into the stored values of mode 2 or 12, little-endian.
///
/// - Returns: the index of the first finite number that is too large for the mode, if any.
func encode(
  _ values: UnsafeBufferPointer<Float>, mode: MRCMode, into bytes: inout [UInt8]
) -> Int? {
  var tooLarge: Int?
  let width = mode == .float16 ? 2 : 4
  bytes.withUnsafeMutableBytes { raw in
    for i in 0..<values.count {
      if mode == .float16 {
        let half = Float16(values[i])
        if half.isInfinite && values[i].isFinite && tooLarge == nil { tooLarge = i }
        raw.storeBytes(of: half.bitPattern.littleEndian, toByteOffset: i * width, as: UInt16.self)
      } else {
        raw.storeBytes(
          of: values[i].bitPattern.littleEndian, toByteOffset: i * width, as: UInt32.self)
      }
    }
  }
  return tooLarge
}
