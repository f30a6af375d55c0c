import ArgumentParser
import Console
import Ground
import Jobs
import Runs

/// `fulcrum queue`: runs that wait for cores and memory of this machine, and start by themselves.
struct QueueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue", abstract: "Let runs wait for cores and memory.",
    usage: "fulcrum queue [--json] | fulcrum queue add JOB.toml ... [--set key=value]",
    discussion: """
      They start by themselves, and go on when the terminal is gone. config.toml says
      what they get: [compute] slots, cores, memory. A run begins ahead of a larger
      one only where that one loses no time by it. Sweeps: fulcrum sweep --queue.
      Example: fulcrum queue add a.toml b.toml --set prior.rotation_sd=5
      """,
    subcommands: [
      QueueListCommand.self, QueueAddCommand.self, QueueRemoveCommand.self, QueueMoveCommand.self,
      QueueStartCommand.self, QueueStopCommand.self, QueueWorkCommand.self,
    ], defaultSubcommand: QueueListCommand.self)

  /// The queue of this folder.
  static var here: LocalQueue { LocalQueue(in: FilePath.currentFolder) }

  /// A run by its folder, or by its name in the queue of this folder.
  static func folder(_ run: String) -> RunFolder {
    RunFolder(run).exists ? RunFolder(run) : RunFolder(FilePath.joined("runs", run))
  }

  /// What this machine gives to it.
  static var room: QueueRoom {
    QueueRoom(ComputeSettings(settingsFolder: Application.settingsFolder))
  }
}

/// `fulcrum queue` alone: what goes on and what waits.
struct QueueListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "What goes on, and what waits.",
    usage: "fulcrum queue [--json]")

  @Flag(help: "Print it as JSON.")
  var json = false

  func run() throws {
    let queue = QueueCommand.here
    let before = queue.worker()
    var restart: Problem?
    do throws(Problem) { try queue.startWorkerIfNeeded() } catch { restart = error }
    let report = QueueReport(queue, before: before, room: QueueCommand.room)
    printOut(json ? report.json : report.text)
    if let restart { throw CommandFailure(CommandFailure.failed, [restart]) }
  }
}

/// `fulcrum queue add`: looks at all jobs, then queues them.
struct QueueAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Queue jobs, or runs that were stopped.",
    usage: "fulcrum queue add JOB.toml|RUN ... [--set key=value ...]",
    discussion: "Example: fulcrum queue add a.toml runs/b --set prior.rotation_sd=5")

  @Argument(
    help: ArgumentHelp("Job files, and run folders to go on with.", valueName: "job.toml|run"),
    completion: Completions.jobs)
  var jobs: [String]

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Set a parameter of all jobs.", valueName: "key=value"),
    completion: Completions.assignments)
  var assignments: [String] = []

  @Option(
    help: ArgumentHelp("Threads of each. (default: all cores, shared by slots)", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...4096).contains(threads) {
      throw ValidationError("--threads must be from 1 to 4096.")
    }
  }

  @OptionGroup var slots: SlotsOption

  private enum Item {
    case run(RunFolder)
    case job(PreparedInput, RunManifest.Parent?)
  }

  func run() throws {
    let queue = QueueCommand.here
    var problems: [Problem] = []
    var items: [Item] = []
    var taken: Set<String> = []
    for path in jobs {
      if RunFolder(path).exists {
        items.append(.run(RunFolder(path)))
        continue
      }
      do {
        items.append(try prepared(path, &taken))
      } catch let failure as CommandFailure {
        problems += failure.problems.filter { new in !problems.contains { $0.what == new.what } }
      }
    }
    guard problems.isEmpty else { throw CommandFailure(CommandFailure.wrongInput, problems) }
    do throws(Problem) { try slots.apply(to: queue) } catch {
      throw CommandFailure(CommandFailure.failed, [error])
    }
    let room = queue.room(QueueCommand.room)
    for item in items {
      do throws(Problem) {
        let folder: RunFolder
        switch item {
        case .run(let run):
          try queue.add(run)
          folder = run
        case .job(let prepared, let parent):
          for warning in prepared.warnings { printProblem(warning.problem) }
          folder = try queue.add(prepared, parent: parent, room: room)
        }
        say(folder, queue, room)
      } catch { throw CommandFailure.input(error) }
    }
    guard !queue.isStopped else {
      printOut("The queue is stopped; fulcrum queue start begins with them.")
      return
    }
    do throws(Problem) { try queue.startWorker() } catch {
      throw CommandFailure(CommandFailure.failed, [error])
    }
  }

  private func prepared(_ path: String, _ taken: inout Set<String>) throws -> Item {
    var options = JobOptions()
    (options.job, options.assignments, options.output) = (path, assignments, nil)
    (options.threads, options.projectDir) = (threads.map(String.init), nil)
    let (job, problems) = try options.read()
    // Two jobs of a name get folders of their own before either is made.
    var output =
      job[Parameter.output.folder]
      ?? RunCatalogue.freeFolder(named: job.name, in: FilePath.currentFolder)
    var number = 2
    let first = output
    while !job.isSet(Parameter.output.folder), taken.contains(output) || RunFolder(output).exists {
      output = "\(first)-\(number)"
      number += 1
    }
    taken.insert(output)
    do throws(JobProblems) {
      return .job(
        try PreparedInput(
          job: job, outputFolder: FilePath.absolute(output), problems: problems), options.parent)
    } catch { throw CommandFailure.input(error.problems) }
  }

  private func say(_ folder: RunFolder, _ queue: LocalQueue, _ room: QueueRoom) {
    guard let turn = (try? folder.manifest())?.turn else { return }
    printOut(
      "\(folder.name) waits: \(Format.counted(turn.threads, "thread")), "
        + "\(Format.bytes(turn.memory)) of \(room.text)")
  }
}

