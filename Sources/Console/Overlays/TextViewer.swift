import Surface
import Terminal

/// Shows lines of text to read, scroll and copy.
struct TextViewer: PopUp {
  let title: String
  let lines: [Line]
  /// Text that `y` copies; all lines without it.
  let copyText: String?
  private var offset = 0

  struct Line: Sendable, Hashable {
    var text: String
    var role: Role

    init(_ text: String, _ role: Role = .text) {
      self.text = text
      self.role = role
    }
  }

  init(title: String, lines: [Line], copyText: String? = nil) {
    self.title = title
    self.lines = lines
    self.copyText = copyText
  }

  let keys = [EntryKey("y", "Copy"), EntryKey(.escape, "Close"), EntryKey(.pageDown, "Next page")]

  mutating func take(_ input: InputEvent, _ surroundings: inout Surroundings) -> [Effect] {
    let page = max(1, surroundings.size.height - 7)
    let last = max(0, rows(columns(surroundings.size)).count - page)
    switch input {
    case .key(.escape), .key(.enter), .key("q"): return [.closePopUp]
    case .key(.up), .key("k"): offset = max(0, offset - 1)
    case .key(.down), .key("j"): offset = min(last, offset + 1)
    case .key(.pageUp): offset = max(0, offset - page)
    case .key(.pageDown), .key(" "): offset = min(last, offset + page)
    case .key(.home), .key("g"): offset = 0
    case .key(.end), .key("G"): offset = last
    case .key("y"):
      return [
        .terminal(.copy(copyText ?? lines.map(\.text).joined(separator: "\n"))), .say("Copied"),
      ]
    default: break
    }
    return []
  }

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    scroll(with: mouse, &surroundings)
  }

  /// The columns inside, without those of the scroll bar.
  private func columns(_ size: Size) -> Int { max(1, min(size.width, 78) - 6) }

  private func rows(_ columns: Int) -> [Line] {
    lines.flatMap { line in
      // A line that has room stays as it is: columns and pictures are made of blanks.
      line.text.columns <= columns
        ? [line] : line.text.wrapped(toColumns: columns, indent: 2).map { Line($0, line.role) }
    }
  }

  func draw(over frame: inout Frame, _ surroundings: Surroundings) {
    let bounds = frame.room
    let rows = rows(columns(bounds.size))
    let size = Size(width: min(bounds.width, 78), height: min(bounds.height, rows.count + 4))
    let inner = frame.popUp(in: bounds.centred(size), title: title)
    let (area, foot) = inner.split(bottom: 1)
    for (index, line) in rows.dropFirst(offset).prefix(area.height).enumerated() {
      frame.grid.write(
        line.text, x: area.x, y: area.y + index, style: frame.look[line.role],
        width: area.width)
    }
    frame.scrollBar(area, top: offset, total: rows.count)
    frame.grid.write(
      "y copies, Esc closes", x: foot.x, y: foot.y, style: frame.look[.dim],
      width: foot.width)
  }
}
