import ArgumentParser
import CryoEM
import Ground
import Jobs
import Particles
import Refinement
import Runs
import Tools

/// `fulcrum subtract`: particles without what is outside of a mask.
struct SubtractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "subtract", abstract: "Particles without the density outside a mask.",
    usage: """
      fulcrum subtract PARTICLES --map MAP --mask MASK.mrc -o FOLDER [options]
             fulcrum subtract PARTICLES --revert ORIGINALS -o FILE
      """,
    discussion: """
      --help-hidden shows the rest.
      Example: fulcrum subtract p.star --map m.mrc --mask head.mrc -o head
      """)

  @Argument(
    help: ArgumentHelp(valueName: "particles", visibility: .hidden),
    completion: Completions.particles)
  var input: String

  @Option(
    help: ArgumentHelp("The map that is projected.", valueName: "m"), completion: Completions.maps)
  var map: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Half-maps, each for its half-set.", valueName: "a b"),
    completion: Completions.maps)
  var halfMaps: [String] = []

  @Option(help: ArgumentHelp("What is kept.", valueName: "mask"), completion: Completions.maps)
  var mask: String?

  @OptionGroup var destination: OutputOptions

  @Flag(help: "Take away what is inside the mask instead.")
  var inside = false

  @Option(help: ArgumentHelp("New centre: mask, or a voxel.", valueName: "mask|x,y,z"))
  var center: String?

  @Option(help: ArgumentHelp("New box, pixels.", valueName: "n"))
  var box: Int?

  @Flag(help: "Write 16-bit numbers.")
  var float16 = false

  @Option(help: ArgumentHelp("Of the map in the images. (default: fitted)", valueName: "x"))
  var scale: Double?

  @Flag(help: "Take the new centre's height off the defocus.")
  var defocusByHeight = false

  @Option(
    help: ArgumentHelp("Back to these, with the poses of now.", valueName: "p"),
    completion: Completions.particles)
  var revert: String?

  @OptionGroup(visibility: .hidden) var particles: ParticleOptions
  @OptionGroup(visibility: .hidden) var computing: ComputingOptions

  @Option(help: ArgumentHelp("MB of a stack.", valueName: "n", visibility: .hidden))
  var stackSize = 1024

  func validate() throws {
    if revert != nil {
      guard map == nil, mask == nil, halfMaps.isEmpty, center == nil, box == nil else {
        throw ValidationError("--revert goes with -o alone")
      }
      return
    }
    let missing = [("--map", map), ("--mask", mask)].filter { $0.1 == nil }.map(\.0)
    guard missing.isEmpty else {
      throw ValidationError("Missing \(missing.joined(separator: " and "))")
    }
    guard halfMaps.isEmpty || halfMaps.count == 2 else {
      throw ValidationError("--half-maps takes two maps")
    }
    guard centre != nil else {
      throw ValidationError("--center \(center ?? "") is neither mask nor a voxel x,y,z")
    }
    guard (1...1_000_000).contains(stackSize) else {
      throw ValidationError("--stack-size must be from 1 to 1000000")
    }
    if let scale, !(scale.isFinite && abs(scale) <= 1e6) {
      throw ValidationError("--scale must be a number up to 1000000")
    }
  }

  private var centre: ParticleSubtraction.Centre? {
    guard let center else { return .box }
    if center == "mask" { return .mask }
    let parts = center.split(separator: ",").compactMap { Double($0) }
    guard parts.count == 3, center.split(separator: ",").count == 3, parts.allSatisfy(\.isFinite)
    else { return nil }
    return .voxel(Vector3(parts[0], parts[1], parts[2]))
  }

  func run() throws {
    if let revert { return try bringBack(to: revert) }
    guard let map, let mask else { return }
    let named = [input, map, mask] + halfMaps
    var settings = RefinementSettings()
    settings.threads = computing.count
    let read = try particles.read(input, settings: settings)
    let tool: ParticleSubtraction
    let state: SubtractionState
    do {
      let maps = try ParticleSubtraction.Maps(
        map: map, halves: halfMaps, mask: mask,
        sampling: Sampling(
          size: read.images.boxSize, pixelSize: read.particles.optics[0].pixelSize), of: input)
      tool = try ParticleSubtraction(read, maps: maps, options: options)
      state = try SubtractionState(
        destination.output,
        options:
          "\(inside) \(center ?? "") \(box ?? 0) \(float16) \(scale ?? 0) \(scale == nil) "
          + "\(defocusByHeight) \(stackSize) \(particles.resplit)",
        inputs: read.file.files + named.dropFirst(), stacks: read.particles.stacks)
    } catch { throw CommandFailure.input(error) }
    let isResumed = state.isBegun
    let output = try destination.checked(
      isFolder: true, inputs: named + read.particles.stacks, replacing: isResumed)
    if isResumed { printError("The folder has been begun: going on.") }
    let progress = ToolProgress()
    defer { progress.finish() }
    let made: ParticleSubtraction.Outcome
    do {
      for name in ["map.mrc", "mask.mrc", "half_map_a.mrc", "half_map_b.mrc"] {
        _ = try output.file(name, notOneOf: named)
      }
      try state.begin()
      made = try tool.write(
        into: destination.output, tell: { printError("warning: \($0)") },
        progress: { progress.tell($0, $1) })
      try ToolRecord(
        inputs: read.file.files + named.dropFirst(),
        facts: [
          ("particles", .count(made.particles)), ("box", .count(made.box)),
          ("centre", .text(made.centre.map(String.init).joined(separator: ","))),
        ]
      ).write(beside: output)
      state.finish()
    } catch { throw CommandFailure(CommandFailure.failed, CommandFailure.input(error).problems) }
    progress.finish()
    tell(made, ParticleSubtraction.particleName(of: read.file))
  }

  private var options: ParticleSubtraction.Options {
    var options = ParticleSubtraction.Options()
    options.takesInside = inside
    options.centre = centre ?? .box
    options.box = box
    options.isFloat16 = float16
    options.scale = scale
    options.adjustsDefocus = defocusByHeight
    options.threads = computing.count
    options.stackBytes = stackSize << 20
    return options
  }

  private func tell(_ made: ParticleSubtraction.Outcome, _ name: String) {
    if computing.json { return printOut(JSONFile.text(made)) }
    printOut(
      "\(Format.counted(made.particles, "image")) of \(made.box) pixels in "
        + Format.counted(made.stacks, "stack")
        + (made.stacksFound > 0 ? ", \(made.stacksFound) from before" : ""))
    let used = made.shares.filter { $0 != 0 }.sorted()
    if scale == nil, let middle = used.isEmpty ? nil : used[used.count / 2] {
      printOut("The map is \(Format.rounded(middle, digits: 3)) times as strong in the images")
    }
    if center != nil {
      printOut("New centre: voxel \(made.centre.map(String.init).joined(separator: ","))")
    }
    if made.beyondEdge > 0 {
      printOut(
        "\(Format.counted(made.beyondEdge, "image")) end within the new box: filled with the "
          + "background's mean")
    }
    printOut("Wrote \(destination.output)/\(name), map.mrc and mask.mrc")
  }

  private func bringBack(to originals: String) throws {
    let output = try destination.checked(inputs: [input, originals])
    do {
      let reverted = try SubtractionRevert(input, originals: originals)
      try output.makeFolders()
      try reverted.write(to: output.path)
      try ToolRecord(inputs: reverted.paths).write(beside: output)
      printOut("\(Format.counted(reverted.count, "particle")) in \(output.path)")
    } catch { throw CommandFailure.input(error) }
  }
}
