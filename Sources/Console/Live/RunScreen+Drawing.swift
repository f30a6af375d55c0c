import Ground
import Jobs
import Pages
import Report
import Runs
import Surface

extension RunScreen {
  var status: String {
    guard let snapshot = view.snapshot else { return "" }
    return "\(snapshot.status?.word ?? ""), iteration \(snapshot.iteration)"
      + (snapshot.resolution.map { ", " + Format.resolution($0) } ?? "")
  }

  func draw(in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings) {
    guard let snapshot = view.snapshot else {
      frame.write(
        "Reading \(view.folder) …", x: rect.x + 2, y: rect.y + 1, .dim, width: rect.width - 2)
      return
    }
    if snapshot.manifest == nil {
      let problem = snapshot.problem
      frame.write(
        problem?.what ?? "\(view.folder) is not a run folder", x: rect.x + 2, y: rect.y + 1, .bad,
        width: rect.width - 2)
      frame.write(
        problem?.whatToDo ?? "", x: rect.x + 2, y: rect.y + 2, width: rect.width - 2)
      return
    }
    let (head, strip, body) = Self.parts(of: rect)
    view.drawHeader(snapshot, in: head, of: &frame, surroundings)
    if let particles {
      particles.draw(
        chosen: view.choosing.ranges, in: rect.split(top: head.height).rest, of: &frame)
      return
    }
    let places = arrangement.places(in: body)
    if !strip.isEmpty { drawStrip(places.map(\.panel), in: strip, of: &frame) }
    for (panel, place) in places {
      draw(panel, in: place, isAlone: places.count == 1, of: &frame, surroundings)
    }
    for splitter in PanelShares.splitters(of: places) {
      frame.mark(splitter.handle, .splitter(splitter))
    }
  }

  /// Header, line of panes, and panes.
  static func parts(of rect: Rect) -> (head: Rect, strip: Rect, body: Rect) {
    let (head, rest) = rect.split(top: rect.height >= 18 ? 3 : rect.height >= 10 ? 2 : 1)
    let (strip, body) = rest.split(top: rest.height >= 12 ? 1 : 0)
    return (head, strip, body)
  }

  /// The panes by their numbers: which are on, which are seen.
  private func drawStrip(_ seen: [Panel], in rect: Rect, of frame: inout Frame) {
    var x = rect.x + 1
    let hidden = isZoomed ? 0 : arrangement.panels.count - seen.count
    let note = [hidden > 0 ? "\(hidden) more by Tab" : "", iterationNote]
      .filter { !$0.isEmpty }.joined(separator: ", ")
    for panel in Panel.allCases {
      let label = rect.width >= 100 ? panel.title : panel.words.short
      let width = label.columns + 2
      if x + width > rect.right - note.columns - 1 { break }
      let role: Role = panel == arrangement.focus ? .tabActive : seen.contains(panel) ? .tab : .dim
      frame.write(
        "\(panel.rawValue)", x: x, y: rect.y, arrangement.panels.contains(panel) ? .key : .dim)
      frame.write(label, x: x + 1, y: rect.y, role)
      frame.mark(Rect(x: x, y: rect.y, width: width - 1, height: 1), .command(panel.command))
      x += width
    }
    frame.write(
      note + " ", x: rect.x, y: rect.y, view.iteration == nil ? .dim : .warning, width: rect.width,
      alignment: .right)
  }

  private var iterationNote: String {
    guard let metrics = view.metrics else { return "" }
    let newest = view.snapshot?.metrics.last?.iteration ?? 0
    return view.iteration == nil || metrics.isFinal == true
      ? metrics.stepName : "iteration \(metrics.iteration) of \(newest)"
  }

  private func draw(
    _ panel: Panel, in rect: Rect, isAlone: Bool, of frame: inout Frame,
    _ surroundings: Surroundings
  ) {
    frame.mark(rect, .pane(panel.pane))
    let (pane, isFocused) = (panes[panel], panel == arrangement.focus)
    let inner = frame.box(
      rect,
      Box(
        title: panel.title, note: pane.note(view), number: panel.rawValue,
        isFocused: isFocused && !isAlone))
    // Maps are most of what a frame sends; on a slow line they wait until they are looked at.
    let waits = surroundings.isLowBandwidth && panel.kind.isHeavy && !isFocused
    if let reason = pane.obstacle(view) ?? (waits ? "Tab to it to draw it" : nil) {
      frame.write(
        reason, x: inner.x, y: inner.y + inner.height / 2, .dim, width: inner.width,
        alignment: .centre)
      return
    }
    let look = frame.look
    if let marker = arrangement.markers[panel] { frame.look.marker = marker }
    defer { frame.look = look }
    pane.draw(
      PaneRect(
        inner: inner, isFocused: isFocused, look: frame.look,
        timeZoneOffset: surroundings.timeZoneOffset), of: view, into: &frame)
  }
}
