import ArgumentParser
import Ground
import Runs
import Tools

/// `fulcrum post`: what the end of a refinement makes of its half-maps, for any.
struct PostCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "post",
    abstract: "Sharpened map, FSC, local resolution from half-maps.",
    usage: "fulcrum post HALF_A.mrc HALF_B.mrc -o FOLDER [--mask MASK.mrc] [options]",
    discussion: """
      The numbers are those of a run's own end. Half-maps must not be filtered.

      Example: fulcrum post half_a.mrc half_b.mrc --mask mask.mrc -o post
      """)

  @Argument(
    help: ArgumentHelp("The first half-map.", valueName: "half_a.mrc"),
    completion: Completions.maps)
  var first: String

  @Argument(
    help: ArgumentHelp("The second half-map.", valueName: "half_b.mrc"),
    completion: Completions.maps)
  var second: String

  @OptionGroup var destination: OutputOptions

  @OptionGroup var masking: MeasuringMaskOptions

  @Option(help: ArgumentHelp("B factor, Å². (default: from the Guinier plot)", valueName: "x"))
  var bFactor: Double?

  @Option(help: ArgumentHelp("Seed of the random phases.", valueName: "n"))
  var seed: UInt64 = 0

  @OptionGroup var computing: ComputingOptions

  func validate() throws {
    if let bFactor, !(-2000...2000).contains(bFactor) {
      throw ValidationError("--b-factor must be from -2000 to 2000; negative sharpens")
    }
  }

  func run() throws {
    let choice = masking.choice
    let inputs = [first, second] + (choice.path.map { [$0] } ?? [])
    let output = try destination.checked(isFolder: true, inputs: inputs)
    let pair: HalfMapPair
    do { pair = try HalfMapPair(first, second, mask: choice.path) } catch {
      throw CommandFailure.input(error)
    }
    guard !pair.isOneMap else {
      throw CommandFailure.input(
        Problem(
          "\(first) and \(second) are the same map",
          whatToDo: "Give the two half-maps of one refinement."))
    }
    let measuring = MeasuringMask(choice, of: pair)
    var options = PostProcessing.Options()
    (options.bFactor, options.seed, options.threads) = (bFactor, seed, computing.count)
    let progress = ToolProgress()
    let made = PostProcessing(
      pair, mask: measuring, options: options, progress: { progress.tell($0, $1) })
    progress.tell("Writing", 0.95)
    defer { progress.finish() }
    do {
      let folder = try ToolFolder(output, inputs: inputs)
      try made.write(into: folder)
      try folder.finish(
        ToolRecord(
          inputs: inputs,
          facts: [
            ("mask", .text(measuring.description)),
            ("resolution", .number(made.measures.fsc.resolution143)),
            ("b_factor", .number(made.measures.bFactor)),
          ]))
    } catch { throw CommandFailure(CommandFailure.failed, CommandFailure.input(error).problems) }
    progress.finish()
    if computing.json { return printOut(JSONFile.text(made.summary)) }
    PostReport.tell(made, isGiven: bFactor != nil, maskPath: choice.path)
    printOut("Wrote \(destination.output): map_sharp.mrc, map_local.mrc, fsc.xml and the rest")
  }
}
