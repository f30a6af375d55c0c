import Terminal

/// Which key asks for which command on which screen.
public struct KeyMap: Sendable, Hashable {
  /// Keys of a context only; the keys of everywhere count where the context has none.
  private var bindings: [Command.Context: [Key: Command]] = [:]
  /// What is wrong with the user's bindings, in words.
  public private(set) var conflicts: [String] = []

  /// The default keys.
  public init() {
    for line in Command.table { bind(line.command, to: line.keys, in: line.context) }
  }

  /// The command that a key asks for.
  public func command(for key: Key, in context: Command.Context) -> Command? {
    bindings[context]?[key] ?? bindings[.everywhere]?[key]
  }

  /// The keys of a command that work in a context: its own first, as they are declared.
  public func keys(for command: Command, in context: Command.Context) -> [Key] {
    let declared = command.description(in: context)?.keys ?? []
    let places: [Command.Context] = context == .everywhere ? [.everywhere] : [context, .everywhere]
    var found: [Key] = []
    for place in places {
      for (key, other) in bindings[place] ?? [:] where other == command {
        if !found.contains(key), self.command(for: key, in: context) == command {
          found.append(key)
        }
      }
    }
    return found.sorted { left, right in
      let places = [left, right].map { declared.firstIndex(of: $0) ?? declared.count }
      return places[0] == places[1] ? left.name < right.name : places[0] < places[1]
    }
  }

  /// The name of the first key of a command, for key bars.
  public func keyName(of command: Command, in context: Command.Context) -> String? {
    keys(for: command, in: context).first?.name
  }

  /// Gives a command other keys in a context, in place of those it had.
  ///
  /// A key that another of the user's bindings has in the same context stays with that one, and the
  /// conflict is kept in `conflicts`.
  public mutating func rebind(
    _ command: Command, to keys: [Key], in context: Command.Context,
    taken: inout [Command.Context: [Key: Command]]
  ) {
    for (key, other) in bindings[context] ?? [:] where other == command {
      bindings[context]?[key] = nil
    }
    for key in keys {
      if let other = taken[context]?[key], other != command {
        report(
          "keys.\(context.rawValue): \(key.name) is asked for by \(other.rawValue) and by "
            + "\(command.rawValue); \(other.rawValue) keeps it")
        continue
      }
      if let other = bindings[context]?[key], other != command {
        report(
          "keys.\(context.rawValue): \(key.name) goes from \(other.rawValue) to "
            + "\(command.rawValue)")
      }
      bindings[context, default: [:]][key] = command
      taken[context, default: [:]][key] = command
    }
  }

  /// Keeps something wrong for the user to see.
  public mutating func report(_ conflict: String) { conflicts.append(conflict) }

  private mutating func bind(_ command: Command, to keys: [Key], in context: Command.Context) {
    for key in keys where bindings[context]?[key] == nil {
      bindings[context, default: [:]][key] = command
    }
  }
}
