import Runs
import Surface

/// What all screens share: the clock, the size, how things look, the keys, where the runs are.
public struct Surroundings: Sendable {
  /// Seconds since 1970.
  public var now: Double
  public var size: Size
  /// Seconds that local time is ahead of Greenwich.
  public var timeZoneOffset = 0
  /// The folder whose runs are shown.
  public var folder: String
  /// The folder in which the program was started: where relative paths of command lines begin.
  var commandFolder: String
  /// The tool that was started last; nil before the first.
  var tool: ToolWork?
  /// Where the last file was picked; nil before the first.
  var lastFolder: String?
  public var keyMap: KeyMap
  public var theme: Theme
  /// The themes to choose from; the current one among them.
  public var themes: [Theme]
  public var colours: ColourLevel
  public var glyphs: GlyphLevel
  public var marker: Marker?
  public var usesMouse: Bool
  /// The most colours and glyphs that the terminal was found to have.
  public let colourLimit: ColourLevel
  public let glyphLimit: GlyphLevel
  /// How the terminal takes pictures, whether they are wanted, and the pixels of a cell.
  public var pictures = PictureProtocol.none
  public var wantsPictures = true
  public var cellSize = Size(width: 10, height: 20)
  /// Whether maps are shown in pixels.
  var showsPictures: Bool { pictures != .none && wantsPictures && !isLowBandwidth }
  /// Fewer and smaller frames, for slow lines.
  public var isLowBandwidth: Bool
  /// The schedulers to which a refinement can be handed.
  public var lanes: [Lane] = []
  /// Refinements that run in this process.
  public var runsHere = 0
  /// What has been sent to the terminal; shown on request.
  public var traffic = Traffic()
  public var showsTraffic = false

  /// Frames and bytes sent to the terminal.
  public struct Traffic: Sendable, Hashable {
    public var frames = 0
    public var lastFrameBytes = 0
    public var totalBytes = 0
    public init() {}
  }

  public init(
    now: Double = 0, size: Size = Size(width: 80, height: 24), folder: String = ".",
    keyMap: KeyMap = KeyMap(), theme: Theme = .builtIn, themes: [Theme] = [],
    colours: ColourLevel = .truecolor, colourLimit: ColourLevel? = nil,
    glyphs: GlyphLevel = .unicode, marker: Marker? = nil,
    usesMouse: Bool = true, isLowBandwidth: Bool = false
  ) {
    self.now = now
    self.size = size
    self.folder = folder
    commandFolder = folder
    self.keyMap = keyMap
    self.theme = theme
    self.themes = themes.isEmpty ? [theme] : themes
    self.colours = colours
    self.glyphs = glyphs
    self.marker = marker
    self.usesMouse = usesMouse
    self.isLowBandwidth = isLowBandwidth
    self.colourLimit = colourLimit ?? colours
    glyphLimit = glyphs
  }

  /// How everything looks now.
  public var appearance: Appearance {
    Appearance(theme: theme, colours: colours, glyphs: glyphs, marker: marker)
  }
}
