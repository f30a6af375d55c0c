import Ground
import Jobs
import Refinement
import Runs
import Surface

extension FormScreen {
  func draw(in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings) {
    let isWide = rect.width >= 110
    let (body, foot) = rect.split(bottom: 1)
    let helpRows = isWide || body.height < 14 ? 0 : min(8, body.height / 3)
    let (upper, help) = body.split(bottom: helpRows)
    let (list, side) = upper.split(right: isWide ? max(40, upper.width * 2 / 5) : 0)
    drawParameters(in: list, of: &frame)
    drawHelp(in: isWide ? side : help, of: &frame, surroundings)
    drawState(in: foot, of: &frame)
  }

  var status: String {
    let count = errors.count
    if count > 0 { return Format.counted(count, "problem") }
    return knowsFiles ? "ready" : "reading"
  }

  // MARK: The parameters

  /// A line of the form: a heading, or a field.
  enum Line: Hashable {
    case heading(FormField.Section)
    case field(FormField)
  }

  /// The lines that are shown.
  var lines: [Line] {
    var lines: [Line] = []
    var section: FormField.Section?
    for field in visible {
      if field.section != section {
        section = field.section
        lines.append(.heading(field.section))
      }
      lines.append(.field(field))
    }
    return lines
  }

  /// What stands above a section.
  private func heading(of section: FormField.Section) -> String {
    switch section {
    case .common(let section): section.title
    case .region(let region):
      "Region \(job.regions[region].name), \(region + 1) of \(job.regions.count)"
    }
  }

  private func drawParameters(in rect: Rect, of frame: inout Frame) {
    let (head, body) = rect.split(top: 1)
    let count = fields.count(where: isTouched)
    var summary = "\(count) changed"
    if !showsAdvanced { summary += ", \(Parameter.all.filter(\.isAdvanced).count) advanced hidden" }
    if onlyChanged { summary = "Changed only: \(count)" }
    if !sweep.isEmpty { summary += ", a sweep of \(Format.counted(sweepCount, "run"))" }
    if !pattern.isEmpty { summary = "Contain \"\(pattern)\": \(visible.count) (Esc shows all)" }
    let name = origin.isEmpty ? "" : "from \(origin), "
    frame.write(
      " " + name + summary, x: head.x, y: head.y, pattern.isEmpty ? .dim : .match,
      width: head.width)
    let lines = lines
    let selectedLine = current.flatMap { lines.firstIndex(of: .field($0)) } ?? 0
    let top = Frame.firstLine(
      selected: selectedLine, visible: body.height, total: lines.count)
    if lines.isEmpty {
      frame.write(
        "No parameter matches.", x: body.x + 2, y: body.y + 1, .dim, width: body.width - 2)
    }
    let findings = findings
    for row in 0..<max(0, min(body.height, lines.count - top)) {
      let place = Rect(x: body.x, y: body.y + row, width: body.width - 1, height: 1)
      switch lines[top + row] {
      case .heading(let section):
        frame.write(
          heading(of: section), x: place.x + 1, y: place.y, .title, width: place.width - 1)
      case .field(let field):
        draw(
          field, isSelected: top + row == selectedLine, findings, in: place, of: &frame)
        frame.mark(place, .row(pane: "form", top + row))
      }
    }
    frame.scrollBar(body, top: top, total: lines.count)
  }

  /// Columns of the titles; the values stand to their right.
  private static let titleWidth = Parameter.all.map(\.title.columns).max() ?? 30

