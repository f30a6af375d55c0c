import Ground
import Jobs
import Surface
import Terminal

extension FormScreen {
  mutating func perform(_ command: Command, _ surroundings: inout Surroundings) -> [Effect] {
    switch command {
    case .up: move(by: -1)
    case .down: move(by: 1)
    case .pageUp: move(by: -10)
    case .pageDown: move(by: 10)
    case .first: move(by: -.max / 2)
    case .last: move(by: .max / 2)
    case .nextSection, .nextPane: moveSection(by: 1)
    case .previousSection, .previousPane: moveSection(by: -1)
    case .edit: return edit(surroundings)
    case .toggle, .right: stepChoice(by: 1)
    case .left: stepChoice(by: -1)
    case .undo: swapHistory(from: \.history, to: \.undone)
    case .redo: swapHistory(from: \.undone, to: \.history)
    case .reset:
      guard let current else { return [] }
      var next = entries
      next.mistakes[current.key] = nil
      next.job[current.key] = nil
      change(to: next.job, mistakes: next.mistakes)
    case .resetAll:
      resetAll()
      return [.say("All but the inputs at their defaults; u takes it back")]
    case .advanced:
      showsAdvanced.toggle()
      keepSelection()
      return [.say(showsAdvanced ? "All parameters" : "Basic parameters")]
    case .onlyChanged:
      onlyChanged.toggle()
      keepSelection()
      return [.say(onlyChanged ? "Changed parameters only" : "All sections")]
    case .vary: return askForValues()
    case .about: return aboutViewer.map { [.popUp($0)] } ?? []
    case .back: return leave()
    default: return reachOut(command, surroundings)
    }
    return []
  }

  private mutating func swapHistory(
    from source: WritableKeyPath<FormScreen, [Entries]>,
    to target: WritableKeyPath<FormScreen, [Entries]>
  ) {
    guard let other = self[keyPath: source].popLast() else { return }
    self[keyPath: target].append(entries)
    let changed =
      other.job.differences(from: job)
      + Parameter.all.map(\.key).filter { other.mistakes[$0] != mistakes[$0] }
    entries = other
    check = nil
    if let first = changed.first { show(first) }
  }

  private mutating func resetAll() {
    var next = job
    for parameter in Parameter.all where parameter.section != .input { next[parameter.key] = nil }
    change(to: next)
  }

  private mutating func leave() -> [Effect] {
    if !pattern.isEmpty {
      pattern = ""
      return []
    }
    guard hasUnsavedChanges else { return [.pop] }
    return [
      .popUp(
        Confirmation(
          question: .leaveForm, title: "Leave without saving?",
          text: "The changes of this form are not saved; w saves them as a job file.",
          action: "Leave"))
    ]
  }

  // MARK: Moving

  private mutating func move(by step: Int) {
    let list = visible
    guard !list.isEmpty else { return }
    let index = list.firstIndex { $0.key == selected } ?? 0
    selected = list[min(max(0, index + step), list.count - 1)].key
  }

  private mutating func moveSection(by step: Int) {
    let list = visible
    let sections = Parameter.Section.allCases.filter { section in
      list.contains { $0.section == section }
    }
    guard let section = current?.section, let index = sections.firstIndex(of: section) else {
      return
    }
    let next = sections[(index + step + sections.count) % sections.count]
    selected = list.first { $0.section == next }?.key ?? selected
  }

  /// Selects a parameter, shown if need be.
  mutating func show(_ key: String) {
    selected = key
    if !visible.contains(where: { $0.key == key }) {
      pattern = ""
      onlyChanged = false
      showsAdvanced = true
    }
  }

  private mutating func keepSelection() {
    if !visible.contains(where: { $0.key == selected }) {
      selected = visible.first?.key ?? selected
    }
  }

  // MARK: Values

