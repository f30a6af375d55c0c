import Ground
import Runs

extension RunsScreen {
  /// Shows the runs of a text that is typed; while a condition is not whole, those before.
  mutating func show(_ text: String) {
    if case .wrong(let problem) = RunFilter.reading(of: text) {
      filterProblem = problem
    } else {
      filterProblem = nil
      list.arrangement.filter = text
    }
  }

  /// What is wrong with a text that is to be kept.
  @Sendable static func objection(to text: String) -> Problem? {
    if case .wrong(let problem) = RunFilter.reading(of: text) { problem } else { nil }
  }

  /// What Tab completes in the filter: names of columns, and the tags that there are.
  var filterNames: [String] {
    RunFilter.names + Set(list.all.flatMap(\.known.tags)).map { "#" + $0 }.sorted()
  }

  /// What the filter does, above the list; nil without one.
  var filterNote: String? {
    if let filterProblem { return filterProblem.what }
    let filter = list.arrangement.filter
    guard !filter.isEmpty else { return nil }
    let count = "\(list.visible.count) of \(Format.counted(list.all.count, "run"))"
    if case .condition = RunFilter.reading(of: filter) {
      return "\(count): \(filter) (Esc shows all)"
    }
    return
      "Runs that contain \"\(filter)\": \(list.visible.count) of \(list.all.count) (Esc shows all)"
  }

  // MARK: Tags

  var tagPrompt: Effect {
    let known = Set(list.all.flatMap(\.known.tags)).sorted()
    return .popUp(
      TextPrompt(
        .tagRun(current?.path ?? ""), title: "Tags of \(current?.entry.name ?? "")",
        text: current?.known.tags.joined(separator: " ") ?? "",
        hint: "Words with blanks between; they stand in the note as #word, and / finds them."
          + (known.isEmpty ? "" : " There are: " + known.joined(separator: " ")),
        replaces: false, names: known, objection: RunTags.objection))
  }

  func tag(_ path: String, _ text: String) -> [Effect] {
    let note = list.all.first { $0.path == path }?.entry.note ?? ""
    return [.change(.note(folder: path, text: RunTags.note(note, tagged: text)))]
  }
}