  private func draw(
    _ field: FormField, isSelected: Bool, _ findings: [JobFinding], in rect: Rect,
    of frame: inout Frame
  ) {
    let look = frame.look
    let ground: Role = isSelected ? .selection : .text
    if isSelected {
      frame.grid.fill(rect, style: look[ground])
      frame.focus = Point(x: rect.x, y: rect.y)
    }
    let key = key(of: field)
    let own = findings.filter { $0.keys.first == key }
    let isWrong = own.contains { $0.problem.severity == .error }
    let isChanged = isChanged(field)
    let hasEffect = hasEffect(field)
    // Signs, so that nothing is said by colour alone.
    let sign: (String, Role) =
      isWrong
      ? (look[Symbol.failed], .bad)
      : !own.isEmpty
        ? (look[Symbol.warning], .warning)
        : isChanged ? (look[Symbol.changed], .changed) : (" ", .text)
    frame.grid.write(
      isSelected ? look[Symbol.selected] : " ", x: rect.x, y: rect.y, style: look[ground])
    frame.grid.write(
      sign.0, x: rect.x + 1, y: rect.y, style: look.style(sign.1, on: ground))
    let titleWidth = min(Self.titleWidth, max(12, rect.width - 26))
    frame.grid.write(
      title(of: field), x: rect.x + 3, y: rect.y,
      style: look.style(hasEffect ? .text : .dim, on: ground), width: titleWidth)
    let value = Rect(
      x: rect.x + 4 + titleWidth, y: rect.y, width: max(0, rect.right - rect.x - 5 - titleWidth),
      height: 1)
    if isSelected, let editor {
      frame.field(editor, in: value, isInvalid: editingProblem != nil)
      return
    }
    drawValue(
      of: field, isWrong: isWrong, isChanged: isChanged, on: ground, in: value, of: &frame)
  }

  private func drawValue(
    of field: FormField, isWrong: Bool, isChanged: Bool, on ground: Role, in rect: Rect,
    of frame: inout Frame
  ) {
    let look = frame.look
    let key = key(of: field)
    if let values = sweep.first(where: { $0.key == key })?.values {
      let shown = "try " + values
      frame.grid.write(
        shown, x: rect.x, y: rect.y, style: look.style(.accent, on: ground), width: rect.width)
      return
    }
    var text = shownText(of: field)
    let isSet = !text.isEmpty
    if !isSet {
      text =
        isOfRegions(field)
        ? "of each region" : isWrong ? "missing" : field.parameter?.defaultText ?? "missing"
    }
    let words = field.parameter?.unit ?? ""
    var unit = isSet && !words.isEmpty ? " \(words)" : ""
    if let reason = reason(of: field) {
      unit += field.region != nil && job.isSet(field.key) ? ", \(reason)" : " = \(reason)"
    }
    let room = max(0, rect.width - unit.columns)
    // Of long paths the end tells most.
    if text.columns > room, text.contains("/") {
      text = look[Symbol.ellipsis] + String(text.suffix(max(0, room - 1)))
    }
    let role: Role = isWrong ? .bad : isChanged ? .changed : isSet ? .text : .dim
    let used = frame.grid.write(
      text, x: rect.x, y: rect.y, style: look.style(role, on: ground), width: room)
    frame.grid.write(
      unit, x: rect.x + used, y: rect.y, style: look.style(.dim, on: ground),
      width: rect.width - used)
  }

  // MARK: State

  private func drawState(in rect: Rect, of frame: inout Frame) {
    let errors = errors
    let warnings = findings.count - errors.count
    let kind: NotificationLine.Kind
    var text: String
    if check.isRunning {
      (kind, text) = (.information, "Checking the files …")
    } else if !sweep.isEmpty, !errors.contains(where: { !isAnswered($0) }) {
      let runs = Format.counted(sweepCount, "run")
      (kind, text) = (.good, "A sweep of \(runs); s looks at them and estimates, then asks")
    } else if let first = errors.first {
      kind = .bad
      text = first.problem.what
      if errors.count > 1 { text += "  (+\(errors.count - 1))" }
    } else if case .done(let report) = check, let estimate = report.lines.last {
      (kind, text) = (.good, "Ready to start. \(estimate)")
    } else if !knowsFiles {
      (kind, text) = (.information, "Reading the files …")
    } else if warnings > 0 {
      (kind, text) = (.warning, "Ready to start; \(warnings) worth a look (e checks the files)")
    } else {
      (kind, text) = (.good, "Ready to start; e checks the files and estimates")
    }
    frame.draw(NotificationLine(kind, text), in: rect)
  }
}

extension FormScreen.Check? {
  /// Whether a check is under way.
  var isRunning: Bool {
    switch self {
    case .running?, .runningToStart?: true
    default: false
    }
  }
}
