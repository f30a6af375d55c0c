import CryoEM
import Ground
import Jobs
import Particles

/// What is moved to another frame and which: the arguments of `fulcrum frame` as values.
public struct FrameRecipe: Sendable {
  /// The new centre.
  public enum Centre: Sendable, Hashable {
    /// Å from the box centre.
    case point(Vector3)
    /// Voxels from the corner of the first map's box.
    case voxel(Vector3)
    /// The centre of mass of a mask, by its path.
    case mask(String)
  }

  /// Maps and masks; the first map leads a search.
  public var maps: [String] = []
  public var particles: String?
  public var centre: Centre?
  public var turn = Rotation.identity
  /// The map that the first one is laid onto.
  public var onto: String?
  public var symmetry: PointGroup?
  /// +1 where U and V are made less by the height of the new centre, −1 where they are made more; nil to
  /// leave defoci as they are.
  public var defocusSign: Double?
  public var threads = 1

  public init() {}

  /// All files that are read.
  public var inputs: [String] {
    var files = maps + [particles, onto].compactMap { $0 }
    if case .mask(let path) = centre { files.append(path) }
    return files
  }

  /// Finds the new frame.
  ///
  /// - Throws: `Problem` or `Problems` for what is wrong with the input.
  public func planned(_ progress: (String, Double) -> Void = { _, _ in }) throws -> FramePlan {
    progress("reading", 0)
    var problems = ProblemList()
    let names = maps.map { FilePath.name(of: $0) }
    for name in Set(names) where names.filter({ $0 == name }).count > 1 {
      problems.add(
        Problem(
          "two files are called \(name)",
          whatToDo: "Give one a name of its own: they go to one folder."
        ))
    }
    let lead = maps.first.flatMap { path in
      problems.catching { () throws(Problem) in try MapGrid.read(path) }
    }
    let particles = readParticles(&problems)
    try problems.throwIfAny()
    if let lead, let first = maps.first {
      // Before a search that takes its time: every map is of the first one's box.
      for path in maps.dropFirst() {
        problems.catching { () throws(Problem) in
          _ = try lead.grid.readLike(path, reference: first)
        }
      }
    }
    try problems.throwIfAny()
    var plan = FramePlan(recipe: self, lead: lead?.map, grid: lead?.grid, particles: particles)
    let schedule = scheduler(threads: threads)
    if let onto, let lead {
      let target = try Self.target(onto, like: lead.map)
      let found = MapAlignment(of: lead.map, onto: target, schedule) { progress("search", $0) }
      (plan.change, plan.correlation) = (found.change, found.correlation)
    } else if let symmetry, let lead {
      let found = SymmetryAxes(of: lead.map, group: symmetry, schedule) { progress("search", $0) }
      (plan.change, plan.correlation) = (found.change, found.correlation)
    } else {
      plan.change = FrameChange(rotation: turn, centre: try centre(lead?.grid))
    }
    return plan
  }

  private func readParticles(_ problems: inout ProblemList) -> ParticleFile? {
    guard let particles else { return nil }
    return problems.catchingAll { () throws(Problems) in
      try ParticleFile.read(
        path: particles, resolvingImages: false, needsCTF: defocusSign != nil)
    }
  }

  /// The map to lie on, sampled as the one that is moved.
  private static func target(_ path: String, like map: Volume) throws(Problem) -> Volume {
    let target = try Volume(readingCubic: path, padsOddBoxes: true)
    guard !target.sampling.isLike(map.sampling) else { return target }
    return target.resampled(toPixelSize: map.pixelSize, size: map.size)
  }

  /// The new centre, Å from the box centre.
  private func centre(_ grid: MapGrid?) throws(Problem) -> Vector3 {
    switch centre {
    case nil: return .zero
    case .point(let point): return point
    case .voxel(let voxel):
      guard let grid else { return .zero }
      return (voxel - Vector3(repeating: Double(grid.fileSize / 2))) * grid.pixelSize
    case .mask(let path):
      let mask =
        if let grid, let first = maps.first {
          try grid.readLike(path, reference: first)
        } else {
          try Volume(readingCubic: path, padsOddBoxes: true)
        }
      guard let centre = mask.centreOfMass else {
        throw Problem("\(path): the mask is empty", whatToDo: "Give a mask of a part of the map.")
      }
      return centre
    }
  }
}
