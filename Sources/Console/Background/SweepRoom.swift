import Dispatch
import Glibc
import Ground
import Jobs
import Runs

/// Sweeps that are started in the screens: they go on in a process of their own, whatever becomes of the
/// screens.
struct SweepRoom {
  /// The folder whose `runs` holds them.
  let folder: String

  private var queue: LocalQueue { LocalQueue(in: folder) }
  private var room: QueueRoom { queue.room(QueueDesk.machineRoom) }

  private func sweep(_ request: SweepRequest) throws(Problems) -> Sweep {
    let plan = try request.plan()
    let isShared =
      request.isQueued && plan.points.first?.job.isSet(Parameter.compute.threads) != true
    return Sweep(plan, named: nil, in: folder, cores: isShared ? room.usualThreads : nil)
  }

  /// Looks at the inputs of all runs; says how many there are, and what they take.
  func look(at request: SweepRequest) throws(Problems) -> String {
    let sweep = try sweep(request)
    let preparation = try sweep.prepare()
    let count = preparation.folders.count
    var text = "\(sweep.group.name): \(Format.counted(count, "run"))"
    if preparation.found > 0 { text += ", of which \(preparation.found) are there already" }
    let threads = Format.counted(sweep.threads, "thread")
    text += request.isQueued ? ", each with \(threads)" : ", one after the other with \(threads)"
    if let seconds = preparation.seconds {
      text += ", \(Format.duration(seconds)) "
      text += request.isQueued ? "one after the other" : "in all"
    }
    text += request.isQueued ? ". They wait in the queue (\(room.text))" : ". They go on"
    text += request.isQueued ? ", and go on when Fulcrum is left." : " when Fulcrum is left."
    if !preparation.warnings.isEmpty {
      text += " Worth knowing: " + preparation.warnings.map(\.what).joined(separator: "; ") + "."
    }
    return text
  }

  /// Makes the folders of the runs and starts the process that refines them, or lets them wait.
  func start(_ request: SweepRequest) throws -> (name: String, folders: [String]) {
    let sweep = try sweep(request)
    let preparation = try sweep.prepare()
    guard !request.isQueued else {
      _ = try queue.add(preparation, room: room)
      if !queue.isStopped { try queue.startWorker() }
      return (sweep.group.name, preparation.folders.map(\.path))
    }
    try preparation.make()
    do throws(ChildProcess.StartFailure) {
      let child = try ChildProcess(
        [
          "/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", FilePath.absolute(folder),
          ProcessFacts.program,
          "sweep", "--resume", "--name", sweep.group.name,
        ], ownGroup: true)
      DispatchQueue.global().async { child.wait() }
    } catch {
      throw Problem(
        "the sweep cannot be started: \(error.description)",
        whatToDo: "Start it by hand: fulcrum sweep --resume --name \(sweep.group.name)")
    }
    return (sweep.group.name, preparation.folders.map(\.path))
  }
}
