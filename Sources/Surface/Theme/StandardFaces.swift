/// How roles look with few colours, unless a theme says otherwise: the same in every theme, because
/// the terminal's own palette, and not the theme, decides what "red" is.
enum StandardFaces {
  /// At 16 colours; at 8 the bright ones become the plain ones.
  static func c16(_ role: Role) -> Style {
    func ansi(
      _ foreground: UInt8, on background: UInt8? = nil, attributes: Style.Attributes = []
    ) -> Style {
      Style(
        foreground: .indexed(foreground),
        background: background.map(Colour.indexed) ?? .terminal, attributes: attributes)
    }
    switch role {
    case .text, .axis: return .plain
    case .dim: return Style(.dim)
    case .accent, .borderFocus: return ansi(6)
    case .title, .tabActive: return ansi(6, attributes: .bold)
    case .good, .progress: return ansi(2)
    case .warning, .changed: return ansi(3)
    case .bad: return ansi(1, attributes: .bold)
    case .selection, .key, .fieldFocus: return ansi(0, on: 6)
    case .selectionInactive: return Style(.reverse)
    case .match, .crosshair: return ansi(3, attributes: .bold)
    case .border, .scrollBar, .progressRest, .ghost, .tab: return Style(.dim)
    case .header: return Style([.bold, .underline])
    case .keyLabel, .popup: return .plain
    case .field: return Style(.underline)
    case .threshold: return ansi(3)
    case .limit, .series5: return ansi(5)
    case .outline: return ansi(3)
    case .series1: return ansi(6)
    case .series2: return ansi(3)
    case .series3: return ansi(2)
    case .series4: return ansi(12)
    case .series6: return ansi(1)
    }
  }

  /// Without colours.
  static func none(_ role: Role) -> Style.Attributes {
    switch role {
    case .accent, .title, .good, .warning, .match, .changed, .borderFocus, .progress, .crosshair,
      .outline:
      return .bold
    case .bad: return [.bold, .underline]
    case .selection, .key, .fieldFocus, .tabActive: return .reverse
    case .selectionInactive, .header: return [.bold, .underline]
    case .field: return .underline
    case .dim, .ghost, .border, .scrollBar, .progressRest: return .dim
    default: return []
    }
  }
}

extension Style {
  init(_ attributes: Attributes) { self.init(attributes: attributes) }
}
