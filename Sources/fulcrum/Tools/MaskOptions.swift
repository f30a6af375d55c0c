import ArgumentParser
import CryoEM
import Ground
import Tools

/// The arguments of `fulcrum mask` that its first page has no room for.
struct MaskOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Cut where what is kept has this mass.", valueName: "kDa", visibility: .hidden))
  var mass: Double?

  @Option(
    help: ArgumentHelp(
      "False-discovery rate of the automatic threshold, from the noise outside.", valueName: "rate",
      visibility: .hidden))
  var fdr: Double?

  @Flag(
    help: ArgumentHelp(
      "Benjamini-Hochberg, for independent voxels, instead of Benjamini-Yekutieli.",
      visibility: .hidden))
  var bh = false

  @Flag(help: ArgumentHelp("Leave holes as they are.", visibility: .hidden))
  var keepHoles = false

  @Option(
    help: ArgumentHelp(
      "An atomic model in the map's coordinates.", valueName: "pdb|cif", visibility: .hidden),
    completion: .file(extensions: ["pdb", "cif", "ent", "gz"]))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Chains and residues: A,B:10-120.", valueName: "chains", visibility: .hidden))
  var select: String?

  @Option(
    help: ArgumentHelp(
      "About each atom. (default: 3)", valueName: "Å", visibility: .hidden))
  var radius: Double?

  @Option(
    name: .customLong("sphere"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Centre and radius, Å from the box centre.", valueName: "x,y,z,r", visibility: .hidden))
  var spheres: [String] = []

  @Option(
    name: .customLong("cuboid"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Centre and edges, Å from the box centre.", valueName: "x,y,z,a,b,c", visibility: .hidden))
  var cuboids: [String] = []

  @Flag(
    help: ArgumentHelp(
      "Spheres and cuboids are in voxels from the corner of the box.", visibility: .hidden))
  var voxels = false

  @Option(
    help: ArgumentHelp(
      "The map whose box a model or shapes take.", valueName: "map.mrc", visibility: .hidden),
    completion: Completions.maps)
  var like: String?

  @Option(
    name: .customLong("or"),
    help: ArgumentHelp("Add this mask.", valueName: "mask.mrc", visibility: .hidden),
    completion: Completions.maps)
  var added: [String] = []

  @Option(
    name: .customLong("and"),
    help: ArgumentHelp("Keep what is in this mask.", valueName: "mask.mrc", visibility: .hidden),
    completion: Completions.maps)
  var common: [String] = []

  @Option(
    name: .customLong("minus"),
    help: ArgumentHelp("Take this mask away.", valueName: "mask.mrc", visibility: .hidden),
    completion: Completions.maps)
  var taken: [String] = []

  @Flag(help: ArgumentHelp("1 outside and 0 inside.", visibility: .hidden))
  var invert = false

  @Flag(
    help: ArgumentHelp("End before the sphere in the box, softly.", visibility: .hidden))
  var clear = false

  @Option(
    help: ArgumentHelp(
      "End before the region of this mask, softly.", valueName: "mask.mrc", visibility: .hidden),
    completion: Completions.maps)
  var clearOf: [String] = []

  @Option(
    help: ArgumentHelp(
      "Low-pass before the map is parted. (default: by the bodies' size)", valueName: "Å",
      visibility: .hidden))
  var smooth: Double?

  @Option(
    help: ArgumentHelp(
      "The smallest body as a share of an even part. (default: 0.3)", valueName: "share",
      visibility: .hidden))
  var leastShare: Double?

  /// Puts the arguments into a recipe.
  func fill(_ recipe: inout MaskRecipe, threshold: Double?, _ problems: inout ProblemList) {
    recipe.threshold = chosen(threshold, &problems)
    if select != nil || radius != nil, model == nil {
      problems.add(
        Problem("--select and --radius are of a model", whatToDo: "Give one with --model."))
    }
    recipe.gridMap = recipe.maps.isEmpty ? like : nil
    if !recipe.maps.isEmpty, like != nil {
      problems.add(
        Problem(
          "--like is given beside a map", whatToDo: "Leave it out: the mask is on the map's grid."))
    }
    recipe.model = model
    recipe.selection = select.flatMap { text in
      problems.catching { () throws(Problem) in try ModelSelection(text) }
    }
    recipe.radius = radius ?? 3
    recipe.shapes += shapes(&problems)
    recipe.areShapesInVoxels = voxels
    recipe.combinations =
      added.map { ($0, .or) } + common.map { ($0, .and) } + taken.map { ($0, .minus) }
    (recipe.fillsHoles, recipe.inverts) = (!keepHoles, invert)
    (recipe.clearsBoxEdge, recipe.clearOf) = (clear, clearOf)
    if let leastShare, !(0...1).contains(leastShare) {
      problems.add(
        Problem(
          "--least-share \(Format.shortest(leastShare)) is out of range",
          whatToDo: "Give a share from 0 to 1."))
    }
    recipe.leastShare = leastShare ?? recipe.leastShare
    recipe.segmentLowPass = smooth
  }

  /// The threshold, by a density, a mass or a rate.
  private func chosen(_ threshold: Double?, _ problems: inout ProblemList) -> MaskThreshold {
    let ways = [threshold.map { _ in "--threshold" }, mass.map { _ in "--mass" }]
    let given = ways.compactMap { $0 } + (fdr == nil ? [] : ["--fdr"])
    if given.count > 1 {
      problems.add(
        Problem(
          "\(given.joined(separator: " and ")) are given", whatToDo: "Give one of them."))
    }
    if let fdr, !(fdr > 0 && fdr < 1) {
      problems.add(
        Problem(
          "--fdr \(Format.shortest(fdr)) is out of range",
          whatToDo: "Give a rate between 0 and 1, as 0.01."))
    }
    if let threshold, !threshold.isFinite {
      problems.add(
        Problem("--threshold \(threshold) is not a density", whatToDo: "Give a number."))
    }
    if let threshold { return .density(threshold) }
    return mass.map { .mass($0) }
      ?? .automatic(rate: fdr ?? 0.01, testing: bh ? .hochberg : .yekutieli)
  }

  /// Spheres and cuboids.
  private func shapes(_ problems: inout ProblemList) -> [MaskRecipe.Shape] {
    var shapes: [MaskRecipe.Shape] = []
    for text in spheres {
      guard let values = numbers(text, 4, "--sphere", "x,y,z,r", &problems) else { continue }
      shapes.append(
        .sphere(centre: Vector3(values[0], values[1], values[2]), radius: values[3]))
    }
    for text in cuboids {
      guard let values = numbers(text, 6, "--cuboid", "x,y,z,a,b,c", &problems) else { continue }
      shapes.append(
        .cuboid(
          centre: Vector3(values[0], values[1], values[2]),
          extent: Vector3(values[3], values[4], values[5])))
    }
    return shapes
  }

  /// Numbers apart by commas; those behind the first three are lengths.
  private func numbers(
    _ text: String, _ count: Int, _ name: String, _ form: String, _ problems: inout ProblemList
  ) -> [Double]? {
    let words = text.split(separator: ",", omittingEmptySubsequences: false)
    let values = words.compactMap { Double($0) }.filter { abs($0) < 1e6 }
    guard words.count == count, values.count == count, values[3...].allSatisfy({ $0 > 0 }) else {
      problems.add(
        Problem(
          "\(name) \(text) is not \(form)",
          whatToDo: "Give \(count) numbers with commas between; lengths are above zero."))
      return nil
    }
    return values
  }
}
