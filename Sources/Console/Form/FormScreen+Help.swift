import Ground
import Jobs
import Surface

extension FormScreen {
  func drawHelp(
    in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings
  ) {
    guard rect.height >= 3, let field = current else { return }
    let isNarrow = rect.width < 70
    let inner = frame.box(
      rect,
      Box(title: wholeTitle(of: field), note: isNarrow ? "" : key(of: field), footer: ""))
    let columns = max(1, inner.width - 2)
    var lines: [(text: String, role: Role)] = []
    func add(_ text: String, _ role: Role) {
      lines += text.wrapped(toColumns: columns, indent: 2).map { (" " + $0, role) }
    }
    if let problem = editingProblem {
      add(problem.what, .bad)
      add(problem.whatToDo, .text)
    }
    let key = key(of: field)
    for finding in findings where finding.keys.contains(key) && editingProblem == nil {
      add(finding.problem.what, finding.problem.severity == .error ? .bad : .warning)
      add(finding.problem.whatToDo, .text)
    }
    if let parameter = field.parameter {
      if inner.height > 8 { add(parameter.expectation, .dim) }
      add("Default: \(defaultText(of: field, parameter))" + names(of: parameter), .dim)
      add(parameter.help, .text)
    } else {
      add(Self.helpOnNames, .text)
    }
    if lines.count > inner.height, inner.height > 1, let key = aboutKey(surroundings) {
      lines.removeSubrange((inner.height - 1)...)
      let word = " \(key) shows all"
      lines.append((word.padded(toColumns: columns, alignment: .right), .dim))
    }
    frame.lines(lines, in: inner)
  }

  private func aboutKey(_ surroundings: Surroundings) -> String? {
    surroundings.keyMap.keyName(of: "about", in: .form)
  }

  private static let helpOnNames = """
    What the region is called in the run folder, in tables and on the command line \
    (--set region.NAME.key=value): 1 to 40 letters, numbers, - and _.
    """

  private func defaultText(of field: FormField, _ parameter: Parameter) -> String {
    if field.region != nil, field.key == Parameter.input.mask.key { return "required" }
    if field.region != nil, job.isSet(field.key) {
      return "\(job.shown(parameter)), as all regions"
    }
    let text = parameter.defaultValue?.shown ?? parameter.defaultText
    return parameter.derivation.map { "\(text); \($0.words)" } ?? text
  }

  /// Everything that is known of the selected parameter.
  var aboutViewer: TextViewer? {
    guard let field = current else { return nil }
    var lines: [TextViewer.Line] = []
    let key = key(of: field)
    for finding in findings where finding.keys.contains(key) {
      let role: Role = finding.problem.severity == .error ? .bad : .warning
      lines += [.init(finding.problem.what, role), .init(finding.problem.whatToDo), .init("")]
    }
    guard let parameter = field.parameter else {
      return TextViewer(title: title(of: field), lines: lines + [.init(Self.helpOnNames)])
    }
    let unit = parameter.unit.isEmpty ? "" : " \(parameter.unit)"
    let value = value(of: field)?.shown ?? parameter.defaultText
    lines += [
      .init(parameter.help), .init(""),
      .init("Key         \(key)", .dim),
      .init("Value       \(value)\(unit)", .dim),
      .init("Default     \(defaultText(of: field, parameter))", .dim),
      .init("Takes       \(parameter.type.expectation)", .dim),
    ]
    for (program, name) in parameter.namesElsewhere {
      lines.append(.init(program.padded(toColumns: 12) + name, .dim))
    }
    return TextViewer(title: wholeTitle(of: field), lines: lines)
  }

  /// The same knob elsewhere.
  private func names(of parameter: Parameter) -> String {
    parameter.namesElsewhere.map { " · \($0.program): \($0.name)" }.joined()
  }
}
