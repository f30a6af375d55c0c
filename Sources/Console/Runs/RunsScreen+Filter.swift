import Ground
import Runs

extension RunsScreen {
  /// The runs that the filter lets through.
  func kept(_ listings: [RunListing]) -> [RunListing] {
    guard !filter.isEmpty else { return listings }
    if case .condition(let condition) = RunFilter.reading(of: filter),
      let isKept = try? condition.keeps(listings.map(\.known))
    {
      return zip(listings, isKept).filter(\.1).map(\.0)
    }
    let needle = filter.lowercased()
    return listings.filter { listing in
      Column.allCases.contains { text($0, of: listing).lowercased().contains(needle) }
    }
  }

  /// Shows the runs of a text that is typed; while a condition is not whole, those before.
  mutating func show(_ text: String) {
    if case .wrong(let problem) = RunFilter.reading(of: text) {
      filterProblem = problem
    } else {
      filterProblem = nil
      filter = text
    }
  }

  /// What is wrong with a text that is to be kept.
  @Sendable static func objection(to text: String) -> Problem? {
    if case .wrong(let problem) = RunFilter.reading(of: text) { problem } else { nil }
  }

  /// What Tab completes in the filter: names of columns, and the tags that there are.
  var filterNames: [String] {
    RunFilter.names + Set((listings ?? []).flatMap(\.known.tags)).map { "#" + $0 }.sorted()
  }

  /// What the filter does, above the list; nil without one.
  var filterNote: String? {
    if let filterProblem { return filterProblem.what }
    guard !filter.isEmpty else { return nil }
    let count = "\(visible.count) of \(Format.counted(listings?.count ?? 0, "run"))"
    if case .condition = RunFilter.reading(of: filter) {
      return "\(count): \(filter) (Esc shows all)"
    }
    return
      "Runs that contain \"\(filter)\": \(visible.count) of \(listings?.count ?? 0) (Esc shows all)"
  }

  // MARK: Tags

  var tagPrompt: Effect {
    let known = Set((listings ?? []).flatMap(\.known.tags)).sorted()
    return .popUp(
      TextPrompt(
        .tagRun(current?.entry.folder.path ?? ""), title: "Tags of \(current?.entry.name ?? "")",
        text: current?.known.tags.joined(separator: " ") ?? "",
        hint: "Words with blanks between; they stand in the note as #word, and / finds them."
          + (known.isEmpty ? "" : " There are: " + known.joined(separator: " ")),
        replaces: false, names: known, objection: RunTags.objection))
  }

  func tag(_ path: String, _ text: String) -> [Effect] {
    let note = listings?.first { $0.entry.folder.path == path }?.entry.note ?? ""
    return [.note(folder: path, text: RunTags.note(note, tagged: text))]
  }
}
