import ArgumentParser
import Glibc
import Ground
import Jobs
import Tools

/// `fulcrum new`: a job to fill in.
struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Set up a job.",
    usage: "fulcrum new [JOB.toml] [--set key=value ...] [options]",
    discussion: """
      Opens the form; without a terminal, or with --plain, writes a job file with every parameter.

      Example: fulcrum new head.toml --set input.particles=J42_particles.cs
      """)

  @Argument(
    help: ArgumentHelp("The job file.", valueName: "job.toml"), completion: Completions.jobs)
  var job = "job.toml"

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set a parameter; fulcrum new --plain lists them.", valueName: "key=value"),
    completion: Completions.assignments)
  var assignments: [String] = []

  @Option(
    help: ArgumentHelp(
      "Write a job for each body of RELION's multi-body file.", valueName: "bodies.star"),
    completion: .file(extensions: ["star"]))
  var bodies: String?

  @Flag(help: "Write the job file without opening the form.")
  var plain = false

  /// Listed by `fulcrum --help`.
  @OptionGroup(visibility: .hidden) var screens: ScreenOptions

  func run() throws {
    if let bodies { return try writeJobs(bodies) }
    if try !plain && screens.open(.form(job: job), assignments: assignments) { return }
    guard access(job, F_OK) != 0 else {
      throw CommandFailure.input(
        Problem(
          "\(job) exists already",
          whatToDo: "Choose another name, or edit the file and start: fulcrum run \(job)"))
    }
    var new = Job(name: FilePath.stem(of: job), folder: FilePath.folder(of: job))
    try apply(assignments, to: &new)
    do { try AtomicFile.write(new.toml(), to: job) } catch { throw CommandFailure.input(error) }
    let next = new.errors.isEmpty ? "Next" : "Fill in [input], then"
    printOut("Wrote \(job). \(next): fulcrum check \(job)")
  }

  /// A job for each body, called after the job and the body: head.toml gives head_large.toml.
  private func writeJobs(_ path: String) throws {
    var new = Job(name: FilePath.stem(of: job), folder: FilePath.folder(of: job))
    try apply(assignments, to: &new)
    do {
      let read = try RelionBodies(path, projectFolder: new[Parameter.input.projectFolder] ?? ".")
      let jobs = read.jobs(like: new)
      let paths = jobs.map { FilePath.joined(FilePath.folder(of: job), $0.name + ".toml") }
      var problems = ProblemList()
      for file in paths where access(file, F_OK) == 0 {
        problems.add(
          Problem("\(file) exists already", whatToDo: "Choose another name for the jobs."))
      }
      try problems.throwIfAny()
      for (job, file) in zip(jobs, paths) { try AtomicFile.write(job.toml(), to: file) }
      let held = read.bodies.filter(\.isHeld).map { "\($0.name) is held: no job is written for it" }
      let wrote = paths.map { "Wrote \($0)" }
      printOut((read.notes + held + wrote).joined(separator: "\n"))
      let runs = jobs.map { "runs/\($0.name)" }.joined(separator: " ")
      printOut("Fill in [input] of each, run them, then: fulcrum motion \(runs)")
    } catch { throw CommandFailure.input(error) }
  }
}
