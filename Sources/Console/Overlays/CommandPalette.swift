import Surface
import Terminal

/// Finds any command by typing some of its letters, and shows its keys.
struct CommandPalette: PopUp {
  let title = "Commands"
  private var chooser: Chooser

  init(_ application: Application, _ surroundings: Surroundings) {
    chooser = Chooser(
      .command, title: "Commands", items: Self.items(application, surroundings))
  }

  /// All commands but those that move within a pane, each with its key, or why it cannot be used now.
  static func items(_ application: Application, _ surroundings: Surroundings) -> [Chooser.Item] {
    let context = application.screen.context
    return Command.table.filter {
      ($0.context == context || $0.context == .everywhere)
        && Navigation(rawValue: $0.command.rawValue)?.isWithinPane != true
    }.map { line in
      Chooser.Item(
        id: line.command.rawValue, title: line.help,
        detail: application.obstacle(to: line.command) ?? "Setting name: \(line.command.rawValue)",
        note: surroundings.keyMap.keyName(of: line.command, in: context) ?? "")
    }
  }

  let keys = [EntryKey(.enter, "Do it"), EntryKey(.escape, "Close")]

  mutating func take(_ input: InputEvent, _ surroundings: inout Surroundings) -> [Effect] {
    run(chooser.take(input, &surroundings))
  }

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    run(chooser.point(at: target, in: rect, with: mouse, &surroundings))
  }

  /// Makes a command of the chosen line.
  private func run(_ effects: [Effect]) -> [Effect] {
    effects.map { effect in
      if case .answer(.command, let id) = effect { .command(Command(rawValue: id)) } else { effect }
    }
  }

  func draw(over frame: inout Frame, _ surroundings: Surroundings) {
    chooser.draw(over: &frame, surroundings)
  }
}
