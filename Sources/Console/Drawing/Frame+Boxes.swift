import Surface

extension Frame {
  /// Draws a box and returns what is inside; without room for a box the whole rectangle is inside.
  mutating func box(_ rect: Rect, _ box: Box) -> Rect {
    guard rect.width >= 4, rect.height >= 3 else { return rect }
    draw(box, in: rect)
    return Box.content(of: rect)
  }

  /// Draws the ground and frame of a pop-up and returns what is inside, a blank column apart.
  ///
  /// What is drawn afterwards stands on the pop-up's ground. The rest steps back, unless the pop-up is
  /// about how the rest looks.
  mutating func popUp(in rect: Rect, title: String, dimsRest: Bool = true) -> Rect {
    mark(grid.bounds, .cover)
    if dimsRest {
      let behind = base[.ghost]
      let ground = base.palette.background
      let isPlain = base.colours == .none
      grid.restyle(grid.bounds) { _ in
        isPlain
          ? Style(attributes: .dim)
          : Style(
            foreground: behind.foreground, background: ground, attributes: behind.attributes)
      }
    }
    grid.cursor = nil
    look = base.grounded(on: .popup)
    grid.fill(rect, style: look[.popup])
    let inner = box(rect, Box(title: title, isFocused: true))
    mark(rect, .pane("pop-up"))
    return inner.inset(columns: inner.width > 10 ? 1 : 0, rows: 0)
  }

  /// Where pop-ups lie: all but the key bar, which is theirs.
  var room: Rect { grid.size.height < 5 ? grid.bounds : grid.bounds.split(bottom: 1).rest }

  /// A place at the lower edge, above the key bar.
  func lowerPlace(width: Int, height: Int) -> Rect {
    let height = min(height, grid.size.height)
    return Rect(
      x: max(0, (grid.size.width - width) / 2), y: max(0, grid.size.height - 1 - height),
      width: width, height: height)
  }

  /// Draws a line of text that is being typed, with the terminal's cursor in it.
  mutating func field(
    _ input: TextInput, in rect: Rect, placeholder: String = "", isInvalid: Bool = false
  ) {
    draw(
      TextField(input, isFocused: true, placeholder: placeholder, isInvalid: isInvalid), in: rect)
  }

  /// A bar at the right edge that shows which part of a long content is seen.
  mutating func scrollBar(_ rect: Rect, top: Int, total: Int) {
    guard total > rect.height, rect.width > 0 else { return }
    draw(
      ScrollBar(total: total, visible: rect.height, top: top),
      in: Rect(x: rect.right - 1, y: rect.y, width: 1, height: rect.height))
  }

  /// Lines of text with a role each, cut where the rectangle ends.
  mutating func lines(_ lines: [(text: String, role: Role)], in rect: Rect) {
    for (row, line) in lines.prefix(rect.height).enumerated() {
      write(line.text, x: rect.x, y: rect.y + row, line.role, width: rect.width)
    }
  }
}
