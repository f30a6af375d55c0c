import Glibc

/// Numbers as people read them, without locale and without the formatting library.
public enum Format {
  /// A number with a fixed count of decimals; words for what is not finite.
  public static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    // Beyond this the digits are none of the number's own.
    guard scaled < 1e15 else { return String(value) }
    let digits = String(Int(scaled))
    let sign = value < 0 && scaled > 0 ? "-" : ""
    if decimals == 0 { return sign + digits }
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  /// A number without a trailing `.0`, in the fewest digits that read back the same.
  public static func shortest(_ number: Double) -> String {
    let text = number.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// A number to so many significant digits.
  public static func rounded(_ number: Double, digits: Int) -> String {
    guard number != 0, number.isFinite else { return shortest(number) }
    let places = digits - 1 - Int(log10(abs(number)).rounded(.down))
    let scale = pow(10, Double(abs(places)))
    return shortest(
      places >= 0 ? (number * scale).rounded() / scale : (number / scale).rounded() * scale)
  }

  /// A number in few digits: 20, 2.5, 0.125.
  public static func short(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    let size = abs(value)
    let decimals = size >= 100 || value == value.rounded() ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
    var text = fixed(value, decimals)
    if text.contains(".") {
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    return text
  }

  /// A resolution with its unit; "unknown" where no curve crosses.
  public static func resolution(_ angstroms: Double) -> String {
    angstroms.isFinite && angstroms > 0 ? fixed(angstroms, 2) + " Å" : "unknown resolution"
  }

  /// A share 0…1 as a percentage.
  public static func percent(_ share: Double) -> String { fixed(share * 100, 1) + "%" }

  /// A duration: `42 s`, `3:05`, `1:02:03`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "-" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
    if whole < 3600 { return "\(whole / 60):" + two(whole % 60) }
    return "\(whole / 3600):" + two(whole / 60 % 60) + ":" + two(whole % 60)
  }

  /// A span of time in words: `about 52 s` where its ends are alike, else `1:10 to 6:05`.
  public static func duration(_ seconds: ClosedRange<Double>) -> String {
    let (least, most) = (seconds.lowerBound, seconds.upperBound)
    if most < 1.3 * least { return "about \(duration((least + most) / 2))" }
    return "\(duration(least)) to \(duration(most))"
  }

  /// A count of bytes: `512 B`, `3.4 MB`, `2.1 GB`.
  public static func bytes(_ count: Int) -> String {
    if count < 1000 { return "\(count) B" }
    var value = Double(count) / 1000
    for unit in ["kB", "MB", "GB"] {
      if value < 1000 { return fixed(value, value < 10 ? 1 : 0) + " " + unit }
      value /= 1000
    }
    return fixed(value, 1) + " TB"
  }

  /// A count of things: `1 thread`, `12,345 rows`.
  ///
  /// - Parameter plural: of the word; with an s where it is not given.
  public static func counted(_ value: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(count(value)) " + (value == 1 ? singular : plural ?? singular + "s")
  }

  /// A whole number with its thousands apart: `12,345`.
  public static func count(_ value: Int) -> String {
    var text = String(value.magnitude)
    var position = text.count - 3
    while position > 0 {
      text.insert(",", at: text.index(text.startIndex, offsetBy: position))
      position -= 3
    }
    return value < 0 ? "-" + text : text
  }
}
