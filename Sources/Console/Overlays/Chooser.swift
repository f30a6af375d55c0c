import Surface
import Terminal

/// Asks for one of several things, with a filter that is typed.
struct Chooser: PopUp {
  let question: Question
  let title: String
  var items: [Item]
  var filter = TextInput()
  var selected = 0

  struct Item: Sendable, Hashable {
    /// What the answer is.
    var id: String
    var title: String
    /// What it means, shown while it is selected.
    var detail: String
    /// A word at the right: a key, a value.
    var note: String = ""
  }

  init(_ question: Question, title: String, items: [Item]) {
    self.question = question
    self.title = title
    self.items = items
  }

  /// The items that the filter lets through, the best match first.
  var visible: [Item] { matching(items, filter.text) { $0.title + " " + $0.id } }

  let keys = [EntryKey(.enter, "Choose"), EntryKey(.escape, "Go back")]

  mutating func take(_ input: InputEvent, _ surroundings: inout Surroundings) -> [Effect] {
    let list = visible
    switch input {
    case .key(.escape): return [.closePopUp]
    case .key(.enter):
      guard list.indices.contains(selected) else { return [] }
      return [.closePopUp, .answer(question, list[selected].id)]
    default:
      if let moved = moveSelection(selected, count: list.count, page: 8, by: input) {
        selected = moved
      } else if filter.take(input) {
        selected = 0
      }
      return []
    }
  }

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch (mouse.kind, target) {
    case (.wheelUp, _): selected = max(0, selected - 1)
    case (.wheelDown, _): selected = min(max(0, visible.count - 1), selected + 1)
    case (.press, .row(_, let index)):
      selected = index
      return take(.key(.enter), &surroundings)
    default: break
    }
    return []
  }

  func draw(over frame: inout Frame, _ surroundings: Surroundings) {
    let list = visible
    let bounds = frame.room
    let width = min(bounds.width, 70)
    let detail =
      list.indices.contains(selected)
      ? list[selected].detail.wrapped(toColumns: width - 4) : []
    let detailRows = min(
      max(4, bounds.height / 3),
      max(1, items.map { $0.detail.wrapped(toColumns: width - 4).count }.max() ?? 1))
    let height = min(bounds.height, min(items.count, 14) + detailRows + 4)
    let inner = frame.popUp(in: bounds.centred(Size(width: width, height: height)), title: title)
    let (field, rest) = inner.split(top: 1)
    frame.field(filter, in: field, placeholder: "type to filter")
    let (rows, foot) = rest.split(bottom: detailRows + 1)
    frame.list(
      list.map { ListLine($0.title, note: $0.note) }, selected: selected, in: rows, pane: "chooser")
    let told = min(detailRows, max(0, foot.height - 1))
    for (index, line) in detail.prefix(told).enumerated() {
      // What follows the last line is not left out without a mark.
      let line = index == told - 1 ? detail[index...].joined(separator: " ") : line
      frame.write(line, x: foot.x, y: foot.y + 1 + index, .dim, width: foot.width)
    }
  }
}

/// The items whose names a query matches, the best first; all in their order for an empty one.
func matching<Item>(_ items: [Item], _ query: String, name: (Item) -> String) -> [Item] {
  FuzzyMatch.ranked(query, items.map(name)).map { items[$0.index] }
}

/// Where a selection goes with a key; nil when the key does not move it.
func moveSelection(_ selected: Int, count: Int, page: Int, by input: InputEvent) -> Int? {
  guard case .key(let key) = input else { return nil }
  let last = max(0, count - 1)
  switch key {
  case .up, .control("p"), .backTab: return selected == 0 ? last : selected - 1
  case .down, .control("n"), .tab: return selected >= last ? 0 : selected + 1
  case .home: return 0
  case .end: return last
  case .pageUp: return max(0, selected - page)
  case .pageDown: return min(last, selected + page)
  default: return nil
  }
}
