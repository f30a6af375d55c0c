import Ground
import Motion
import Surface
import Terminal

/// The modes that are more than noise, with the regions' parts in them.
struct ModeListPane: ModesPane {
  static let title = "Modes"

  func note(_ view: ModesView) -> String {
    guard let report = view.motion?.report else { return "" }
    return
      "against \(report.regions.first ?? ""), \(Format.counted(report.particles, "particle"))"
  }

  func draw(_ place: ModesPlace, of view: ModesView, into frame: inout Frame) {
    let rect = box(place, of: view, into: &frame)
    guard let report = view.motion?.report else { return }
    guard !view.modes.isEmpty else {
      frame.write(
        "No mode: what moves is no more than the poses' noise.", x: rect.x + 1, y: rect.y,
        .warning, width: rect.width - 1)
      return
    }
    let names = max(6, min(14, report.regions.map(\.columns).max() ?? 6))
    func row(_ cells: [String]) -> String {
      let widths = [2, 8, 7, names + 1, 12, 18, 9]
      return zip(cells, widths).map { $0.padded(toColumns: $1) }.joined()
        + (cells.last ?? "")
    }
    frame.write(
      row(["", "share", "Å rms", "region", "turns by", "axis", "known to", "hinge, voxel"]),
      x: rect.x + 2, y: rect.y, .header, width: rect.width - 2)
    let lines = view.lines
    let body = Rect(x: rect.x, y: rect.y + 1, width: rect.width, height: rect.height - 1)
    let selected = lines.firstIndex { $0.mode == view.mode } ?? 0
    let top = Frame.firstLine(selected: selected, visible: body.height, total: lines.count)
    for (index, line) in lines.enumerated().dropFirst(top).prefix(max(0, body.height)) {
      let isSelected = line.mode == view.mode
      let ground: Role =
        isSelected ? (place.hasFocus ? .selection : .selectionInactive) : .text
      let rect = Rect(x: body.x, y: body.y + index - top, width: body.width, height: 1)
      if isSelected { frame.grid.fill(rect, style: frame.look[ground]) }
      let mark = isSelected && line.isFirst ? frame.look[Symbol.selected] : " "
      frame.grid.write(
        mark + " " + row(Self.cells(of: line, in: view.modes[line.mode])), x: rect.x, y: rect.y,
        style: frame.look[ground], width: rect.width)
      frame.mark(rect, .row(pane: "modes", line.mode))
    }
    let left = body.height - (lines.count - top)
    let noise = report.modes.count - report.claimed
    guard left > 0, noise > 0 else { return }
    let share = report.modes.dropFirst(report.claimed).reduce(0) { $0 + $1.share.value }
    frame.write(
      "The other \(Format.counted(noise, "mode")), \(Format.percent(share)), are within noise.",
      x: body.x + 2, y: body.y + lines.count - top, .dim, width: body.width - 2)
  }

  private static func cells(of line: ModesView.Line, in mode: MotionReport.Mode) -> [String] {
    let part = line.part
    func fixed(_ value: Double, _ decimals: Int) -> String { Format.fixed(value, decimals) }
    let share =
      "\(fixed(100 * mode.share.value, 0))±\(fixed(100 * mode.share.error, 0))%"
    return [
      line.isFirst ? "\(line.mode + 1)" : "", line.isFirst ? share : "",
      fixed(part.displacement, 2), part.region,
      "\(fixed(part.rotation.value, 2))±\(fixed(part.rotation.error, 2))°",
      part.axis.map { fixed($0, 2) }.joined(separator: ","), "\(fixed(part.axisError, 0))°",
      part.hingeVoxel.map { fixed($0, 0) }.joined(separator: ","),
    ]
  }

  mutating func navigate(_ way: Navigation, _ view: inout ModesView) -> [Effect]? {
    switch way {
    case .up: view.show(mode: view.mode - 1)
    case .down: view.show(mode: view.mode + 1)
    case .first: view.show(mode: 0)
    case .last: view.show(mode: view.modes.count - 1)
    case .left, .right: [.say("Tab goes to the other panes")]
    case .pageUp, .pageDown, .back, .nextPane, .previousPane: nil
    }
  }

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent, _ view: inout ModesView,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    guard case .row(_, let mode) = target, mouse.kind == .press else { return [] }
    return view.show(mode: mode)
  }
}
