import ArgumentParser
import CryoEM
import Ground
import Runs
import Tools

/// `fulcrum mask`: masks from maps, models, shapes and other masks.
struct MaskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mask", abstract: "Make a soft mask of a map, a model, shapes or masks.",
    usage: "fulcrum mask [MAP | HALF_A HALF_B] [options] -o MASK.mrc",
    discussion: """
      Filter, cut, keep the largest piece, fill, extend, edge. By --help-hidden also:
      --mass --fdr --bh --keep-holes --model --select --radius --sphere --cuboid
      --voxels --like --or --and --minus --invert --clear --clear-of --smooth
      --least-share. Beside a map, a model or shapes cut out what is in them.
      Example: fulcrum mask half_a.mrc half_b.mrc --segments 2 -o bodies
      """)

  @Argument(
    help: ArgumentHelp(
      "A map, a mask to change, or two half-maps.", valueName: "map.mrc", visibility: .hidden),
    completion: Completions.maps)
  var maps: [String] = []

  @OptionGroup var out: OutputOptions

  @Option(
    help: ArgumentHelp(
      "Density to cut at. (default: 1% false discoveries)", valueName: "density"))
  var threshold: Double?

  @Option(help: ArgumentHelp("Filter before; 0 for none. (default: 15)", valueName: "Å"))
  var lowpass: Double?

  @Option(
    help: ArgumentHelp("Pieces by rank: 1,3 or 2-4 or all. (default: 1)", valueName: "pieces"))
  var keep: String?

  @Option(help: ArgumentHelp("Grow by this. (default: 3)", valueName: "Å"))
  var extend: Double?

  @Option(help: ArgumentHelp("Edge. (default: five times the resolution)", valueName: "Å"))
  var edge: Double?

  @Option(
    help: ArgumentHelp(
      "Expected. (default: of the half-maps, or Nyquist)", valueName: "Å"))
  var resolution: Double?

  @Option(
    help: ArgumentHelp("Part the map into n bodies; -o is a folder.", valueName: "n"))
  var segments: Int?

  @Flag(help: "Print the result as JSON.")
  var json = false

  @OptionGroup var more: MaskOptions

  func run() throws {
    do {
      let recipe = try recipe()
      let output = try out.checked(isFolder: segments != nil, inputs: recipe.inputs)
      let progress = ToolProgress()
      defer { progress.finish() }
      let made = try recipe.made(progress.tell)
      let files = try files(made, output, recipe.inputs)
      progress.finish()
      let advice = made.advice(resolution: resolution)
      for problem in advice { printProblem(problem) }
      let summary = made.summary(files: files, advice: advice)
      printOut(json ? JSONFile.text(summary) : made.text(files: files))
    } catch let failure as CommandFailure {
      throw failure
    } catch { throw CommandFailure.input(error) }
  }

  /// Writes the masks, and where they come from.
  private func files(
    _ made: MadeMasks, _ output: ToolOutput, _ inputs: [String]
  ) throws -> [String] {
    var facts: [(key: String, value: ToolRecord.Fact)] = [
      ("extend", .number(made.shape.extend)), ("edge", .number(made.shape.edge)),
      ("pieces", .count(made.pieces.count)),
    ]
    if let threshold = made.threshold {
      facts.append(("threshold", .number(Double(threshold.density))))
      facts.append(("threshold_from", .text(threshold.how)))
    }
    if let smoothing = made.segmentLowPass { facts.append(("smooth", .number(smoothing))) }
    for (index, mask) in made.masks.enumerated() {
      facts.append(
        (
          made.masks.count > 1 ? "mass_\(index + 1)" : "mass",
          .number((mask.report.enclosedMass * 10).rounded() / 10)
        ))
    }
    let record = ToolRecord(inputs: inputs, facts: facts)
    guard output.isFolder else {
      try output.makeFolders()
      if let mask = made.masks.first { try made.grid.write(mask.mask, to: output.path) }
      try record.write(beside: output)
      return [output.path]
    }
    let folder = try ToolFolder(output, inputs: inputs)
    let names = made.masks.indices.map { "body_\($0 + 1).mrc" }
    for (name, mask) in zip(names, made.masks) {
      try made.grid.write(mask.mask, to: try folder.file(name))
    }
    try folder.finish(record)
    return names.map { FilePath.joined(output.path, $0) }
  }

  /// The arguments as values; all that is wrong with them at once.
  private func recipe() throws -> MaskRecipe {
    var problems = ProblemList()
    var recipe = MaskRecipe()
    recipe.maps = maps
    if maps.count > 2 {
      problems.add(
        Problem("\(maps.count) maps are given", whatToDo: "Give one map, or two half-maps."))
    }
    for (name, value, least) in [
      ("--lowpass", lowpass, 0), ("--extend", extend, 0), ("--edge", edge, 0),
      ("--resolution", resolution, 0.1), ("--mass", more.mass, 1e-3),
      ("--radius", more.radius, 1e-3), ("--smooth", more.smooth, 1e-3),
    ] as [(String, Double?, Double)] {
      guard let value, !(value >= least && value < 1e6) else { continue }
      problems.add(
        Problem(
          "\(name) \(Format.shortest(value)) is out of range",
          whatToDo: "Give a number of \(Format.shortest(least)) or more."))
    }
    (recipe.lowPass, recipe.extend, recipe.edge) = (lowpass, extend, edge)
    (recipe.resolution, recipe.segments) = (resolution, segments)
    if let segments, !(1...100).contains(segments) {
      problems.add(
        Problem("--segments \(segments) is out of range", whatToDo: "Give a number from 1 to 100."))
    }
    if let keep {
      recipe.pieces = PieceChoice(keep)
      if recipe.pieces == nil {
        problems.add(
          Problem("--keep \(keep) is no choice of pieces", whatToDo: "Write all, 1, 1,3 or 2-4."))
      }
    }
    more.fill(&recipe, threshold: threshold, &problems)
    try problems.throwIfAny()
    return recipe
  }
}

extension MadeMasks {
  /// The result in a few lines.
  func text(files: [String]) -> String {
    var lines: [String] = []
    if let measuredResolution {
      lines.append("resolution  \(Format.resolution(measuredResolution)) (FSC 0.143, no mask)")
    }
    if let threshold {
      lines.append(
        "threshold   \(Format.rounded(Double(threshold.density), digits: 4)): \(threshold.how)")
    }
    if let atomCount { lines.append("model       \(Format.counted(atomCount, "atom"))") }
    let masses = pieces.prefix(5).map { piece in
      let voxel = grid.pixelSize * grid.pixelSize * grid.pixelSize
      return Format.short(MaskReport.mass(ofVolume: Double(piece.count) * voxel))
    }
    lines.append(
      "pieces      \(pieces.count): \(masses.joined(separator: ", "))"
        + "\(pieces.count > 5 ? ", …" : "") kDa")
    if let segmentLowPass {
      lines.append("parted      at a low-pass of \(Format.short(segmentLowPass)) Å")
    }
    for (file, mask) in zip(files, masks) {
      let report = mask.report
      lines.append(
        "\(file): \(Format.short(mask.regionMass)) kDa grown by "
          + "\(Format.short(shape.extend)) Å, edge \(Format.short(shape.edge)) Å")
      lines.append(
        "  inside 0.5: \(report.summary), \(Format.count(Int(report.volume.rounded()))) Å³")
    }
    return lines.joined(separator: "\n")
  }
}
