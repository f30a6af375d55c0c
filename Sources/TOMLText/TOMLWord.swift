/// Values that stand without quotes: truth values, numbers, dates and times.
enum TOMLWord {
  /// What a word means; nil for one that means nothing.
  static func content(of text: String) -> TOMLValue.Content? {
    switch text {
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "inf", "+inf": return .float(.infinity)
    case "-inf": return .float(-.infinity)
    case "nan", "+nan", "-nan": return .float(.nan)
    default: break
    }
    let bytes = Array(text.utf8)
    if let content = prefixed(bytes) ?? number(bytes) { return content }
    return dateKind(bytes).map { .date(text, $0) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// The digits without the underscores, each of which has to stand between two digits.
  private static func withoutUnderscores(
    _ digits: ArraySlice<UInt8>, where isDigit: (UInt8) -> Bool
  ) -> String? {
    guard let first = digits.first, let last = digits.last, isDigit(first), isDigit(last) else {
      return nil
    }
    var previous = first
    for byte in digits {
      guard isDigit(byte) || byte == UInt8(ascii: "_") && isDigit(previous) else { return nil }
      previous = byte
    }
    return String(decoding: digits.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
  }

  /// 0x, 0o and 0b.
  private static func prefixed(_ bytes: [UInt8]) -> TOMLValue.Content? {
    guard bytes.count > 2, bytes[0] == UInt8(ascii: "0") else { return nil }
    let radix: Int
    switch bytes[1] {
    case UInt8(ascii: "x"): radix = 16
    case UInt8(ascii: "o"): radix = 8
    case UInt8(ascii: "b"): radix = 2
    default: return nil
    }
    let digits = withoutUnderscores(bytes[2...]) {
      Character(UnicodeScalar($0)).hexDigitValue.map { $0 < radix } ?? false
    }
    return digits.flatMap { Int($0, radix: radix) }.map { .integer($0) }
  }

  private static func number(_ bytes: [UInt8]) -> TOMLValue.Content? {
    var rest = bytes[...]
    var sign = ""
    if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      sign = first == UInt8(ascii: "-") ? "-" : ""
      rest = rest.dropFirst()
    }
    let wholeEnd =
      rest.firstIndex { ![UInt8(ascii: "_")].contains($0) && !isDigit($0) } ?? rest.endIndex
    guard let whole = withoutUnderscores(rest[..<wholeEnd], where: isDigit),
      whole.count == 1 || !whole.hasPrefix("0")
    else { return nil }
    rest = rest[wholeEnd...]
    if rest.isEmpty { return Int(sign + whole).map { .integer($0) } }
    var text = sign + whole
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      let end = rest.firstIndex { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
      guard let fraction = withoutUnderscores(rest[..<(end ?? rest.endIndex)], where: isDigit)
      else { return nil }
      text += "." + fraction
      rest = rest[(end ?? rest.endIndex)...]
    }
    if let mark = rest.first {
      guard mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") else { return nil }
      rest = rest.dropFirst()
      text += "e"
      if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
        text += first == UInt8(ascii: "-") ? "-" : ""
        rest = rest.dropFirst()
      }
      guard let exponent = withoutUnderscores(rest, where: isDigit) else { return nil }
      text += exponent
    }
    return Double(text).map { .float($0) }
  }

  // MARK: Dates and times (RFC 3339)

  private static func dateKind(_ bytes: [UInt8]) -> TOMLDateKind? {
    if isTime(bytes[...]) { return .localTime }
    guard bytes.count >= 10, isDate(bytes[..<10]) else { return nil }
    if bytes.count == 10 { return .localDate }
    guard "Tt ".utf8.contains(bytes[10]) else { return nil }
    let time = bytes[11...]
    if isTime(time) { return .localDateTime }
    if let last = time.last, last == UInt8(ascii: "Z") || last == UInt8(ascii: "z") {
      return isTime(time.dropLast()) ? .offsetDateTime : nil
    }
    let offset = time.suffix(6)
    guard offset.count == 6, let sign = offset.first, "+-".utf8.contains(sign),
      let hours = number(offset.dropFirst().prefix(2)), hours < 24,
      offset[offset.startIndex + 3] == UInt8(ascii: ":"),
      let minutes = number(offset.suffix(2)), minutes < 60, isTime(time.dropLast(6))
    else { return nil }
    return .offsetDateTime
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    digits.allSatisfy(isDigit) ? Int(String(decoding: digits, as: UTF8.self)) : nil
  }

  private static func isDate(_ text: ArraySlice<UInt8>) -> Bool {
    let start = text.startIndex
    guard text.count == 10, text[start + 4] == UInt8(ascii: "-"),
      text[start + 7] == UInt8(ascii: "-"), let year = number(text.prefix(4)),
      let month = number(text[(start + 5)..<(start + 7)]), (1...12).contains(month),
      let day = number(text.suffix(2))
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(day)
  }

  private static func isTime(_ text: ArraySlice<UInt8>) -> Bool {
    let start = text.startIndex
    guard text.count >= 8, text[start + 2] == UInt8(ascii: ":"),
      text[start + 5] == UInt8(ascii: ":"), let hour = number(text.prefix(2)), hour < 24,
      let minute = number(text[(start + 3)..<(start + 5)]), minute < 60,
      // A leap second.
      let second = number(text[(start + 6)..<(start + 8)]), second <= 60
    else { return false }
    let fraction = text.dropFirst(8)
    return fraction.isEmpty
      || fraction.first == UInt8(ascii: ".") && fraction.count > 1
        && fraction.dropFirst().allSatisfy(isDigit)
  }
}
