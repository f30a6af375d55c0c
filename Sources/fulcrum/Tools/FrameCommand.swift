import ArgumentParser
import CryoEM
import Ground
import Runs
import Tools

/// `fulcrum frame`: maps, masks and particles in another frame.
struct FrameCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "frame", abstract: "Move or turn maps, masks and particles together.",
    usage: "fulcrum frame [MAPS AND MASKS ...] [--particles FILE] [options] -o DIR",
    discussion: """
      Everything named is moved alike: projections stay what they were. The first map
      leads. Points are in Å from the box centre; --voxels counts from the corner.
      Example: fulcrum frame map.mrc m.mrc --particles p.star --centre m.mrc -o f
      """)

  @Argument(
    help: ArgumentHelp("Maps and masks.", valueName: "map.mrc", visibility: .hidden),
    completion: Completions.maps)
  var maps: [String] = []

  @Option(
    help: ArgumentHelp("Particles whose poses follow.", valueName: "star|cs"),
    completion: .file(extensions: ["star", "cs", "csg"]))
  var particles: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("New centre: x,y,z or a mask.", valueName: "point|mask"),
    completion: Completions.maps)
  var centre: String?

  @Flag(help: "The centre is in voxels from the corner of the box.")
  var voxels = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Turn by Euler angles, degrees.", valueName: "rot,tilt,psi"))
  var turn: String?

  @Option(
    help: ArgumentHelp("Lay the first map on this one, by search.", valueName: "map.mrc"),
    completion: Completions.maps)
  var onto: String?

  @Option(help: ArgumentHelp("Bring its axes onto z, by search.", valueName: "group"))
  var symmetry: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Defoci follow the centre's height, with this sign.", valueName: "+|-"))
  var defocus: String?

  @OptionGroup var computing: ComputingOptions

  @OptionGroup var out: OutputOptions

  func run() throws {
    do {
      let recipe = try recipe()
      let output = try out.checked(isFolder: true, inputs: recipe.inputs)
      let progress = ToolProgress()
      defer { progress.finish() }
      let plan = try recipe.planned(progress.tell)
      let folder = try ToolFolder(output, inputs: recipe.inputs)
      let names = try plan.write(into: folder, progress.tell)
      try folder.finish(ToolRecord(inputs: recipe.inputs, facts: plan.facts))
      let files = names.map { FilePath.joined(output.path, $0) }
      progress.finish()
      let summary = plan.summary(files: files)
      printOut(computing.json ? JSONFile.text(summary) : summary.text)
    } catch let failure as CommandFailure {
      throw failure
    } catch { throw CommandFailure.input(error) }
  }

  /// The arguments as values; all that is wrong with them at once.
  private func recipe() throws -> FrameRecipe {
    var problems = ProblemList()
    var recipe = FrameRecipe()
    (recipe.maps, recipe.particles, recipe.onto) = (maps, particles, onto)
    recipe.threads = computing.count
    let ways = [
      centre.map { _ in "--centre" } ?? turn.map { _ in "--turn" }, onto.map { _ in "--onto" },
      symmetry.map { _ in "--symmetry" },
    ].compactMap { $0 }
    if ways.count != 1 {
      problems.add(
        Problem(
          ways.isEmpty
            ? "nothing says where to move" : "\(ways.joined(separator: " and ")) are given",
          whatToDo: "Give --centre and --turn, or --onto, or --symmetry."))
    }
    if maps.isEmpty, particles == nil {
      problems.add(Problem("nothing is to be moved", whatToDo: "Give maps, masks or --particles."))
    }
    takeCentre(into: &recipe, &problems)
    if let symmetry {
      recipe.symmetry = problems.catching { () throws(Problem) in try PointGroup(symmetry) }
      if recipe.symmetry?.order == 1 {
        problems.add(Problem("C1 has no axes", whatToDo: "Give the map's point group."))
      }
    }
    takeDefocus(into: &recipe, &problems)
    if maps.isEmpty, onto != nil || symmetry != nil || voxels {
      problems.add(
        Problem("a search, or voxels, need a map", whatToDo: "Give the map that leads."))
    }
    try problems.throwIfAny()
    return recipe
  }

  private func takeCentre(into recipe: inout FrameRecipe, _ problems: inout ProblemList) {
    if let centre {
      if let point = Self.three(centre) {
        recipe.centre = voxels ? .voxel(point) : .point(point)
      } else {
        recipe.centre = .mask(centre)
      }
    } else if voxels {
      problems.add(Problem("--voxels is given without a point", whatToDo: "Give --centre x,y,z."))
    }
    guard let turn else { return }
    if let angles = Self.three(turn) {
      recipe.turn = Rotation(rot: angles.x, tilt: angles.y, psi: angles.z)
    } else {
      problems.add(
        Problem(
          "--turn \(turn) is not rot,tilt,psi",
          whatToDo: "Give three angles in degrees with commas between."))
    }
  }

  private func takeDefocus(into recipe: inout FrameRecipe, _ problems: inout ProblemList) {
    guard let defocus else { return }
    recipe.defocusSign = ["+": 1, "1": 1, "+1": 1, "-": -1, "-1": -1][defocus]
    if recipe.defocusSign == nil {
      problems.add(
        Problem(
          "--defocus \(defocus) is no sign",
          whatToDo: "Give + or -: U and V less, or plus, the height of the new centre."))
    }
    if particles == nil {
      problems.add(Problem("--defocus is of particles", whatToDo: "Give --particles."))
    }
  }

  /// Three numbers with commas between.
  private static func three(_ text: String) -> Vector3? {
    let words = text.split(separator: ",", omittingEmptySubsequences: false)
    let values = words.compactMap { Double($0) }.filter { abs($0) < 1e6 }
    return words.count == 3 && values.count == 3 ? Vector3(values[0], values[1], values[2]) : nil
  }
}
