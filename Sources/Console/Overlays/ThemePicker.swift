import Surface
import Terminal

/// Chooses the theme, showing each one at once; Escape brings the old one back.
struct ThemePicker: PopUp {
  let title = "Theme"
  private let original: Theme
  private var selected: Int

  init(_ surroundings: Surroundings) {
    original = surroundings.theme
    selected =
      surroundings.themes.firstIndex { $0.identifier == surroundings.theme.identifier } ?? 0
  }

  let keys = [EntryKey(.enter, "Keep"), EntryKey(.escape, "Go back")]

  mutating func take(_ input: InputEvent, _ surroundings: inout Surroundings) -> [Effect] {
    switch input {
    case .key(.escape), .key("q"):
      surroundings.theme = original
      return [.closePopUp]
    case .key(.enter):
      return [.closePopUp, .say("Theme \(surroundings.theme.name)"), .terminal(.saveSettings)]
    case .key("j"): return take(.key(.down), &surroundings)
    case .key("k"): return take(.key(.up), &surroundings)
    default:
      let count = surroundings.themes.count
      if let moved = moveSelection(selected, count: count, page: 8, by: input) {
        show(moved, &surroundings)
      }
      return []
    }
  }

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch (mouse.kind, target) {
    case (.wheelUp, _): return take(.key(.up), &surroundings)
    case (.wheelDown, _): return take(.key(.down), &surroundings)
    case (.press, .row(_, let index)):
      if index == selected { return take(.key(.enter), &surroundings) }
      show(index, &surroundings)
    default: break
    }
    return []
  }

  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    if case .themes(let found, _) = news,
      let index = found.firstIndex(where: { $0.identifier == surroundings.theme.identifier })
    {
      selected = index
    }
    return []
  }

  private mutating func show(_ index: Int, _ surroundings: inout Surroundings) {
    guard surroundings.themes.indices.contains(index) else { return }
    selected = index
    surroundings.theme = surroundings.themes[index]
  }

  func draw(over frame: inout Frame, _ surroundings: Surroundings) {
    let bounds = frame.room
    let height = min(bounds.height, surroundings.themes.count + 4)
    // At the right, so that the screen below shows what the theme does to it.
    let width = min(bounds.width, 38)
    let place = Rect(
      x: bounds.right - width, y: max(0, (bounds.height - height) / 2), width: width,
      height: height)
    let inner = frame.popUp(in: place, title: "Theme", dimsRest: false)
    let (rows, foot) = inner.split(bottom: 2)
    let lines = surroundings.themes.map {
      ListLine($0.name, note: $0.isLight ? "light" : "")
    }
    frame.list(lines, selected: selected, in: rows, pane: "themes")
    frame.write("Enter keeps, Esc goes back", x: foot.x, y: foot.y + 1, .dim, width: foot.width)
  }
}
