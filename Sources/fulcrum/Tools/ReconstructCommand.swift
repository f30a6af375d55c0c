import ArgumentParser
import CryoEM
import Ground
import Jobs
import Refinement
import Runs
import Tools

/// `fulcrum reconstruct`: particles at the poses that they have.
struct ReconstructCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconstruct", abstract: "Map, half-maps and FSC of particles at their poses.",
    usage: "fulcrum reconstruct PARTICLES -o FOLDER [--mask MASK.mrc] [options]",
    discussion: "Example: fulcrum reconstruct run_data.star --mask mask.mrc -o rec")

  @Argument(
    help: ArgumentHelp("Particles (.star, .cs, .csg).", valueName: "particles"),
    completion: Completions.particles)
  var input: String

  @OptionGroup var destination: OutputOptions

  @OptionGroup var masking: MeasuringMaskOptions

  @Option(help: ArgumentHelp("Point group.", valueName: "group"))
  var symmetry = "C1"

  @Option(help: ArgumentHelp("Ewald sphere.", valueName: "hand"))
  var ewald: EwaldHand?

  @Flag(help: "The images' contrast is opposite to the map's.")
  var invert = false

  @OptionGroup var particles: ParticleOptions
  @OptionGroup var computing: ComputingOptions

  func run() throws {
    let choice = masking.choice
    let named = [input] + (choice.path.map { [$0] } ?? [])
    let output = try destination.checked(isFolder: true, inputs: named)
    var settings = RefinementSettings()
    settings.symmetry = symmetry
    settings.dataSign = invert ? .inverted : .as_is
    settings.ewald = ewald?.mode ?? .off
    settings.threads = computing.count
    settings.memoryLimit = Machine.current.plannedMemory
    do { _ = try PointGroup(symmetry) } catch { throw CommandFailure.input(error) }
    let read = try particles.read(input, settings: settings)
    let volume: Volume?
    do {
      volume = try choice.path.map { (path) throws(Problems) in
        try HalfMapPair.mask(
          path,
          of: Sampling(size: read.images.boxSize, pixelSize: read.particles.optics[0].pixelSize),
          input)
      }
    } catch { throw CommandFailure.input(error) }
    var options = PostProcessing.Options()
    options.threads = computing.count
    let progress = ToolProgress()
    defer { progress.finish() }
    let inputs = read.file.files + (choice.path.map { [$0] } ?? [])
    let made: ParticleReconstruction
    do {
      made = try ParticleReconstruction(
        read, mask: (choice, volume), settings: settings, options: options,
        tell: { printError("warning: \($0)") }, progress: { progress.tell($0, $1) })
      let folder = try ToolFolder(output, inputs: inputs)
      try made.write(into: folder)
      try folder.finish(
        ToolRecord(
          inputs: inputs,
          facts: [
            ("particles", .count(read.particles.count - made.badImages.count)),
            ("symmetry", .text(symmetry)), ("ewald", .text(ewald?.rawValue ?? "off")),
            ("mask", .text(made.post.mask.description)),
          ]))
    } catch { throw CommandFailure(CommandFailure.failed, CommandFailure.input(error).problems) }
    progress.finish()
    if computing.json { return printOut(JSONFile.text(made.post.summary)) }
    let set = read.particles
    let inA = set.halfSets.count { $0 == .a }
    printOut(
      "\(Format.counted(set.count, "particle")) (\(inA) + \(set.count - inA)), \(symmetry)")
    PostReport.tell(made.post, isGiven: false)
    printOut("Wrote \(destination.output): map.mrc, half_map_a.mrc, half_map_b.mrc and the rest")
  }
}

/// Of which hand the Ewald sphere is curved in a reconstruction.
enum EwaldHand: String, ExpressibleByArgument, CaseIterable {
  case on, inverted

  var mode: RefinementSettings.EwaldMode {
    switch self {
    case .on: .on
    case .inverted: .inverted
    }
  }
}
