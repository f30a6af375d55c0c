import Ground
import Surface

extension FilePicker {
  func draw(over frame: inout Frame, _ surroundings: Surroundings) {
    let bounds = frame.room
    let size = Size(width: min(bounds.width, 90), height: min(bounds.height, 26))
    let inner = frame.popUp(in: bounds.centred(size), title: title)
    let (head, rest) = inner.split(top: 2)
    frame.grid.write(
      shortened(listing.path, columns: head.width, frame.look), x: head.x, y: head.y,
      style: frame.look[.accent], width: head.width)
    let wanted = endings.isEmpty ? "" : " (" + endings.map { "." + $0 }.joined(separator: " ") + ")"
    frame.field(
      filter, in: head.split(top: 1).rest,
      placeholder: "type a name\(wanted) or a path, / and ~ too")
    let (body, foot) = rest.split(bottom: 1)
    let sideWidth = inner.width >= 60 ? 28 : 0
    let (rows, side) = body.split(right: sideWidth)
    frame.list(
      count: lineCount, selected: selected, in: rows, pane: "files",
      emptyText: isLoading ? "Reading the folder …" : "Nothing matches."
    ) { line in
      guard let entry = entry(line) else { return ListLine("../", role: .accent) }
      return ListLine(
        entry.name + (entry.isFolder ? "/" : ""),
        note: entry.isFolder ? "" : entry.bytes.map(Format.bytes) ?? "",
        role: entry.isFolder ? .accent : .text)
    }
    drawPreview(in: side, of: &frame)
    let say =
      !listing.problem.isEmpty
      ? listing.problem
      : isLoading
        ? "Reading the folder …"
        : "\(Format.counted(listing.entries.count, "entry", "entries"))"
          + (name.isEmpty ? "" : ", \(Format.count(matches.count)) of them match")
    frame.grid.write(
      say, x: foot.x, y: foot.y, style: frame.look[listing.problem.isEmpty ? .dim : .warning],
      width: foot.width)
  }

  private func drawPreview(in side: Rect, of frame: inout Frame) {
    guard let preview, let entry = entry(selected),
      preview.path == FilePath.joined(listing.path, entry.name), side.width > 2
    else { return }
    let text = preview.lines.flatMap { $0.wrapped(toColumns: side.width - 3) }
    let top = min(previewTop, max(0, text.count - side.height))
    for (index, line) in text.dropFirst(top).prefix(side.height).enumerated() {
      frame.grid.write(
        line, x: side.x + 2, y: side.y + index, style: frame.look[.text], width: side.width - 3)
    }
    frame.scrollBar(side, top: top, total: text.count)
  }

  private func shortened(_ path: String, columns: Int, _ look: Appearance) -> String {
    path.columns <= columns
      ? path : look[Symbol.ellipsis] + path.suffix(max(0, columns - 1))
  }
}