  /// Begins to edit: a switch flips, a path opens the file picker, everything else is typed.
  private mutating func edit(_ surroundings: Surroundings) -> [Effect] {
    guard let parameter = current else { return [] }
    switch parameter.type {
    case .toggle: stepChoice(by: 1)
    case .choice(let words):
      let items = words.map {
        Chooser.Item(
          id: $0, title: $0, detail: parameter.help,
          note: $0 == parameter.defaultValue?.text ? "default" : "")
      }
      return [
        .popUp(Chooser(.editParameter(parameter.key), title: parameter.title, items: items))
      ]
    case .file(let endings), .files(let endings):
      return picker(for: parameter, endings: endings, folders: false, surroundings)
    case .folder: return picker(for: parameter, endings: [], folders: true, surroundings)
    default: editor = TextInput(text(of: parameter), isSelected: true)
    }
    return []
  }

  private func picker(
    for parameter: Parameter, endings: [String], folders: Bool, _ surroundings: Surroundings
  ) -> [Effect] {
    let present = job[parameter.key]?.pathList?.first.map { job.resolved($0) }
    let folder =
      present.map { folders ? $0 : FilePath.folder(of: $0) } ?? surroundings.lastFolder
      ?? job.folder
    return FilePicker(
      .pickFile(parameter.key), title: parameter.title, folder: FilePath.absolute(folder),
      endings: endings, picksFolder: folders
    ).opening
  }

  /// To the next value of a switch or choice; begins to type for others.
  private mutating func stepChoice(by step: Int) {
    guard let parameter = current else { return }
    switch parameter.type {
    case .toggle: set(parameter.key, to: job[parameter.key]?.bool == true ? "false" : "true")
    case .choice(let words):
      let index = words.firstIndex(of: job[parameter.key]?.string ?? "") ?? 0
      set(parameter.key, to: words[(index + step + words.count) % words.count])
    default: editor = TextInput(text(of: parameter), isSelected: true)
    }
  }

  mutating func take(_ input: InputEvent, _ surroundings: inout Surroundings) -> [Effect]? {
    if editor != nil { return takeWhileEditing(input) }
    guard let parameter = current else { return nil }
    // A number can be typed at once, and a path pasted.
    if case .paste(let text) = input {
      set(parameter.key, to: text.filter { !$0.isNewline })
      return []
    }
    guard case .key(.character(let character)) = input else { return nil }
    switch parameter.type {
    case .number, .count, .coordinates:
      guard character.isASCII, character.isNumber || character == "." || character == "-" else {
        return nil
      }
    default: return nil
    }
    editor = TextInput(String(character))
    return []
  }

  private mutating func takeWhileEditing(_ input: InputEvent) -> [Effect]? {
    guard let parameter = current else {
      editor = nil
      return nil
    }
    switch input {
    case .key(.escape): editor = nil
    case .key(.enter):
      set(parameter.key, to: editor?.text ?? "")
      editor = nil
    case .key(.tab), .key(.down), .key(.up), .key(.backTab):
      set(parameter.key, to: editor?.text ?? "")
      editor = nil
      move(by: input == .key(.tab) || input == .key(.down) ? 1 : -1)
    default: _ = editor?.take(input)
    }
    return []
  }

  /// What is wrong with the text that is being typed; nil while it is a value.
  var editingProblem: Problem? {
    guard let editor, let parameter = current else { return nil }
    do { _ = try parameter.parsed(editor.text) } catch { return error }
    return nil
  }

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch (mouse.kind, target) {
    case (.wheelUp, _): move(by: -1)
    case (.wheelDown, _): move(by: 1)
    case (.press, .row(_, let index)):
      guard Parameter.all.indices.contains(index) else { return [] }
      let key = Parameter.all[index].key
      if key == selected, editor == nil { return edit(surroundings) }
      if let editor, let parameter = current { set(parameter.key, to: editor.text) }
      editor = nil
      selected = key
    default: break
    }
    return []
  }
}