/// `fulcrum queue remove`: takes runs out again.
struct QueueRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Take runs that wait out; their folders stay.",
    usage: "fulcrum queue remove RUN ...")

  @Argument(
    help: ArgumentHelp("Names or folders of runs that wait.", valueName: "run"),
    completion: Completions.runs)
  var runs: [String]

  func run() throws {
    let queue = QueueCommand.here
    var problems: [Problem] = []
    for run in runs {
      let folder = QueueCommand.folder(run)
      do throws(Problem) {
        try queue.remove(folder)
        printOut("\(folder.name) is out of the queue; its folder stays.")
      } catch { problems.append(error) }
    }
    if !problems.isEmpty { throw CommandFailure(CommandFailure.wrongInput, problems) }
  }
}

/// `fulcrum queue start`: begins, or goes on after a stop.
struct QueueStartCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Start the runs that wait, as there is room.",
    usage: "fulcrum queue start [--slots n]")

  @OptionGroup var slots: SlotsOption

  func run() throws {
    let queue = QueueCommand.here
    do throws(Problem) {
      try slots.apply(to: queue)
      if try !queue.startWorker() { return say(queue, "The queue works already.") }
    } catch { throw CommandFailure(CommandFailure.failed, [error]) }
    say(queue, QueueReport(queue, before: .none, room: QueueCommand.room).text)
  }

  private func say(_ queue: LocalQueue, _ text: String) {
    printOut(text)
    if slots.slots != nil {
      printOut("It has \(queue.room(QueueCommand.room).text).")
    }
  }
}

/// `fulcrum queue stop`: begins no more runs.
struct QueueStopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Begin no more runs; those that go on are left alone.",
    usage: "fulcrum queue stop [--now]")

  @Flag(help: "Those that go on save their state and wait again, at their turns.")
  var now = false

  func run() throws {
    let queue = QueueCommand.here
    do throws(Problem) {
      try queue.stop()
      let left = now ? try queue.takeBack() : []
      guard left.isEmpty else {
        throw Problem(
          "these go on still: \(left.map(\.name).joined(separator: ", "))",
          whatToDo: "Wait, then again: fulcrum queue stop --now")
      }
    } catch { throw CommandFailure(CommandFailure.failed, [error]) }
    printOut("The queue begins no more runs; fulcrum queue start goes on.")
  }
}

/// The worker itself, as the other commands start it.
struct QueueWorkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work", abstract: "Be the worker, until nothing waits.",
    usage: "fulcrum queue work", shouldDisplay: false)

  func run() throws {
    // Apart from the terminal and from whoever has started it.
    LocalQueue.leaveTerminal()
    let worker = QueueWorker(QueueCommand.here, room: QueueCommand.room) { event in
      switch event {
      case .began(let folder): printOut("\(folder.name) begins")
      case .ended(let folder, let status): printOut("\(folder.name): \(status.rawValue)")
      case .takenOver(let number): printOut("The worker before, process \(number), has died")
      }
    }
    StopSignals.listen { _, _ in worker.stop() }
    do throws(Problem) { try worker.run() } catch {
      throw CommandFailure(CommandFailure.failed, [error])
    }
  }
}
