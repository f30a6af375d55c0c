import Ground
import Jobs
import Surface
import Terminal

/// Values: switched, chosen, picked or typed.
extension FormScreen {
  /// Begins to edit: a switch flips, a path opens the file picker, everything else is typed.
  mutating func edit(_ surroundings: Surroundings) -> [Effect] {
    guard let field = current else { return [] }
    guard let parameter = field.parameter else { return beginEditing(field) }
    if isOfRegions(field) { return [.say("Each region has a mask of its own, in its section")] }
    switch parameter.type {
    case .toggle: stepChoice(by: 1)
    case .choice(let words):
      let items = words.map {
        Chooser.Item(
          id: $0, title: $0, detail: parameter.help,
          note: $0 == parameter.defaultValue?.text ? "default" : "")
      }
      return [
        .popUp(Chooser(.editParameter(field), title: wholeTitle(of: field), items: items))
      ]
    case .file(let endings), .files(let endings):
      return picker(for: field, endings: endings, folders: false, surroundings)
    case .folder: return picker(for: field, endings: [], folders: true, surroundings)
    default: return beginEditing(field)
    }
    return []
  }

  /// Begins to type a field's value.
  mutating func beginEditing(_ field: FormField) -> [Effect] {
    editor = TextInput(text(of: field), isSelected: true)
    return []
  }

  private func picker(
    for field: FormField, endings: [String], folders: Bool, _ surroundings: Surroundings
  ) -> [Effect] {
    let present = job(of: field)[field.key]?.pathList?.first.map { job.resolved($0) }
    let folder =
      present.map { folders ? $0 : FilePath.folder(of: $0) } ?? surroundings.lastFolder
      ?? job.folder
    return FilePicker(
      .pickFile(field), title: wholeTitle(of: field), folder: FilePath.absolute(folder),
      endings: endings, picksFolder: folders
    ).opening
  }

  /// To the next value of a switch or choice; begins to type for others.
  mutating func stepChoice(by step: Int) {
    guard let field = current, !isOfRegions(field) else { return }
    let value = job(of: field)[field.key]
    switch field.parameter?.type {
    case .toggle?: set(field, to: value?.bool == true ? "false" : "true")
    case .choice(let words)?:
      let index = words.firstIndex(of: value?.string ?? "") ?? 0
      set(field, to: words[(index + step + words.count) % words.count])
    default: _ = beginEditing(field)
    }
  }

  mutating func take(_ input: InputEvent, _ surroundings: inout Surroundings) -> [Effect]? {
    if editor != nil { return takeWhileEditing(input) }
    guard let field = current else { return nil }
    // A number can be typed at once, and a path pasted.
    if case .paste(let text) = input {
      set(field, to: text.filter { !$0.isNewline })
      return []
    }
    guard case .key(.character(let character)) = input else { return nil }
    switch field.parameter?.type {
    case .number?, .count?, .coordinates?:
      guard character.isASCII, character.isNumber || character == "." || character == "-" else {
        return nil
      }
    default: return nil
    }
    editor = TextInput(String(character))
    return []
  }

  private mutating func takeWhileEditing(_ input: InputEvent) -> [Effect]? {
    guard let field = current else {
      editor = nil
      return nil
    }
    switch input {
    case .key(.escape): editor = nil
    case .key(.enter):
      set(field, to: editor?.text ?? "")
      editor = nil
    case .key(.tab), .key(.down), .key(.up), .key(.backTab):
      set(field, to: editor?.text ?? "")
      editor = nil
      move(by: input == .key(.tab) || input == .key(.down) ? 1 : -1)
    default: _ = editor?.take(input)
    }
    return []
  }

  /// What is wrong with the text that is being typed; nil while it is a value.
  var editingProblem: Problem? {
    guard let editor, let field = current else { return nil }
    guard let parameter = field.parameter else {
      return JobRegion(name: editor.text.trimmed).hasUsableName
        ? nil
        : Problem(
          "a region is named with letters, numbers, - and _",
          whatToDo: "Its folder is called so: give it 1 to 40 of them.")
    }
    do { _ = try parameter.parsed(editor.text) } catch { return error }
    return nil
  }

  mutating func choose(row index: Int, _ surroundings: Surroundings) -> [Effect] {
    let lines = lines
    guard lines.indices.contains(index), case .field(let field) = lines[index] else { return [] }
    if field == current, editor == nil { return edit(surroundings) }
    if let editor, let current { set(current, to: editor.text) }
    editor = nil
    selected = field
    return []
  }
}
