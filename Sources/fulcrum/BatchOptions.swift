import ArgumentParser
import Console
import Ground
import Jobs
import Runs

/// The arguments that hand a refinement to a scheduler.
struct BatchOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Print the batch script for slurm, or a lane of yours.", valueName: "lane"))
  var script: String?

  @Option(help: ArgumentHelp("Hand the run to a lane's scheduler.", valueName: "lane"))
  var lane: String?

  @Option(
    help: ArgumentHelp(
      "Nodes of the batch job. (default: the lane's)", valueName: "n", visibility: .hidden))
  var nodes: Int?

  @Option(
    help: ArgumentHelp(
      "MPI ranks of the batch job. (default: the lane's, or one a node)", valueName: "n",
      visibility: .hidden))
  var ranks: Int?

  @Flag(
    help: ArgumentHelp("Go on with the run where its folder is there.", visibility: .hidden))
  var resume = false

  func validate() throws {
    if script != nil, lane != nil { throw ValidationError("Give --script or --lane, not both.") }
    if let nodes, nodes < 1 { throw ValidationError("--nodes: give at least 1.") }
    if let ranks, ranks < 1 { throw ValidationError("--ranks: give at least 1.") }
    if nodes != nil || ranks != nil, script == nil, lane == nil {
      throw ValidationError("--nodes and --ranks go with --script or --lane.")
    }
  }

  /// Prints the script, or hands the run over; false where neither was asked for.
  func handOver(_ options: JobOptions, timeLimit: TimeLimit?) throws -> Bool {
    guard let name = script ?? lane else { return false }
    let found: Lane
    do { found = try Lane.named(name, in: Application.settingsFolder) } catch {
      throw CommandFailure.input(error)
    }
    var request = found.request
    if let nodes { (request.nodes, request.ranks) = (nodes, nil) }
    if let ranks { request.ranks = ranks }
    if let threads = options.threads.flatMap({ Int($0) }) { request.threads = threads }
    if let timeLimit { request.time = timeLimit.clock }
    let prepared = try options.prepare()
    if script != nil {
      printOut(
        found.script(for: prepared, request: request, arguments: options.words(prepared)))
      return true
    }
    for warning in prepared.warnings { printProblem(warning.problem) }
    do {
      let folder = try RunQueue.submit(
        prepared, parent: options.parent, to: found, request: request)
      printOut("Run folder: \(folder.path)")
      if let job = folder.batchJob() { printOut("Handed over as \(job.title).") }
    } catch { throw CommandFailure(CommandFailure.failed, [error]) }
    return true
  }
}

extension JobOptions {
  /// The same on a command line of another folder and time.
  fileprivate func words(_ prepared: PreparedInput) -> [String] {
    (job.map { [FilePath.absolute($0)] } ?? [])
      + assignments.flatMap { ["--set", $0] }
      + (projectDir.map { ["--project-dir", FilePath.absolute($0)] } ?? [])
      + ["--output", prepared.outputFolder]
  }
}

extension TimeLimit {
  /// As schedulers write it: hours, minutes and seconds.
  var clock: String {
    let seconds = Int(seconds.rounded(.up))
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  }
}
