import Glibc

/// Numbers as people read them in tables and on axes.
public enum NumberText {
  /// A number with a fixed number of decimals; "–" where there is none.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : value < 0 ? "-∞" : "∞" }
    let decimals = min(max(decimals, 0), 12)
    let scale = pow(10, Double(decimals))
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    var digits = String(Int(scaled))
    while digits.count <= decimals { digits = "0" + digits }
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return sign + digits }
    return sign + digits.dropLast(decimals) + "." + digits.suffix(decimals)
  }

  /// A number with about `digits` significant digits: thousands as k, M or G, very small ones as
  /// powers of ten, and no zeros at the end of a fraction.
  public static func short(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : fixed(value, decimals: 0) }
    let size = abs(value)
    for (limit, suffix) in [(1e9, "G"), (1e6, "M"), (1e4, "k")] where size >= limit * 0.9995 {
      let unit = suffix == "k" ? 1e3 : limit
      if size / unit >= 1e5 { break }
      return trimmed(fixed(value / unit, decimals: decimals(of: value / unit, digits))) + suffix
    }
    if size < 1e-4 || size >= 1e14 {
      let exponent = Int(log10(size).rounded(.down))
      let mantissa = value / pow(10, Double(exponent))
      return trimmed(fixed(mantissa, decimals: max(0, digits - 2))) + "e\(exponent)"
    }
    return trimmed(fixed(value, decimals: decimals(of: value, digits)))
  }

  private static func decimals(of value: Double, _ digits: Int) -> Int {
    max(0, digits - 1 - Int(log10(abs(value)).rounded(.down)))
  }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}
