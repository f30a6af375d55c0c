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
      "Write a job with a region for each body of RELION's multi-body file.",
      valueName: "bodies.star"),
    completion: .file(extensions: ["star"]))
  var bodies: String?

  @Flag(help: "Write the job file without opening the form.")
  var plain = false

  /// Listed by `fulcrum --help`.
  @OptionGroup(visibility: .hidden) var screens: ScreenOptions

  func run() throws {
    if try !plain && bodies == nil && screens.open(.form(job: job), assignments: assignments) {
      return
    }
    guard access(job, F_OK) != 0 else {
      throw CommandFailure.input(
        Problem(
          "\(job) exists already",
          whatToDo: "Choose another name, or edit the file and start: fulcrum run \(job)"))
    }
    var new = Job(name: FilePath.stem(of: job), folder: FilePath.folder(of: job))
    var notes: [String] = []
    if let bodies { notes = try take(bodies, into: &new) }
    try apply(assignments, to: &new)
    do { try AtomicFile.write(new.toml(), to: job) } catch { throw CommandFailure.input(error) }
    if !notes.isEmpty { printOut(notes.joined(separator: "\n")) }
    let next = new.errors.isEmpty ? "Next" : "Fill in [input], then"
    printOut("Wrote \(job). \(next): fulcrum check \(job)")
  }

  /// Adds the bodies of a file as regions, and says what was assumed.
  private func take(_ path: String, into new: inout Job) throws -> [String] {
    // Masks are relative to the project's folder, which may be among what is set.
    var asked = new
    try apply(assignments, to: &asked)
    do {
      let read = try RelionBodies(path, projectFolder: asked[Parameter.input.projectFolder] ?? ".")
      new = read.job(like: new)
      return read.notes + read.leftOut
    } catch { throw CommandFailure.input(error) }
  }
}
