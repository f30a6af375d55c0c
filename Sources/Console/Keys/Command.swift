import Terminal

/// The name of something that a key, the key bar or the command palette can ask for, as the settings
/// file has it. What it means is said by its `Binding`, the one place to add a command.
public struct Command: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral {
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }
  public init(stringLiteral value: String) { rawValue = value }

  /// The screens and panes in which keys have their own meaning.
  public enum Context: String, Sendable, Hashable, CaseIterable {
    case everywhere, runs, sweep, form, mask, maker, map, run, modes, compare

    /// The name on the help screen.
    public var title: String {
      switch self {
      case .everywhere: "Everywhere"
      case .runs: "Runs"
      case .sweep: "Sweep"
      case .form: "Job form"
      case .mask: "Fulcrum and mask"
      case .maker: "Mask maker"
      case .map: "Maps"
      case .run: "Run"
      case .modes: "Modes"
      case .compare: "Compare"
      }
    }
  }
}

/// What is said about a command in a context, for key map, key bar, help and palette: the part of a
/// binding that needs no screen.
struct CommandDescription: Sendable, Hashable {
  var command: Command
  var context: Command.Context
  /// A word or two for the key bar.
  var label: String
  /// A sentence for help and palette.
  var help: String
  var keys: [Key]
}

extension Command {
  /// What every binding says, in the order of the help: that of each screen, then what is the same on
  /// all.
  static let table: [CommandDescription] =
    screens.flatMap { $0.descriptions }
    + Application.bindings.map { $0.description(in: .everywhere) }

  /// The kinds of screens that there are.
  static let screens: [any Screen.Type] = [
    RunsScreen.self, SweepScreen.self, FormScreen.self, MaskScreen.self, MaskMakerScreen.self,
    MapScreen.self, RunScreen.self, ModesScreen.self, CompareScreen.self,
  ]

  /// What is said of this command in a context, or everywhere; nil where it has no meaning there.
  func description(in context: Context) -> CommandDescription? {
    Self.described[context]?[self] ?? Self.described[.everywhere]?[self]
  }

  /// The table by context and command: key bars ask it at every key.
  private static let described = Dictionary(grouping: table, by: \.context).mapValues { lines in
    Dictionary(lines.map { ($0.command, $0) }) { first, _ in first }
  }
}
