import Ground
import Surface
import Terminal

/// Asks for a line of text.
struct TextPrompt: PopUp {
  let question: Question
  let title: String
  /// What may be typed, below the field.
  let hint: String
  var editor: TextInput
  /// Whether every change is answered at once, as for a filter.
  let isLive: Bool
  /// Whether the text, as a command line, may go over several lines of the screen.
  let isLong: Bool
  private let original: String
  /// What is wrong with a text, by which the prompt stays open and keeps it.
  private let objection: @Sendable (String) -> Problem?
  private var problem: Problem?
  /// Names that Tab completes; nil for none.
  private let completion: WordCompletion?

  let keys: [EntryKey]

  /// - Parameters:
  ///   - replaces: whether typing takes the place of the text that is there, or adds to it.
  ///   - names: what Tab completes; empty for nothing.
  ///   - action: what Enter does, in a word.
  ///   - objection: what is wrong with a text that Enter is to keep; nil for nothing.
  init(
    _ question: Question, title: String, text: String = "", hint: String = "",
    isLive: Bool = false, replaces: Bool = true, isLong: Bool = false,
    names: [String] = [], action: String = "Keep",
    objection: @escaping @Sendable (String) -> Problem? = { _ in nil }
  ) {
    self.objection = objection
    self.question = question
    self.title = title
    self.hint = hint
    self.isLive = isLive
    self.isLong = isLong
    completion = names.isEmpty ? nil : WordCompletion(names: names)
    keys = EntryKey.field(action) + (names.isEmpty ? [] : [EntryKey(.tab, "Complete")])
    original = text
    editor = TextInput(text, isSelected: replaces)
  }

  mutating func take(_ input: InputEvent, _ surroundings: inout Surroundings) -> [Effect] {
    switch input {
    case .key(.escape):
      return isLive ? [.closePopUp, .answer(question, original)] : [.closePopUp]
    case .key(.enter):
      problem = objection(editor.text)
      return problem == nil ? [.closePopUp, .answer(question, editor.text)] : []
    default:
      let before = editor.text
      problem = nil
      if input == .key(.tab) { complete() } else { _ = editor.take(input) }
      return isLive && editor.text != before ? [.answer(question, editor.text)] : []
    }
  }

  private mutating func complete() {
    guard
      let (length, name) = completion?.completion(of: editor.text, cursor: editor.cursor)
    else { return }
    for _ in 0..<length { editor.apply(.deleteBackwards) }
    editor.apply(.insert(name))
  }

  func draw(over frame: inout Frame, _ surroundings: Surroundings) {
    let isWide = isLong || completion != nil
    let width = min(frame.grid.size.width, max(isWide ? 100 : 50, title.columns + 6))
    var lines = hint.wrapped(toColumns: width - 4).filter { !$0.isEmpty }.map { ($0, Role.dim) }
    let names = completion?.candidates(for: editor.text, cursor: editor.cursor) ?? []
    if !names.isEmpty {
      // As many lines as the help had, so that the field stays where it is.
      let all = names.joined(separator: "  ").wrapped(toColumns: width - 4)
      lines = (0..<max(1, lines.count)).map { (all.indices.contains($0) ? all[$0] : "", .accent) }
    }
    if let problem {
      lines = problem.what.wrapped(toColumns: width - 4).map { ($0, .bad) }
      lines += problem.whatToDo.wrapped(toColumns: width - 4).map { ($0, .text) }
    }
    // The field gives way to what is said of it, down to a line.
    let wanted =
      isLong ? TextField(editor).rows(toColumns: width - 4, isInvalid: problem != nil) : 1
    let rows = max(1, min(wanted, frame.room.height - 2 - lines.count))
    let height = 2 + rows + lines.count
    let place =
      isLive
      ? frame.lowerPlace(width: width, height: height)
      : frame.room.centred(Size(width: width, height: height))
    let inner = frame.popUp(in: place, title: title)
    let (field, rest) = inner.split(top: rows)
    frame.field(editor, in: field, isInvalid: problem != nil)
    frame.lines(lines.map { (text: $0.0, role: $0.1) }, in: rest)
  }
}

/// Asks before something is destroyed.
struct Confirmation: PopUp {
  let question: Question
  let title: String
  let text: String
  /// What "yes" does, as a word.
  let action: String

  var keys: [EntryKey] { [EntryKey("y", action), EntryKey(.escape, "Go back")] }

  mutating func take(_ input: InputEvent, _ surroundings: inout Surroundings) -> [Effect] {
    switch input {
    case .key("y"), .key("Y"): return [.closePopUp, .answer(question, "yes")]
    case .key(.escape), .key("n"), .key("N"), .key("q"), .key(.enter): return [.closePopUp]
    default: return []
    }
  }

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    guard mouse.kind == .press, case .row(_, let index) = target else { return [] }
    return index == 0 ? [.closePopUp, .answer(question, "yes")] : [.closePopUp]
  }

  func draw(over frame: inout Frame, _ surroundings: Surroundings) {
    let width = min(frame.grid.size.width, 60)
    let lines = text.wrapped(toColumns: width - 4)
    let place = frame.room.centred(Size(width: width, height: lines.count + 4))
    let inner = frame.popUp(in: place, title: title)
    // The choices are seen whatever the room for the rest.
    let (said, choices) = inner.split(bottom: 1)
    frame.lines(lines.map { (text: $0, role: .text) }, in: said)
    let y = choices.y
    var x = inner.x
    for (index, choice) in [("y", action), ("Esc", "Back")].enumerated() {
      let start = x
      x += frame.write(" \(choice.0) ", x: x, y: y, .key)
      x += frame.write(" \(choice.1) ", x: x, y: y, .keyLabel) + 2
      frame.mark(
        Rect(x: start, y: y, width: x - start - 2, height: 1),
        .row(pane: "confirmation", index))
    }
  }
}
