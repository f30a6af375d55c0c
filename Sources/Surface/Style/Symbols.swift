/// Characters with a meaning, as far as the terminal has them.
public enum Symbol: Sendable, Hashable, CaseIterable {
  case done, failed, running, paused, stopped, waiting, warning, information
  case marked, unmarked, selected, changed
  case ascending, descending, more, less
  case ellipsis, bullet, separator, arrowRight
  case markLine, scrollTrack, scrollThumb

  /// The character at a glyph level; one column each.
  public func scalar(at level: GlyphLevel) -> Unicode.Scalar {
    switch level {
    case .ascii: return ascii
    case .basic: return basic
    case .unicode: return unicode
    }
  }

  private var unicode: Unicode.Scalar {
    switch self {
    case .done: return "✓"
    case .failed: return "✗"
    case .stopped: return "■"
    case .information: return "•"
    case .waiting, .unmarked: return "○"
    case .marked: return "●"
    case .selected, .running: return "▶"
    case .ellipsis: return "…"
    default: return basic
    }
  }

  // What code page 437 has, which the fonts of consoles follow.
  private var basic: Unicode.Scalar {
    switch self {
    case .done: return "√"
    case .failed: return "x"
    case .running, .selected, .less: return "►"
    case .paused: return "‖"
    case .stopped, .marked: return "■"
    case .waiting, .unmarked: return "○"
    case .ascending: return "▲"
    case .descending, .more: return "▼"
    case .bullet, .separator, .information: return "·"
    case .arrowRight: return "→"
    case .markLine, .scrollTrack: return "│"
    case .scrollThumb: return "█"
    default: return ascii
    }
  }

  private var ascii: Unicode.Scalar {
    switch self {
    case .done: return "v"
    case .failed: return "x"
    case .running, .selected, .arrowRight, .less: return ">"
    case .paused: return "="
    case .stopped, .scrollThumb: return "#"
    case .waiting: return "o"
    case .warning: return "!"
    case .marked, .changed: return "*"
    case .unmarked: return "."
    case .ascending: return "^"
    case .descending, .more: return "v"
    case .ellipsis: return "~"
    case .bullet, .information: return "-"
    case .separator, .markLine, .scrollTrack: return "|"
    }
  }
}

extension Appearance {
  public subscript(symbol: Symbol) -> String {
    String(Character(symbol.scalar(at: glyphs)))
  }
}
