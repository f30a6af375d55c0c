import ArgumentParser
import CryoEM
import Glibc
import Ground
import Runs
import Surface
import Tools

/// `fulcrum orient`: how evenly the views lie, and how evenly the map is resolved.
struct OrientCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orient", abstract: "Viewing directions, SCF*, conical FSC and cFAR.",
    usage: "fulcrum orient PARTICLES|RUN [--half-maps A.mrc B.mrc] [options]",
    discussion: """
      Of a finished run, its half-maps are looked at, too.

      Example: fulcrum orient runs/head -o views.svg
      """)

  @Argument(
    help: ArgumentHelp("Particles (.star, .cs, .csg) or a run.", valueName: "particles"),
    completion: Completions.runs)
  var input: String

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Two half-maps, not filtered.", valueName: "a.mrc b.mrc"),
    completion: Completions.maps)
  var halfMaps: [String] = []

  @OptionGroup var masking: MeasuringMaskOptions

  @Option(help: ArgumentHelp("Point group. (default: the run's, or C1)", valueName: "group"))
  var symmetry: String?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write a picture.", valueName: "p.svg"),
    completion: .file(extensions: ["svg"]))
  var output: String?

  @Flag(help: "Replace what is there.")
  var force = false

  @OptionGroup var computing: ComputingOptions

  func validate() throws {
    guard halfMaps.isEmpty || halfMaps.count == 2 else {
      throw ValidationError("--half-maps takes two maps")
    }
  }

  func run() throws {
    let named = halfMaps + (masking.choice.path.map { [$0] } ?? [])
    let place: ToolOutput?
    let read: OrientationInput
    do {
      place = try output.map {
        try ToolOutput($0, replacing: force, inputs: [input] + named)
      }
      let maps =
        halfMaps.count == 2
        ? OrientationInput.Maps(a: halfMaps[0], b: halfMaps[1]) : nil
      if maps == nil, let mask = masking.mask, !RunFolder(input).exists {
        throw Problem(
          "--mask \(mask) without half-maps", whatToDo: "Name both with --half-maps.")
      }
      read = try OrientationInput(input, maps: maps, mask: masking.mask, symmetry: symmetry)
    } catch { throw CommandFailure.input(error) }
    let made = OrientationDiagnosis(read, threads: computing.count)
    if let place { try write(made, to: place, inputs: read.paths) }
    if computing.json { return printOut(JSONFile.text(made.report)) }
    printOut(OrientationPicture(made).lines)
    printPicture(made)
    if let output { printOut("Wrote \(output)") }
  }

  private func write(
    _ made: OrientationDiagnosis, to place: ToolOutput, inputs: [String]
  ) throws {
    let picture = OrientationPicture(made).grid(width: 120, look: Appearance())
    do {
      try place.makeFolders()
      try AtomicFile.write(picture.svg(title: "Orientations of \(input)"), to: place.path)
      try ToolRecord(inputs: inputs).write(beside: place)
    } catch { throw CommandFailure(CommandFailure.failed, CommandFailure.input(error).problems) }
  }

  /// Colours where somebody looks, characters where not.
  private func printPicture(_ made: OrientationDiagnosis) {
    func variable(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
    let isScreen =
      isatty(STDOUT_FILENO) == 1 && !["", "dumb"].contains(variable("TERM"))
      && variable("NO_COLOR").isEmpty
    let codeset = ["LC_ALL", "LC_CTYPE", "LANG"].map(variable).first { !$0.isEmpty } ?? ""
    let isUnicode = codeset.uppercased().contains("UTF")
    let look = Appearance(
      colours: isScreen ? .c256 : .none, glyphs: isUnicode ? .unicode : .ascii)
    let grid = OrientationPicture(made).grid(width: 72, look: look)
    guard isScreen else { return printOut(grid.text) }
    OutputQueue.shared.write(Array(grid.ansiText.utf8), to: STDOUT_FILENO)
  }
}
