import Terminal

/// A command of a screen: its name, its keys, what is said of it, why it cannot be used now, and what it
/// does. Key map, key bar, help, palette and dispatcher read this one value.
struct Binding<Owner: Sendable>: Sendable {
  let command: Command
  let keys: [Key]
  /// A word or two for the key bar.
  let label: String
  /// A sentence for help and palette.
  let help: String
  let bar: BarPlace<Owner>
  /// What it does now, where that differs from its label; nil where it does not.
  let otherLabel: @Sendable (Owner) -> String?
  /// Why it cannot be used now; nil when it can.
  let obstacle: @Sendable (Owner) -> String?
  let action: Action<Owner>

  init(
    _ command: Command, _ keys: [Key], _ label: String, _ help: String,
    bar: BarPlace<Owner> = .none, otherLabel: @escaping @Sendable (Owner) -> String? = { _ in nil },
    obstacle: @escaping @Sendable (Owner) -> String? = { _ in nil }, does action: Action<Owner>
  ) {
    (self.command, self.keys, self.label, self.help) = (command, keys, label, help)
    (self.bar, self.otherLabel, self.obstacle) = (bar, otherLabel, obstacle)
    self.action = action
  }

  func description(in context: Command.Context) -> CommandDescription {
    CommandDescription(command: command, context: context, label: label, help: help, keys: keys)
  }
}

/// What a command does to its owner, and what has to happen outside of it.
struct Action<Owner: Sendable>: Sendable {
  let run: @Sendable (inout Owner, inout Surroundings) -> [Effect]

  /// Changes the owner alone.
  static func change(_ body: @escaping @Sendable (inout Owner) -> Void) -> Action {
    Action { owner, _ in
      body(&owner)
      return []
    }
  }

  static func effects(_ body: @escaping @Sendable (inout Owner) -> [Effect]) -> Action {
    Action { owner, _ in body(&owner) }
  }

  /// What looks at, or changes, what all screens share.
  static func inSurroundings(
    _ body: @escaping @Sendable (inout Owner, inout Surroundings) -> [Effect]
  ) -> Action {
    Action(run: body)
  }
}

/// Where a command stands in the key bar: those of lower rank come first, and stay where room is short.
struct BarPlace<Owner: Sendable>: Sendable, ExpressibleByIntegerLiteral {
  let rank: @Sendable (Owner) -> Int?

  init(_ rank: @escaping @Sendable (Owner) -> Int?) { self.rank = rank }
  init(integerLiteral value: Int) { self.init { _ in value } }

  /// Not in the bar.
  static var none: BarPlace { BarPlace { _ in nil } }

  static func at(_ rank: Int, when isShown: @escaping @Sendable (Owner) -> Bool) -> BarPlace {
    BarPlace { isShown($0) ? rank : nil }
  }
}

extension Screen {
  /// What its bindings say.
  static var descriptions: [CommandDescription] { bindings.map { $0.description(in: context) } }

  static func binding(of command: Command) -> Binding<Self>? {
    bindings.first { $0.command == command }
  }

  var context: Command.Context { Self.context }

  /// The commands of the key bar, the most useful first.
  var keyBar: [Command] {
    let own = Self.bindings.compactMap { binding in
      binding.bar.rank(self).map { (rank: $0, command: binding.command) }
    }
    let all = own + commonBar.map { (rank: $0.rank, command: $0.command) }
    return all.enumerated().sorted { ($0.1.rank, $0.0) < ($1.1.rank, $1.0) }.map(\.1.command)
  }

  /// What a command of its own does now, where that differs from its label.
  func label(of command: Command) -> String? { Self.binding(of: command)?.otherLabel(self) }

  /// Why a command of its own cannot be used now; nil when it can.
  func obstacle(to command: Command) -> String? { Self.binding(of: command)?.obstacle(self) }

  /// Does a command of its own; nil for one that it does not know.
  mutating func perform(
    _ command: Command, _ surroundings: inout Surroundings
  ) -> [Effect]? {
    Self.binding(of: command)?.action.run(&self, &surroundings)
  }
}
