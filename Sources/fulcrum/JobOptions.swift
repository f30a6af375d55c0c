import ArgumentParser
import Ground
import Jobs
import Runs

/// The arguments that `run` and `check` share: a job file, and what is set on top of it.
struct JobOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The job file; without one, all comes from --set.", valueName: "job.toml"),
    completion: Completions.jobs)
  var job: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set a parameter; fulcrum new --plain lists them.", valueName: "key=value"),
    completion: Completions.assignments)
  var assignments: [String] = []

  @Option(
    help: ArgumentHelp(
      "The new run folder. (default: runs/NAME, numbered)",
      valueName: "dir"), completion: .directory)
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Threads. (default: the job's, or all cores)", valueName: "n"))
  var threads: String?

  @Option(
    help: ArgumentHelp(
      "Where image paths start. (default: the job's folder)",
      valueName: "dir"), completion: .directory)
  var projectDir: String?

  /// Everything that the command line sets, as `key=value`.
  var allAssignments: [String] {
    assignments + (output.map { ["\(Parameter.output.folder)=\($0)"] } ?? [])
      + (threads.map { ["\(Parameter.compute.threads)=\($0)"] } ?? [])
      + (projectDir.map { ["\(Parameter.input.projectFolder)=\($0)"] } ?? [])
  }

  /// The job with what the command line sets, and what is wrong with either so far.
  ///
  /// Throws a `CommandFailure` where there is no job file that can be read.
  func read() throws -> (job: Job, problems: [Problem]) {
    var job = Job(folder: FilePath.currentFolder)
    var problems: [Problem] = []
    if let path = self.job {
      do { (job, problems) = try Job.read(path: path) } catch { throw CommandFailure.input(error) }
    }
    let here = FilePath.currentFolder
    for assignment in allAssignments {
      do { try job.set(assignment: assignment, typedIn: here) } catch { problems.append(error) }
    }
    return (job, problems)
  }

  /// The run whose parameters are taken: the job file is that of its folder.
  var parent: RunManifest.Parent? { job.flatMap { RunManifest.Parent(ofJobFile: $0) } }

  /// Everything that a refinement needs, after the preflight.
  ///
  /// Throws a `CommandFailure` with every problem of the job file, of the command line and of the
  /// input at once.
  func prepare() throws -> PreparedInput {
    let (job, problems) = try read()
    let output =
      job[Parameter.output.folder]
      ?? RunCatalogue.freeFolder(named: job.name, in: FilePath.currentFolder)
    do {
      return try PreparedInput(
        job: job, outputFolder: FilePath.absolute(output), problems: problems)
    } catch { throw CommandFailure.input(error.problems) }
  }
}

/// Sets parameters from `key=value`; throws all problems at once.
func apply(_ assignments: [String], to job: inout Job) throws {
  var problems: [Problem] = []
  for assignment in assignments {
    do { try job.set(assignment: assignment, typedIn: FilePath.currentFolder) } catch {
      problems.append(error)
    }
  }
  if !problems.isEmpty { throw CommandFailure(CommandFailure.wrongInput, problems) }
}
