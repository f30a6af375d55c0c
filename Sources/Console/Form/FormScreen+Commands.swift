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
      if let current { reset(current) }
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
    case .addRegion, .copyRegion, .removeRegion, .renameRegion, .regionEarlier, .regionLater:
      return performOnRegions(command)
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
    let (keys, before) = (other.job.differences(from: job), entries)
    entries = other
    check = nil
    sweep.removeAll { axis in
      JobField(axis.key)?.region.map { name in !job.regions.contains { $0.name == name } } ?? false
    }
    let renamed = job.regions.indices.first { region in
      !before.job.regions.indices.contains(region)
        || before.job.regions[region].name != job.regions[region].name
    }
    let changed =
      renamed.map { [.name(ofRegion: $0)] } ?? keys.compactMap(field(ofKey:))
      + fields.filter { before.mistakes[$0] != mistakes[$0] }
    if let first = changed.first { show(first) } else { keepSelection() }
  }

  private mutating func resetAll() {
    var next = job
    for parameter in Parameter.all where parameter.section != .input { next[parameter.key] = nil }
    for field in fields where field.key != Parameter.input.mask.key {
      if let region = field.region { next.unset(field.key, ofRegion: region) }
    }
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
    let index = list.firstIndex(of: selected) ?? 0
    selected = list[min(max(0, index + step), list.count - 1)]
  }

  private mutating func moveSection(by step: Int) {
    let list = visible
    var sections: [FormField.Section] = []
    for field in list where sections.last != field.section { sections.append(field.section) }
    guard let section = current?.section, let index = sections.firstIndex(of: section) else {
      return
    }
    let next = sections[(index + step + sections.count) % sections.count]
    selected = list.first { $0.section == next } ?? selected
  }

  /// Selects a field, shown if need be.
  mutating func show(_ field: FormField) {
    selected = field
    if !visible.contains(field) {
      pattern = ""
      onlyChanged = false
      showsAdvanced = true
    }
  }

  mutating func keepSelection() {
    if let current { selected = current }
  }

  // MARK: Values

  /// Begins to edit: a switch flips, a path opens the file picker, everything else is typed.
  private mutating func edit(_ surroundings: Surroundings) -> [Effect] {
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
  private mutating func stepChoice(by step: Int) {
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

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch (mouse.kind, target) {
    case (.wheelUp, _): move(by: -1)
    case (.wheelDown, _): move(by: 1)
    case (.press, .row(_, let index)):
      let lines = lines
      guard lines.indices.contains(index), case .field(let field) = lines[index] else { return [] }
      if field == current, editor == nil { return edit(surroundings) }
      if let editor, let current { set(current, to: editor.text) }
      editor = nil
      selected = field
    default: break
    }
    return []
  }
}
