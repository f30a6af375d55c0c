import Runs

/// Numbers as the screens write them.
enum Numbers {
  /// A number in few digits: 20, 2.5, 0.125.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    let size = abs(value)
    let decimals = size >= 100 || value == value.rounded() ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
    var text = Format.fixed(value, decimals)
    if text.contains(".") {
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    return text
  }

  /// A resolution without its unit; a dash for none.
  static func resolution(_ angstroms: Double) -> String {
    angstroms.isFinite && angstroms > 0 ? Format.fixed(angstroms, 2) : "–"
  }
}
