extension Theme {
  /// The dark theme, which needs no file.
  public static let builtIn = Theme(
    identifier: "dark", name: "Dark", background: Colour(hex: ground), roles: builtInRoles,
    gradient: [Colour(hex: 0x7EE787), Colour(hex: 0xE3B341), Colour(hex: 0xFF8A80)],
    heatMap: .viridis)

  private static let ground: UInt32 = 0x12161C
  private static let ink: UInt32 = 0xD5DBE3
  private static let blue: UInt32 = 0x6CB6FF

  private static let builtInRoles: [Role: Face] = {
    var faces: [Role: Face] = [:]
    for role in Role.allCases {
      faces[role] = Face(
        builtInStyle(role), c16: StandardFaces.c16(role),
        none: Style(StandardFaces.none(role)))
    }
    return faces
  }()

  private static func builtInStyle(_ role: Role) -> Style {
    func face(
      _ foreground: UInt32, on background: UInt32? = nil, _ attributes: Style.Attributes = []
    ) -> Style {
      Style(
        foreground: Colour(hex: foreground),
        background: background.map { Colour(hex: $0) } ?? .terminal, attributes: attributes)
    }
    switch role {
    case .text: return face(ink)
    case .dim, .axis, .threshold, .tab: return face(0x8C97A5)
    case .accent: return face(blue)
    case .good: return face(0x7EE787)
    case .warning, .changed: return face(0xE3B341)
    case .bad: return face(0xFF8A80)
    case .selection: return face(0xFFFFFF, on: 0x1F4E79)
    case .selectionInactive: return face(ink, on: 0x2B333E)
    case .match: return face(0xE3B341, on: nil, .bold)
    case .border, .scrollBar, .progressRest: return face(0x4C5866)
    case .borderFocus, .progress: return face(blue)
    case .title: return face(ink, on: nil, .bold)
    case .header: return face(0x8C97A5, on: nil, .bold)
    case .key: return face(ground, on: blue)
    case .keyLabel: return face(ink, on: 0x1C232C)
    case .field: return face(ink, on: 0x222A34)
    case .fieldFocus: return face(ink, on: 0x33445A)
    case .popup: return face(ink, on: 0x1C232C)
    case .tabActive: return face(blue, on: nil, [.bold, .underline])
    case .limit: return face(0xC49BFF)
    case .ghost: return face(0x5A6675)
    case .crosshair: return face(0xE3B341)
    case .outline: return face(0xFFB454)
    case .series1: return face(blue)
    case .series2: return face(0xFFB454)
    case .series3: return face(0x7EE787)
    case .series4: return face(0xF29BC9)
    case .series5: return face(0xC49BFF)
    case .series6: return face(0x5CD3D3)
    }
  }
}
