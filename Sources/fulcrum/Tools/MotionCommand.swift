import ArgumentParser
import Ground
import Motion
import Runs
import Tools

/// `fulcrum motion`: how regions move against each other.
struct MotionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "motion", abstract: "How regions move: modes, particles along them, movies.",
    usage: "fulcrum motion RUN RUN ... [-o DIR] [options]",
    discussion: """
      The first run's region stays, the others move against it. -o writes the modes,
      particles with their place along each, maps and a ChimeraX script.
      Example: fulcrum motion runs/body runs/head -o motion
      """)

  @Argument(
    help: ArgumentHelp("Finished runs of one particle set, or one with regions.", valueName: "run"),
    completion: Completions.runs)
  var runs: [String]

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Folder to write.", valueName: "folder"),
    completion: .directory)
  var output: String?

  @Flag(help: "Replace what is there.")
  var force = false

  @Option(help: ArgumentHelp("Maps along each mode; 0 for none.", valueName: "n"))
  var frames = 7

  @Option(help: ArgumentHelp("Modes with maps, at most.", valueName: "n"))
  var modes = 3

  @OptionGroup var computing: ComputingOptions

  func validate() throws {
    if !(0...99).contains(frames) { throw ValidationError("--frames must be from 0 to 99") }
    if !(0...99).contains(modes) { throw ValidationError("--modes must be from 0 to 99") }
  }

  func run() throws {
    do {
      let progress = ToolProgress()
      defer { progress.finish() }
      let input = try MotionInput(runs, progress: progress.tell)
      let place = try output.map {
        try ToolOutput($0, isFolder: true, replacing: force, inputs: input.paths)
      }
      let analysis = try MotionAnalysis(
        input.regions, box: input.grid.fileSize, pixelSize: input.grid.pixelSize,
        threads: computing.count, progress: progress.tell)
      var files: [String] = []
      if let place {
        var result = MotionOutput(input, analysis)
        (result.frames, result.mappedModes, result.threads) = (frames, modes, computing.count)
        let folder = try ToolFolder(place, inputs: input.paths)
        let names = try result.write(into: folder, progress.tell)
        try folder.finish(ToolRecord(inputs: input.paths))
        files = names.map { FilePath.joined(place.path, $0) }
      }
      progress.finish()
      if computing.json {
        printOut(JSONFile.text(MotionSummary(analysis.report, files: files)))
        return
      }
      let shared =
        input.shared < input.file.particles.count
        ? ["\(input.shared) of \(input.file.particles.count) particles are in every region"] : []
      printOut((shared + [analysis.report.text] + files).joined(separator: "\n"))
    } catch let failure as CommandFailure {
      throw failure
    } catch { throw CommandFailure.input(error) }
  }
}
