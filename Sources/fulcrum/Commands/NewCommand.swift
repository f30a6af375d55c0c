import ArgumentParser
import EMFiles
import Glibc
import Refinement

/// `fulcrum new`: a job to fill in.
struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Write a job file with every parameter, to be filled in.")

  @Argument(help: "The job file; it must not exist yet.")
  var job = "job.toml"

  @Option(name: .customLong("set"), help: "Set a parameter; may be repeated.")
  var assignments: [String] = []

  func run() throws {
    guard access(job, F_OK) != 0 else {
      throw CommandFailure.input(
        Problem(
          "\(job) exists already",
          whatToDo: "Choose another name, or edit the file and start: fulcrum run \(job)"))
    }
    var new = Job(name: FilePath.stem(of: job), folder: FilePath.folder(of: job))
    try apply(assignments, to: &new)
    do { try AtomicFile.write(new.toml(), to: job) } catch { throw CommandFailure.input(error) }
    printOut("Wrote \(job). Fill in [input], then: fulcrum check \(job)")
  }
}
