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

  /// A line of the form: a heading, or a parameter by its index in `Parameter.all`.
  enum Line: Hashable {
    case heading(Parameter.Section)
    case parameter(Int)
  }

  /// The lines that are shown.
  var lines: [Line] {
    let shown = Set(visible.map(\.key))
    var lines: [Line] = []
    var section: Parameter.Section?
    for (index, parameter) in Parameter.all.enumerated() where shown.contains(parameter.key) {
      if parameter.section != section {
        section = parameter.section
        lines.append(.heading(parameter.section))
      }
      lines.append(.parameter(index))
    }
    return lines
  }

  private func drawParameters(in rect: Rect, of frame: inout Frame) {
    let (head, body) = rect.split(top: 1)
    let count = Parameter.all.filter { job.isChanged($0.key) || mistakes[$0.key] != nil }.count
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
    let index = Parameter.all.firstIndex { $0.key == current?.key } ?? 0
    let selectedLine = lines.firstIndex(of: .parameter(index)) ?? 0
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
        frame.write(section.title, x: place.x + 1, y: place.y, .title, width: place.width - 1)
      case .parameter(let index):
        drawParameter(
          Parameter.all[index], isSelected: top + row == selectedLine, findings, in: place,
          of: &frame)
        frame.mark(place, .row(pane: "form", index))
      }
    }
    frame.scrollBar(body, top: top, total: lines.count)
  }

  /// Columns of the titles; the values stand to their right.
  private static let titleWidth = Parameter.all.map(\.title.columns).max() ?? 30

  private func drawParameter(
    _ parameter: Parameter, isSelected: Bool, _ findings: [JobFinding], in rect: Rect,
    of frame: inout Frame
  ) {
    let look = frame.look
    let ground: Role = isSelected ? .selection : .text
    if isSelected {
      frame.grid.fill(rect, style: look[ground])
      frame.focus = Point(x: rect.x, y: rect.y)
    }
    let own = findings.filter { $0.keys.first == parameter.key }
    let isWrong = own.contains { $0.problem.severity == .error }
    let isChanged = job.isChanged(parameter.key)
    let hasEffect = parameter.condition.map { job[$0.key] == $0.value } ?? true
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
      parameter.title, x: rect.x + 3, y: rect.y,
      style: look.style(hasEffect ? .text : .dim, on: ground), width: titleWidth)
    let value = Rect(
      x: rect.x + 4 + titleWidth, y: rect.y, width: max(0, rect.right - rect.x - 5 - titleWidth),
      height: 1)
    if isSelected, let editor {
      frame.field(editor, in: value, isInvalid: editingProblem != nil)
      return
    }
    drawValue(
      of: parameter, isWrong: isWrong, isChanged: isChanged, on: ground, in: value, of: &frame)
  }

  private func drawValue(
    of parameter: Parameter, isWrong: Bool, isChanged: Bool, on ground: Role, in rect: Rect,
    of frame: inout Frame
  ) {
    let look = frame.look
    if let values = sweep.first(where: { $0.key == parameter.key })?.values {
      let shown = "try " + values
      frame.grid.write(
        shown, x: rect.x, y: rect.y, style: look.style(.accent, on: ground), width: rect.width)
      return
    }
    var text = shownText(of: parameter)
    let isSet = !text.isEmpty
    if !isSet { text = isWrong ? "missing" : parameter.defaultText }
    var unit = isSet && !parameter.unit.isEmpty ? " \(parameter.unit)" : ""
    if mistakes[parameter.key] == nil, let derived = job.derived(parameter, given: data) {
      unit += " = \(derived.reason)"
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

  /// A value as people read it; a mistake as it was typed.
  private func shownText(of parameter: Parameter) -> String {
    guard mistakes[parameter.key] == nil else { return text(of: parameter) }
    return job.value(of: parameter, given: data)?.shown ?? ""
  }

  // MARK: Help

  private func drawHelp(
    in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings
  ) {
    guard rect.height >= 3, let parameter = current else { return }
    let isNarrow = rect.width < 70
    let inner = frame.box(
      rect,
      Box(title: parameter.title, note: isNarrow ? "" : parameter.key, footer: ""))
    let columns = max(1, inner.width - 2)
    var lines: [(text: String, role: Role)] = []
    func add(_ text: String, _ role: Role) {
      lines += text.wrapped(toColumns: columns, indent: 2).map { (" " + $0, role) }
    }
    if let problem = editingProblem {
      add(problem.what, .bad)
      add(problem.whatToDo, .text)
    }
    for finding in findings where finding.keys.contains(parameter.key) && editingProblem == nil {
      add(finding.problem.what, finding.problem.severity == .error ? .bad : .warning)
      add(finding.problem.whatToDo, .text)
    }
    if inner.height > 8 {
      add(parameter.expectation, .dim)
    }
    add("Default: \(defaultText(of: parameter))" + names(of: parameter), .dim)
    add(parameter.help, .text)
    if lines.count > inner.height, inner.height > 1, let key = aboutKey(surroundings) {
      lines.removeSubrange((inner.height - 1)...)
      let word = " \(key) shows all"
      lines.append((word.padded(toColumns: columns, alignment: .right), .dim))
    }
    frame.lines(lines, in: inner)
  }

  private func aboutKey(_ surroundings: Surroundings) -> String? {
    surroundings.keyMap.keyName(of: .about, in: .form)
  }

  private func defaultText(of parameter: Parameter) -> String {
    let text = parameter.defaultValue?.shown ?? parameter.defaultText
    return parameter.derivation.map { "\(text); \($0.words)" } ?? text
  }

  /// Everything that is known of the selected parameter.
  var aboutViewer: TextViewer? {
    guard let parameter = current else { return nil }
    var lines: [TextViewer.Line] = []
    for finding in findings where finding.keys.contains(parameter.key) {
      let role: Role = finding.problem.severity == .error ? .bad : .warning
      lines += [.init(finding.problem.what, role), .init(finding.problem.whatToDo), .init("")]
    }
    let unit = parameter.unit.isEmpty ? "" : " \(parameter.unit)"
    let value = job.value(of: parameter, given: data)?.shown ?? parameter.defaultText
    lines += [
      .init(parameter.help), .init(""),
      .init("Key         \(parameter.key)", .dim),
      .init("Value       \(value)\(unit)", .dim),
      .init("Default     \(defaultText(of: parameter))", .dim),
      .init("Takes       \(parameter.type.expectation)", .dim),
    ]
    for (program, name) in parameter.namesElsewhere {
      lines.append(.init(program.padded(toColumns: 12) + name, .dim))
    }
    return TextViewer(title: parameter.title, lines: lines)
  }

  /// The same knob elsewhere.
  private func names(of parameter: Parameter) -> String {
    parameter.namesElsewhere.map { " · \($0.program): \($0.name)" }.joined()
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
