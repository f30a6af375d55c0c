import ArgumentParser
import Ground
import Jobs
import Runs

/// `fulcrum sweep`: a job with several values of some parameters, and a table of what became of each.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep", abstract: "Try values of parameters; the same again goes on.",
    usage: "fulcrum sweep JOB.toml --vary key=value,value ... [options]",
    discussion: """
      Example: fulcrum sweep head.toml --vary prior.rotation_sd=3,6 --particles 20%
      """)

  @Argument(
    // The usage names it.
    help: ArgumentHelp("The job file.", valueName: "job.toml", visibility: .hidden),
    completion: Completions.jobs)
  var job: String?

  @Option(
    help: ArgumentHelp(
      "A parameter and its values; ; instead of , if need be.", valueName: "key=…"),
    completion: Completions.assignments)
  var vary: [String] = []

  @Option(
    name: .customLong("set"), help: ArgumentHelp("Set a parameter of all.", valueName: "key=value"),
    completion: Completions.assignments)
  var assignments: [String] = []

  @Flag(help: "Values in step, not all combinations.")
  var paired = false

  @Option(
    help: ArgumentHelp(
      "All on a tenth of the particles, the best n on all.", valueName: "n"))
  var search: Int?

  @Option(help: ArgumentHelp("Refine a part of the particles.", valueName: "20%"))
  var particles: String?

  @Flag(help: "Let its runs wait in the queue: fulcrum queue.")
  var queue = false

  @Option(help: ArgumentHelp("Runs at a time; the cores are shared out.", valueName: "n"))
  var jobs = 1

  @Option(help: ArgumentHelp("Cores of all together.", valueName: "n"))
  var threads: Int?

  @Option(help: ArgumentHelp("Save all and end after: 11h50m.", valueName: "time"))
  var timeLimit: TimeLimit?

  @Option(
    help: ArgumentHelp("Name of the sweep. (default: JOB-sweep)", valueName: "name"),
    completion: Completions.sweeps)
  var name: String?

  @Flag(
    help: ArgumentHelp("Refine what is left of the sweep of --name.", visibility: .hidden))
  var resume = false

  @Flag(help: ArgumentHelp("Only the table of the sweep of --name.", visibility: .hidden))
  var table = false

  @Option(
    help: ArgumentHelp("Write the table for programs.", valueName: "file"), completion: .file())
  var tsv: String?

  @Flag(help: "Print the table as JSON.")
  var json = false

  func validate() throws {
    guard (1...4096).contains(jobs) else { throw ValidationError("--jobs: give at least 1.") }
    if let threads, !(1...4096).contains(threads) {
      throw ValidationError("--threads must be from 1 to 4096.")
    }
    if queue {
      let others = [
        (search != nil, "--search"), (jobs != 1, "--jobs"), (threads != nil, "--threads"),
        (timeLimit != nil, "--time-limit"), (tsv != nil, "--tsv"), (json, "--json"),
      ]
      if let other = others.first(where: \.0)?.1 {
        throw ValidationError(
          "--queue leaves the runs to the queue, which has no \(other): leave one of them out.")
      }
    }
    if let search, search < 1 { throw ValidationError("--search: give at least 1.") }
    if table || resume {
      guard name != nil else { throw ValidationError("Name the sweep: --name NAME.") }
      guard job == nil, vary.isEmpty, !queue else {
        throw ValidationError("--table and --resume take what there is: give --name alone.")
      }
    }
    if let name, name.isEmpty || name.contains("/") || name.hasPrefix(".") {
      throw ValidationError("--name: give a name that a folder can have.")
    }
  }

  func run() throws {
    if let name, table || resume {
      let runs = SweepGroup.runs(of: name, in: FilePath.currentFolder)
      guard !runs.isEmpty else { throw CommandFailure.input(Self.unknown(name)) }
      if table { return try show(SweepTable(named: name, runs: runs)) }
      let cores = threads ?? Machine.current.cores
      let requests = StopRequests(timeLimit: timeLimit, early: "before the sweep went on.")
      let console = SweepConsole(isQuiet: json, total: runs.count)
      let runner = SweepRunner(
        runs, jobs: jobs, threads: max(1, cores / jobs), observe: console.take)
      requests.hand { reason, _ in runner.stop(reason) }
      return try end(runner.run(), runs, named: name)
    }
    try begin()
  }

  private func begin() throws {
    let requests = StopRequests(
      timeLimit: timeLimit, early: "before the sweep began; nothing was written.")
    let (sweep, problems) = try planned()
    let preparation: SweepPreparation
    do { preparation = try sweep.prepare(problems: problems) } catch {
      throw CommandFailure.input(error)
    }
    for warning in preparation.warnings { printProblem(warning) }
    if queue { return try enqueue(sweep, preparation) }
    requests.beginMaking()
    do { try preparation.make() } catch { throw CommandFailure.input(error) }
    let console = SweepConsole(isQuiet: json, total: sweep.plan.count)
    console.say(
      "Sweep \(sweep.group.name): \(Format.counted(sweep.plan.count, "run"))"
        + (preparation.found > 0 ? ", \(preparation.found) there already" : "")
        + (preparation.seconds.map {
          ", \(Format.duration($0)) for \(preparation.folders.count - preparation.found)"
        } ?? "")
        + ". \(jobs) at a time, \(Format.counted(sweep.threads, "thread")) each.")
    let reason: StopReason?
    do {
      reason = try sweep.refine(
        preparation.folders,
        take: { runner in requests.hand { reason, _ in runner.stop(reason) } },
        observe: console.take)
    } catch { throw CommandFailure(CommandFailure.failed, error.all) }
    try end(reason, sweep.group.runs(), named: sweep.group.name)
  }

  /// Lets the runs wait in the queue of this folder.
  private func enqueue(_ sweep: Sweep, _ preparation: SweepPreparation) throws {
    let queue = QueueCommand.here
    let name = sweep.group.name
    do throws(Problem) {
      let waiting = try queue.add(preparation, room: queue.room(QueueCommand.room))
      printOut(
        "Sweep \(name): \(Format.counted(waiting, "run")) of \(preparation.folders.count) "
          + "\(waiting == 1 ? "waits" : "wait"); fulcrum list --group \(shellQuoted(name)) "
          + "shows what came out so far.")
      guard !queue.isStopped else {
        return printOut("The queue is stopped; fulcrum queue start begins with them.")
      }
      if waiting > 0 { try queue.startWorker() }
    } catch { throw CommandFailure(CommandFailure.failed, [error]) }
  }

  /// The sweep of the command line, and everything that is wrong with it so far.
  private func planned() throws -> (Sweep, [Problem]) {
    var options = JobOptions()
    (options.job, options.assignments) = (job, assignments)
    (options.output, options.threads, options.projectDir) = (nil, nil, nil)
    var (job, problems) = try options.read()
    if job.isSet(Parameter.output.folder) {
      problems.append(
        Problem(
          "\(Parameter.output.folder) is set, and each run of a sweep gets a folder by itself",
          whatToDo: "Take it out of the job; --name names the sweep."))
    }
    var axes: [SweepAxis] = []
    for text in vary {
      do throws(Problem) { axes.append(try SweepAxis(assignment: text)) } catch {
        problems.append(error)
      }
    }
    if let particles {
      if axes.contains(where: { $0.key == Parameter.input.fraction.key }) {
        problems.append(
          Problem(
            "--particles, and \(Parameter.input.fraction) is varied", whatToDo: "Give one of them.")
        )
      }
      do throws(Problem) {
        try job.set(Parameter.input.fraction.key, to: particles)
      } catch {
        problems.append(error)
      }
    }
    // Without any axis that could be read the plan would complain once more.
    let plan =
      axes.isEmpty && !vary.isEmpty
      ? nil
      : SweepPlan(
        job, axes: axes, pairing: paired ? .lists : .all, keep: search,
        typedIn: FilePath.currentFolder, problems: &problems)
    guard let plan, !plan.points.isEmpty else {
      throw CommandFailure(CommandFailure.wrongInput, problems)
    }
    // For the estimate; in the queue a run gets its threads when it begins.
    let room = QueueCommand.here.room(QueueCommand.room)
    let cores = queue && !job.isSet(Parameter.compute.threads) ? room.usualThreads : threads
    let sweep = Sweep(plan, named: name, in: FilePath.currentFolder, jobs: jobs, cores: cores)
    return (sweep, problems)
  }

  static func unknown(_ name: String, in folder: String = FilePath.currentFolder) -> Problem {
    let known = SweepGroup.names(in: folder)
    return Problem(
      "there is no sweep \(name) in \(folder)",
      whatToDo: known.isEmpty
        ? "Start one: fulcrum sweep JOB.toml --vary key=value,value."
        : "There are \(known.joined(separator: ", ")).")
  }

  /// Shows the table, and says with the status whether all runs have come to their end.
  private func end(_ reason: StopReason?, _ runs: [RunFolder], named name: String) throws {
    let table = SweepTable(named: name, runs: runs)
    try show(table)
    let missing = table.outcomes.filter { $0.status != .finished }
    if let reason {
      printError("\(reason.text); what was done is kept. The same command again goes on.")
      throw CommandFailure(reason.exitStatus, [])
    }
    guard !missing.isEmpty else { return }
    throw CommandFailure(
      CommandFailure.failed,
      missing.map { outcome in
        Problem(
          "\(outcome.name) \(outcome.status.rawValue): "
            + (SweepRunner.complaint(of: RunFolder(outcome.folder)) ?? outcome.message),
          whatToDo: "See \(RunFolder(outcome.folder).batchLogPath); the same command again goes on."
        )
      })
  }

  private func show(_ table: SweepTable) throws {
    if let tsv {
      do { try AtomicFile.write(table.tsv, to: tsv) } catch {
        throw CommandFailure(CommandFailure.failed, [error])
      }
    }
    if json { printOut(table.json) } else { Self.printTable(table) }
  }

  static func printTable(_ table: SweepTable) {
    printOut(table.text)
    printOut("* best of its column. " + table.summary + ".")
  }
}

/// What a sweep says while it goes on: a line as each run begins and ends.
final class SweepConsole: Sendable {
  private let isQuiet: Bool
  private let total: Int

  init(isQuiet: Bool, total: Int) { (self.isQuiet, self.total) = (isQuiet, total) }

  func say(_ text: String) { if !isQuiet { printOut(text) } }

  @Sendable func take(_ event: SweepRunner.Event) {
    switch event {
    case .began(let folder):
      guard let group = (try? folder.manifest())?.group else { return }
      say("\(group.title)  \(folder.name)  \(group.difference)")
    case .doubt(let text):
      var problem = Problem(
        text, whatToDo: "Refine more of the particles, or let more go on: a larger --search.")
      problem.severity = .warning
      printProblem(problem)
    case .waits(let folder): say("\(folder.name) goes on in another process; it is waited for.")
    case .ended(let folder):
      guard let manifest = try? folder.manifest(), let group = manifest.group else { return }
      let end =
        folder.status(of: manifest) == .finished
        ? manifest.message : SweepRunner.complaint(of: folder) ?? manifest.message
      say("\(group.title)  \(folder.name)  \(folder.status(of: manifest).rawValue): \(end)")
    }
  }
}
