import Ground
import Jobs
import Surface
import Terminal

extension FormScreen {
  mutating func navigate(_ way: Navigation, _ surroundings: inout Surroundings) -> [Effect] {
    if let lines = way.lines() { move(by: lines) }
    if let sections = way.panes { moveSection(by: sections) }
    switch way {
    case .right: stepChoice(by: 1)
    case .left: stepChoice(by: -1)
    case .back: return leave()
    default: break
    }
    return []
  }

  mutating func undo() { swapHistory(from: \.history, to: \.undone) }

  mutating func redo() { swapHistory(from: \.undone, to: \.history) }

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

  mutating func resetAll() {
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

  mutating func move(by step: Int) {
    let list = visible
    guard !list.isEmpty else { return }
    let index = list.firstIndex(of: selected) ?? 0
    selected = list[min(max(0, index + step), list.count - 1)]
  }

  mutating func moveSection(by step: Int) {
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
}
