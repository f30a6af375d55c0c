import ArgumentParser
import EMFiles
import Glibc
import Refinement
import Runs

/// `fulcrum run`: a refinement from files to files.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Refine from files to files.",
    usage: "fulcrum run [JOB.toml] [--set key=value ...] [options]")

  @OptionGroup var options: JobOptions

  @Flag(help: "Watch it in the application, where there is a terminal.")
  var live = false

  func run() throws {
    if try live && runInScreens() { return }
    let prepared = try options.prepare()
    for warning in prepared.warnings { printProblem(warning) }
    for note in prepared.notes { printOut(note) }
    let session: RunSession
    do { session = try RunSession(prepared) } catch { throw CommandFailure.input(error) }
    printOut("Run folder: \(prepared.outputFolder)")

    let printer = ProgressPrinter()
    let interruption = Interruption()
    interruption.listen(stopping: session.control, printer: printer)
    let outcome = session.run { printer.take($0) }
    printer.finish()
    switch outcome {
    case .finished(let summary):
      printOut(Self.report(summary, folder: session.folder))
    case .stopped:
      printOut("Stopped; what was done is in \(session.folder.path).")
      throw CommandFailure(CommandFailure.stopped, [])
    case .failed(let problem):
      throw CommandFailure(CommandFailure.failed, [problem])
    }
  }

  /// Refines in the application; false where there can be no screens.
  private func runInScreens() throws -> Bool {
    guard let job = options.job else { return false }
    var assignments = options.allAssignments
    if options.output == nil, !assignments.contains(where: { $0.hasPrefix("output.directory=") }) {
      let name = FilePath.stem(of: job)
      let folder = RunCatalogue.freeFolder(named: name, in: FilePath.currentFolder)
      assignments.append("output.directory=\(folder)")
    }
    return try ScreenOptions.parse([]).open(.refine(job: job), assignments: assignments)
  }

  /// What the refinement has improved, and where it is.
  static func report(_ summary: RunSummary, folder: RunFolder) -> String {
    let verdict = summary.verdict.prefix(1).uppercased() + summary.verdict.dropFirst()
    var lines = [
      "", "\(verdict).",
      "Resolution inside the mask: \(Format.resolution(summary.resolutionBefore)) before, "
        + "\(Format.resolution(summary.resolutionAfter)) after (FSC 0.143).",
      "Median change in pose: \(Format.fixed(summary.medianRotation, 2))° and "
        + "\(Format.fixed(summary.medianShift, 2)) Å at the fulcrum, "
        + "\(Format.count(summary.particles)) particles.",
      "Time: \(Format.duration(summary.seconds)), processors \(Format.duration(summary.cpuSeconds)).",
      "", "Files in \(folder.finalPath):",
    ]
    for file in folder.finalFiles() {
      let name = FilePath.name(of: file.path)
      let padded = name + String(repeating: " ", count: max(1, 22 - name.count))
      lines.append("  \(padded)\(file.title)")
    }
    lines += ["", "To look at the map:  \(folder.chimeraXLine())"]
    return lines.joined(separator: "\n")
  }
}
