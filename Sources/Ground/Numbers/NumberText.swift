/// The number that a decimal text means, to the nearest double; nil when the text is no number.
///
/// "nan" and "inf" are numbers here; callers decide whether to accept them. Independent of the
/// locale: a decimal comma is no number.
public func number(_ text: [UInt8]) -> Double? { text.withUnsafeBytes { number($0) } }

/// The same of bytes that somebody else holds.
public func number(_ text: UnsafeRawBufferPointer) -> Double? {
  var index = 0
  let count = text.count
  let isNegative = count > 0 && text[0] == UInt8(ascii: "-")
  if count > 0 && (isNegative || text[0] == UInt8(ascii: "+")) { index = 1 }
  var mantissa: UInt64 = 0
  var digits = 0
  var scale = 0
  var seenPoint = false
  var seenDigit = false
  while index < count {
    let byte = text[index]
    let digit = byte &- 0x30
    if digit < 10 {
      seenDigit = true
      mantissa = mantissa &* 10 &+ UInt64(digit)
      // Leading zeros take no room in the mantissa.
      if mantissa != 0 { digits += 1 }
      if seenPoint { scale -= 1 }
    } else if byte == UInt8(ascii: ".") && !seenPoint {
      seenPoint = true
    } else {
      break
    }
    index += 1
  }
  if index < count, text[index] | 0x20 == UInt8(ascii: "e") {
    guard let exponent = smallInteger(text, from: index + 1) else { return slowNumber(text) }
    scale += exponent
    index = count
  }
  // Exact up to here (Clinger, 1990): both factors are whole doubles, and there is one rounding.
  guard index == count, seenDigit, digits <= 18, mantissa <= 1 << 53, abs(scale) <= 22 else {
    return slowNumber(text)
  }
  let magnitude =
    scale < 0 ? Double(mantissa) / powersOfTen[-scale] : Double(mantissa) * powersOfTen[scale]
  return isNegative ? -magnitude : magnitude
}

/// The whole number that a decimal text means.
public func integer(_ text: UnsafeRawBufferPointer) -> Int? {
  Int(String(decoding: text, as: UTF8.self))
}

private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]

/// An exponent of at most three digits.
private func smallInteger(_ text: UnsafeRawBufferPointer, from start: Int) -> Int? {
  var index = start
  guard index < text.count else { return nil }
  let isNegative = text[index] == UInt8(ascii: "-")
  if isNegative || text[index] == UInt8(ascii: "+") { index += 1 }
  guard index < text.count, text.count - index <= 3 else { return nil }
  var value = 0
  while index < text.count {
    let digit = text[index] &- 0x30
    guard digit < 10 else { return nil }
    value = value * 10 + Int(digit)
    index += 1
  }
  return isNegative ? -value : value
}

private func slowNumber(_ text: UnsafeRawBufferPointer) -> Double? {
  // Hexadecimal numbers are Swift's and C's, not the format's.
  if text.contains(where: { $0 | 0x20 == UInt8(ascii: "x") }) { return nil }
  return Double(String(decoding: text, as: UTF8.self))
}

/// Appends a number with `decimals` digits behind the point, correctly rounded to within half of the
/// last digit; very large numbers in scientific form.
public func appendFixed(_ value: Double, decimals: Int, to bytes: inout [UInt8]) {
  let scaled = (abs(value) * powersOfTen[decimals]).rounded()
  guard scaled < 9e15 else {
    bytes.append(contentsOf: "\(value)".utf8)
    return
  }
  var rest = UInt64(scaled)
  if value < 0 && rest > 0 { bytes.append(UInt8(ascii: "-")) }
  let start = bytes.count
  var places = 0
  while rest > 0 || places <= decimals {
    if places == decimals && decimals > 0 { bytes.append(UInt8(ascii: ".")) }
    bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
    rest /= 10
    places += 1
  }
  bytes[start...].reverse()
}
