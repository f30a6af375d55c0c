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

  private func sweep(_ request: SweepRequest) throws(Problems) -> Sweep {
    Sweep(try request.plan(), named: nil, in: folder)
  }

  /// Looks at the inputs of all runs; says how many there are, and what they take.
  func look(at request: SweepRequest) throws(Problems) -> String {
    let sweep = try sweep(request)
    let preparation = try sweep.prepare()
    let count = preparation.folders.count
    var text = "\(sweep.group.name): \(Format.counted(count, "run"))"
    if preparation.found > 0 { text += ", of which \(preparation.found) are there already" }
    text += ", one after the other with \(Format.counted(sweep.threads, "thread"))"
    if let seconds = preparation.seconds { text += ", \(Format.duration(seconds)) in all" }
    text += ". They go on when Fulcrum is left."
    if !preparation.warnings.isEmpty {
      text += " Worth knowing: " + preparation.warnings.map(\.what).joined(separator: "; ") + "."
    }
    return text
  }

  /// Makes the folders of the runs and starts the process that refines them.
  func start(_ request: SweepRequest) throws -> (name: String, folders: [String]) {
    let sweep = try sweep(request)
    let preparation = try sweep.prepare()
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
