/// ASCII characters that stand for others where the terminal has nothing else.
enum ASCIIFallback {
  static func text(for scalar: Unicode.Scalar) -> String {
    if let found = table[scalar] { return String(Character(found)) }
    switch scalar.value {
    case 0x2500, 0x2501: return "-"
    case 0x2502, 0x2503: return "|"
    case 0x2504, 0x2505, 0x2508, 0x2509, 0x254C, 0x254D: return "-"
    case 0x2506, 0x2507, 0x250A, 0x250B, 0x254E, 0x254F: return "|"
    case 0x250C...0x254B, 0x2552...0x2573: return "+"
    case 0x2800: return " "
    case 0x2801...0x28FF: return "*"
    case 0x2581...0x2584: return "_"
    case 0x2580, 0x2585...0x2590, 0x2594...0x259F: return "#"
    case 0x1CD00...0x1CDE5: return "#"
    default: return "?"
    }
  }

  private static let table: [Unicode.Scalar: Unicode.Scalar] = {
    let pairs: [(characters: String, ascii: String)] = [
      (
        "ÀÁÂÃÄÅàáâãäåÇçÈÉÊËèéêëÌÍÎÏìíîïÑñ",
        "AAAAAAaaaaaaCcEEEEeeeeIIIIiiiiNn"
      ),
      (
        "ÒÓÔÕÖØòóôõöøÙÚÛÜùúûüÝýÿßŒœÆæ",
        "OOOOOOooooooUUUUuuuuYyysOoAa"
      ),
      (
        "\u{212B}°µμσΔδθφψχπαβλρτω²³¹ⁿ₀₁₂⁻",
        "AduusDdtfpxpablrtw231n012-"
      ),
      (
        "×·•∙…–—−‐‑±≈≤≥≠√∞½",
        "x.*.~-----+~<>!v8/"
      ),
      (
        "‘’‚“”„«»‹›",
        "'',\"\"\"<><>"
      ),
      (
        "←→↑↓↕↔⇒⇐▲▼◀▶△▽◁▷▴▾◂▸",
        "<>^v|-><^v<>^v<>^v<>"
      ),
      (
        "✓✔✗✘●○◉◌◆◇■□▪▫★☆⚠⏸⏵⏹⏺⊕⊖",
        "vvxx*o@.+o#o#o**!=>##+-"
      ),
      (
        "░▒▓█",
        ".:%#"
      ),
      (
        "⎺⎻⎼⎽\u{FFFD}",
        "~~__?"
      ),
    ]
    var table: [Unicode.Scalar: Unicode.Scalar] = [:]
    for pair in pairs {
      for (scalar, ascii) in zip(pair.characters.unicodeScalars, pair.ascii.unicodeScalars) {
        table[scalar] = ascii
      }
    }
    return table
  }()
}
