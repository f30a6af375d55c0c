import Ground
import Jobs
import Runs

/// What the screen asks about a run, and what becomes of the answers.
extension RunsScreen {
  private var name: String { current?.entry.name ?? "" }
  private var path: String { current?.path ?? "" }

  var filterPrompt: Effect {
    .popUp(
      TextPrompt(
        .filterRuns, title: "Show runs", text: list.arrangement.filter, hint: RunFilter.help,
        isLive: true,
        names: filterNames, objection: Self.objection))
  }

  var renamePrompt: Effect {
    let others = Set(list.all.map(\.entry.name)).subtracting([name])
    return .popUp(
      TextPrompt(
        .renameRun(path), title: "New name of \(name)", text: name,
        objection: { new in
          if new.isEmpty || new.contains("/") || new.hasPrefix(".") {
            return Problem(
              "\"\(new)\" is no name for a run", whatToDo: "Use letters, digits, - and _.")
          }
          return others.contains(new)
            ? Problem("there is a run of this name", whatToDo: "Choose another name.") : nil
        }))
  }

  var notePrompt: Effect {
    .popUp(
      TextPrompt(
        .noteRun(path), title: "Note about \(name)", text: current?.entry.note ?? "",
        hint: "Words with # are tags: / finds them. An empty note removes it.", replaces: false))
  }

  var deletePrompt: Effect {
    .popUp(
      Confirmation(
        question: .deleteRun(path), title: "Delete \(name)?",
        text: "This removes the files that the run wrote into \(path). Files of others in it stay.",
        action: "Delete"))
  }

  /// A new job with the parameters of a run; with the defaults where there are none.
  func newJob(from listing: RunListing?, _ surroundings: Surroundings) -> [Effect] {
    guard let listing, let job = listing.job else {
      return [.push(FormScreen(Job(folder: surroundings.folder)))]
    }
    return [.push(FormScreen(job, origin: listing.entry.name, parent: listing.asRerun))]
  }

  mutating func answer(
    _ question: Question, with text: String, _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch question {
    case .filterRuns: show(text)
    case .tagRun(let path): return tag(path, text)
    case .renameRun(let path): return [.change(.rename(folder: path, name: text))]
    case .report(let folders): return Self.report(folders, to: text)
    case .tools(let folders): return choose(tool: text, of: folders, surroundings)
    case .toolLine(let purpose): return ToolLine.run(text, purpose: purpose, surroundings)
    case .noteRun(let path): return [.change(.note(folder: path, text: text))]
    case .deleteRun(let path): return [.change(.delete(folder: path))]
    default: break
    }
    return []
  }
}
