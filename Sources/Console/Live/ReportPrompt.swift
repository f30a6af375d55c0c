import Ground
import Runs

extension Screen {
  /// The command that writes a page about some runs.
  static func report(
    bar: BarPlace<Self> = .none,
    obstacle: @escaping @Sendable (Self) -> String? = { _ in nil },
    of folders: @escaping @Sendable (Self) -> [String]
  ) -> Binding<Self> {
    Binding(
      "report", ["R"], "Report", "Write a page about the run, or runs", bar: bar,
      obstacle: obstacle,
      does: .inSurroundings { screen, surroundings in
        let some = folders(screen)
        return some.isEmpty ? [] : [reportPrompt(some, surroundings)]
      })
  }

  /// Asks where the page about some runs is to be written.
  static func reportPrompt(_ folders: [String], _ surroundings: Surroundings) -> Effect {
    let names = folders.map { RunFolder($0).name }
    let path = FilePath.joined(surroundings.folder, names.joined(separator: "-") + ".html")
    return .popUp(
      TextPrompt(
        .report(folders), title: "Write a report of \(names.joined(separator: ", ")) to",
        text: path,
        hint: "NAME.html for browsers and paper, NAME.txt as text",
        objection: { text in
          if text.isEmpty || text.hasSuffix("/") {
            return Problem("a file needs a name", whatToDo: "Write one, or press Esc.")
          }
          return (try? InputFile(path: text)) == nil
            ? nil : Problem("\(text) exists already", whatToDo: "Choose another name.")
        }))
  }

  /// Has the page written.
  static func report(_ folders: [String], to path: String) -> [Effect] {
    [.change(.writeReport(folders: folders, path: path)), .say("Writing \(path) …")]
  }
}
