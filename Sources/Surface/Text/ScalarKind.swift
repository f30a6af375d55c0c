extension Unicode.Scalar {
  /// What a character is to a terminal.
  enum Kind {
    case printable
    /// A space of any kind.
    case space
    /// Drawn over the character before it.
    case mark
    /// Half of a flag, shown as its letter.
    case regionalLetter(Unicode.Scalar)
    /// Nothing to see: joiners, direction marks, variation selectors.
    case invisible
    /// Would command the terminal, or has no known width.
    case unsafe
  }

  var kind: Kind {
    switch value {
    case 0x20..<0x7F: return .printable
    case 0x09: return .space
    case 0..<0x20, 0x7F..<0xA0: return .unsafe
    case 0xAD, 0xFE00...0xFE0F, 0xE0000...0xE0FFF: return .invisible
    // Hangul vowels and final consonants are drawn into the syllable before them.
    case 0x1160...0x11FF, 0xD7B0...0xD7FB: return .mark
    case 0x1F1E6...0x1F1FF:
      return Unicode.Scalar(value - 0x1F1E6 + 0x41).map(Kind.regionalLetter) ?? .unsafe
    // Block octants are assigned since Unicode 16; a library may not know them.
    case 0x1CC00...0x1CEBF: return .printable
    default: break
    }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return .mark
    case .format: return .invisible
    case .spaceSeparator: return .space
    case .control, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
      return .unsafe
    default: return .printable
    }
  }

  /// Columns of a printable character: 2 for East Asian wide ones, else 1.
  var columns: Int {
    if value < 0x1100 { return 1 }
    var low = 0
    var high = wideRanges.count
    while low < high {
      let middle = (low + high) / 2
      if wideRanges[middle].upperBound < value {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low < wideRanges.count && wideRanges[low].contains(value) ? 2 : 1
  }
}
