import Surface

/// What the terminfo entry of a terminal says.
public struct TerminfoFacts: Hashable, Sendable {
  /// Whether there is an entry for the terminal's name.
  public var isKnown: Bool
  /// Whether the cursor can be moved, without which there are no screens.
  public var canMoveCursor: Bool
  /// Number of colours, 0 for none.
  public var colours: Int
  /// Whether colours are given as red, green and blue.
  public var hasDirectColour: Bool
  /// What mouse reports begin with; empty for none.
  public var mousePrefix: String

  public init(
    isKnown: Bool = true, canMoveCursor: Bool = true, colours: Int = 256,
    hasDirectColour: Bool = false, mousePrefix: String = "\u{1B}[<"
  ) {
    self.isKnown = isKnown
    self.canMoveCursor = canMoveCursor
    self.colours = colours
    self.hasDirectColour = hasDirectColour
    self.mousePrefix = mousePrefix
  }
}

/// What the user asked for on the command line; nil leaves it to the terminal.
public struct TerminalOptions: Hashable, Sendable {
  public var colour: ColourLevel?
  public var glyphs: GlyphLevel?
  public var usesMouse: Bool
  public var pictures: PictureProtocol?

  public init(
    colour: ColourLevel? = nil, glyphs: GlyphLevel? = nil, usesMouse: Bool = true,
    pictures: PictureProtocol? = nil
  ) {
    self.colour = colour
    self.glyphs = glyphs
    self.usesMouse = usesMouse
    self.pictures = pictures
  }
}

/// What the terminal can show, as a function of the environment alone.
public struct Capabilities: Hashable, Sendable {
  /// Name of the terminfo entry to use: TERM, or the fallback for an unknown one.
  public var term: String
  /// Why there can be no screens, in words; nil when there can.
  public var obstacle: String?
  public var colour: ColourLevel
  /// The most colours that can be switched to.
  public var colourLimit: ColourLevel
  public var glyphs: GlyphLevel
  public var usesMouse: Bool
  /// How pictures are sent, as far as the environment says.
  public var pictures: PictureProtocol
  /// Whether the terminal is asked if it takes sixels.
  public var asksForSixel: Bool
  /// Whether a terminfo overlay is needed, for colours or for modern mouse reports.
  public var wantsOverlay: Bool
  /// The colours that the overlay has to tell of, since the terminal's own entry does not; nil where
  /// its entry will do.
  public var overlayColour: ColourLevel?

  /// The terminfo entry for terminals that nobody has heard of.
  public static let fallbackTerm = "xterm-256color"

  /// Finds out what the terminal can do.
  ///
  /// Colours: the command line, then NO_COLOR, then COLORTERM and the names of terminals known for
  /// true colour, then terminfo; CLICOLOR_FORCE asks for eight where terminfo has none. Glyphs: the
  /// command line, then the codeset of the locale (`nl_langinfo`), less on consoles with small fonts.
  public init(
    environment: [String: String], codeset: String, terminfo: TerminfoFacts,
    isTerminal: Bool = true, options: TerminalOptions = TerminalOptions()
  ) {
    let name = environment["TERM"] ?? ""
    term = terminfo.isKnown ? name : Capabilities.fallbackTerm
    obstacle = Capabilities.obstacle(name: name, terminfo: terminfo, isTerminal: isTerminal)
    let best = Capabilities.best(name: name, environment: environment, terminfo: terminfo)
    colour = options.colour ?? Capabilities.wanted(environment: environment, best: best)
    // Without the overlay of true colour the terminal is driven by its palette.
    colourLimit = colour == .truecolor ? colour : max(colour, min(best, .c256))
    glyphs = options.glyphs ?? Capabilities.glyphs(name: name, codeset: codeset)
    usesMouse = options.usesMouse
    let isSimple = name == "linux" || name == "dumb" || name.hasPrefix("vt")
    let known = Capabilities.knowsKitty(name: name, environment: environment)
    pictures = options.pictures ?? (known ? .kitty : .none)
    asksForSixel = options.pictures == nil && !known && !isSimple && colour != .none
    overlayColour = nil
    if colour == .truecolor {
      if !terminfo.hasDirectColour { overlayColour = .truecolor }
    } else if colourLimit > Capabilities.level(colours: terminfo.colours) {
      // Asked for by the user against the terminal's entry.
      overlayColour = colourLimit
    }
    let needsMouse = usesMouse && terminfo.mousePrefix != "\u{1B}[<" && name != "linux"
    wantsOverlay = obstacle == nil && (overlayColour != nil || needsMouse)
  }

  private static func obstacle(
    name: String, terminfo: TerminfoFacts, isTerminal: Bool
  ) -> String? {
    if !isTerminal { return "standard input and output are not a terminal" }
    if name.isEmpty { return "TERM is not set" }
    if name == "dumb" { return "TERM is dumb" }
    if !terminfo.canMoveCursor { return "a terminal of type \(name) cannot move its cursor" }
    return nil
  }

  private static func best(
    name: String, environment: [String: String], terminfo: TerminfoFacts
  ) -> ColourLevel {
    let promise = environment["COLORTERM"]?.lowercased()
    if promise == "truecolor" || promise == "24bit" || terminfo.hasDirectColour {
      return .truecolor
    }
    let known = ["kitty", "alacritty", "foot", "wezterm", "ghostty", "contour"]
    if known.contains(where: { name.contains($0) }) { return .truecolor }
    return level(colours: terminfo.colours)
  }

  /// The level that a number of colours makes.
  private static func level(colours: Int) -> ColourLevel {
    switch colours {
    case 256...: .c256
    case 16...: .c16
    case 8...: .c8
    default: .none
    }
  }

  /// Terminals with kitty's protocol; a multiplexer between would swallow it.
  private static func knowsKitty(name: String, environment: [String: String]) -> Bool {
    guard environment["TMUX"] == nil, environment["STY"] == nil else { return false }
    if name.contains("kitty") || name.contains("ghostty") { return true }
    return ["WezTerm", "ghostty"].contains(environment["TERM_PROGRAM"] ?? "")
  }

  private static func wanted(
    environment: [String: String], best: ColourLevel
  ) -> ColourLevel {
    if let value = environment["NO_COLOR"], !value.isEmpty { return .none }
    if let force = environment["CLICOLOR_FORCE"], !force.isEmpty, force != "0" {
      return max(best, .c8)
    }
    if environment["CLICOLOR"] == "0" { return .none }
    return best
  }

  private static func glyphs(name: String, codeset: String) -> GlyphLevel {
    let codeset = codeset.uppercased().filter { $0 != "-" }
    guard codeset == "UTF8" else { return .ascii }
    return name == "linux" || name.hasPrefix("vt") ? .basic : .unicode
  }
}
