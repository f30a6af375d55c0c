import Surface
import Terminal

/// Finds any command by typing some of its letters, and shows its keys.
struct CommandPalette: PopUp {
  let title = "Commands"
  private var chooser: Chooser

  init(screen: any Screen, _ surroundings: Surroundings) {
    let context = screen.context
    let lines = Command.table.filter {
      ($0.contexts.contains(context) || $0.contexts.contains(.everywhere))
        && ![.up, .down, .left, .right, .first, .last, .pageUp, .pageDown].contains($0.command)
    }
    let items = lines.map { line in
      Chooser.Item(
        id: line.command.rawValue, title: line.help,
        detail: screen.obstacle(to: line.command) ?? "Setting name: \(line.command.rawValue)",
        note: surroundings.keyMap.keyName(of: line.command, in: context) ?? "")
    }
    chooser = Chooser(.exportPane, title: "Commands", items: items)
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
      if case .answer(_, let id) = effect, let command = Command(rawValue: id) {
        return .command(command)
      }
      return effect
    }
  }

  func draw(over frame: inout Frame, _ surroundings: Surroundings) {
    chooser.draw(over: &frame, surroundings)
  }
}
