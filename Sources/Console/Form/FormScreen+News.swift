import Ground
import Jobs
import Runs
import Surface

/// What becomes of a look at the files, of a save and of a start.
extension FormScreen {
  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    switch news {
    case .runs(let found, _): runs = found
    case .checked(let report) where report.job == job: return take(report, surroundings)
    case .files(let facts): receive(facts)
    case .jobSaved(let path, let isRewritten):
      markSaved(at: path)
      let note = isRewritten ? "; its own comments could not be kept" : ""
      return [.say("Saved \(path)\(note)")]
    case .jobExists(let path):
      return [
        .popUp(
          Confirmation(
            question: .overwriteJob(path), title: "Replace \(path)?",
            text: "There is a file of this name already.", action: "Replace"))
      ]
    case .started(let folder): return [.pop, .push(RunScreen(folder: folder))]
    case .queued(_, let text): return [.popToRuns, .say(text)]
    case .sweepPlanned(let request, let text) where request == sweepRequest:
      check = nil
      return [
        .popUp(
          Confirmation(
            question: .startSweep, title: isForQueue ? "Queue the sweep?" : "Start the sweep?",
            text: text, action: isForQueue ? "Queue" : "Start"))
      ]
    case .sweepStarted(let name, let folders):
      return [.pop, .push(SweepScreen(named: name, folders: folders))]
    case .failed: if case .done? = check {} else { check = nil }
    default: break
    }
    return []
  }

  /// A look at the files is done: starts or queues what was to be started, unless something is wrong.
  private mutating func take(_ report: CheckReport, _ surroundings: Surroundings) -> [Effect] {
    let wasToStart = if case .runningToStart = check { true } else { false }
    check = .done(report)
    let isAsked = !startsHere
    startsHere = false
    if let first = errors.first {
      if let field = first.keys.first.flatMap(field(ofKey:)) { show(field) }
      return [.complain(first.problem)]
    }
    if wasToStart, isForQueue {
      check = .starting
      return [.work(.enqueue(job, parent: parent)), .say("Queueing …")]
    }
    if wasToStart, isAsked, !surroundings.lanes.isEmpty {
      return [.popUp(laneChooser(surroundings.lanes))]
    }
    if wasToStart {
      check = .starting
      return start()
    }
    return [.popUp(checkViewer(report))]
  }

  func start() -> [Effect] {
    [.work(.start(job, parent: parent)), .say("Starting …")]
  }

  /// Asks where to refine.
  private func laneChooser(_ lanes: [Lane]) -> Chooser {
    let here = Chooser.Item(
      id: "", title: "Here", detail: "In this program, on this machine.", note: "")
    let others = lanes.map { lane in
      let request = lane.request
      return Chooser.Item(
        id: lane.name, title: lane.title,
        detail: "\(Format.counted(request.nodes, "node")), "
          + "\(Format.counted(request.rankCount, "rank")) of "
          + "\(Format.counted(request.threads, "thread")), at most \(request.time). "
          + "Handed over by: \(lane.submit)", note: "queue")
    }
    return Chooser(.chooseLane, title: "Refine", items: [here] + others)
  }

  private func checkViewer(_ report: CheckReport) -> TextViewer {
    var lines = report.lines.map { TextViewer.Line($0) }
    let warnings = findings.filter { $0.problem.severity == .warning }
    if !warnings.isEmpty { lines += [.init(""), .init("Worth knowing", .title)] }
    for warning in warnings {
      lines += [.init(warning.problem.what, .warning), .init("  " + warning.problem.whatToDo)]
    }
    return TextViewer(title: "Ready to start", lines: lines)
  }
}
