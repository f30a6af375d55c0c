import Surface
import Terminal

/// One of the screens: its state, what commands do to it, and how it is drawn. A value; whatever
/// reaches out of the program is asked for by effects.
protocol Screen: Sendable {
  /// Where its keys are looked up.
  static var context: Command.Context { get }
  /// Its commands, in the order of the help.
  static var bindings: [Binding<Self>] { get }
  /// What the title line says.
  var title: String { get }
  /// The one line that tiny terminals show besides the title.
  var status: String { get }
  /// The commands of all screens that its key bar shows, with their places among its own.
  var commonBar: [(command: Command, rank: Int)] { get }
  /// The keys that count while it takes text; empty while it does not.
  var entryKeys: [EntryKey] { get }
  /// Moves around in it, or leaves it.
  mutating func navigate(_ way: Navigation, _ surroundings: inout Surroundings) -> [Effect]
  /// Takes a key before it is looked up, while text is typed; nil when the key is not taken.
  mutating func take(_ input: InputEvent, _ surroundings: inout Surroundings) -> [Effect]?
  /// The mouse on something that the screen marked.
  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect]
  /// The answer to a prompt that the screen asked for.
  mutating func answer(
    _ question: Question, with text: String, _ surroundings: inout Surroundings
  ) -> [Effect]
  /// News from outside: files read, work done.
  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect]
  /// Whether it shows something that changes with the time alone.
  var showsTime: Bool { get }
  /// Whether it moves by itself: it is drawn again several times a second.
  var isMoving: Bool { get }
  /// What it wants to be read when it opens.
  func opening(_ surroundings: Surroundings) -> [Effect]
  /// What it wants to be read again, every second or so.
  func refresh(_ surroundings: Surroundings) -> [Effect]
  /// Draws into a rectangle of the frame.
  func draw(in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings)
  /// The pane with the focus as plain text, as a table, and as a picture, for copying and export.
  func exported(_ surroundings: Surroundings) -> Export
}

extension Screen {
  var status: String { "" }
  var showsTime: Bool { false }
  var isMoving: Bool { false }
  var entryKeys: [EntryKey] { [] }
  var commonBar: [(command: Command, rank: Int)] { [] }
  mutating func take(_ input: InputEvent, _ surroundings: inout Surroundings) -> [Effect]? { nil }
  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] { [] }
  mutating func answer(
    _ question: Question, with text: String, _ surroundings: inout Surroundings
  ) -> [Effect] { [] }
  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] { [] }
  func opening(_ surroundings: Surroundings) -> [Effect] { [] }
  func refresh(_ surroundings: Surroundings) -> [Effect] { [] }
  func exported(_ surroundings: Surroundings) -> Export {
    var frame = Frame(size: surroundings.size, look: surroundings.appearance)
    draw(in: frame.grid.bounds, of: &frame, surroundings)
    return Export(name: title, grid: frame.grid, table: nil)
  }
}

/// A pane that can leave the program: as characters, and as numbers where it has them.
struct Export: Sendable {
  var name: String
  var grid: Grid
  /// Rows of tab-separated values, the heading first.
  var table: [[String]]?
  /// What is copied in place of the characters; nil for those.
  var text: String?
  /// Its plots as a figure; nil where it has none.
  var figure: FigureSheet?
}

/// What a prompt asks for, so that its answer finds the way back.
enum Question: Sendable, Hashable {
  case filterRuns
  case renameRun(String)
  case noteRun(String)
  case tagRun(String)
  case deleteRun(String)
  case editParameter(FormField)
  case searchParameters
  case saveJob
  case overwriteJob(String)
  case choosePreset
  case cloneRun
  case chooseLane
  case differFromRun
  case pickFile(FormField)
  case coordinates
  case stopRun(String)
  case stopSweep
  case varyParameter(String)
  case startSweep
  case changeParameter
  case changeValue(String)
  case searchParticles
  case searchLog
  /// Which command is to be done.
  case command
  case exportPane
  case quit
  case leaveForm
  /// Of a region, or of a job without regions.
  case setFulcrum(ofRegion: Int?)
  case setThreshold
  case mapLevel
  case report([String])
  /// Tools on runs, and the command line of one.
  case tools([String])
  case toolLine(ToolWork.Purpose)
  case selectParticles
  /// A job from particles that were kept.
  case newJob(particles: String, asInput: Bool)
  case applyRemedy
  /// A number of the mask maker.
  case makerValue(MaskMakerScreen.Setting)
  case saveMask(isUsed: Bool)
  case overwriteMask(String, isUsed: Bool)
}
