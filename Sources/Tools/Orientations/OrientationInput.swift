import CryoEM
import Ground
import Jobs
import Particles
import Runs

/// What `fulcrum orient` looks at: particles, and half-maps where there are some.
public struct OrientationInput: Sendable {
  /// Along what the particles are seen, in the frame of the reference.
  public let views: [Vector3]
  public let symmetry: PointGroup
  /// nil where none were named.
  public let pair: HalfMapPair?
  /// Of the pair.
  public let maskChoice: MeasuringMask.Choice
  /// Paths of everything that was read.
  public let paths: [String]

  /// Where half-maps are.
  public struct Maps: Sendable {
    public var a: String, b: String

    public init(a: String, b: String) { (self.a, self.b) = (a, b) }
  }

  /// - Parameters:
  ///   - path: a particle file, or the folder of a finished run, whose half-maps are taken unless others
  ///     are named.
  ///   - mask: of the half-maps, as `MeasuringMask.Choice` has it; nil for the run's.
  ///   - symmetry: nil for that of the run, or none.
  /// - Throws: everything that is wrong.
  public init(
    _ path: String, maps: Maps?, mask: String?, symmetry: String?
  ) throws(Problems) {
    var problems = ProblemList()
    var (particles, maps, mask, group) = (path, maps, mask, symmetry)
    let run = RunFolder(path)
    if run.exists {
      let files = run.finalFiles().map(\.path)
      func file(_ name: String) -> String? { files.first { FilePath.name(of: $0) == name } }
      guard let found = run.finalParticles else {
        throw Problems([
          Problem(
            "\(path): the run has no particles in final/",
            whatToDo: "Wait until it has finished, or name a particle file.")
        ])
      }
      particles = found
      if maps == nil, let a = file("half_map_a.mrc"), let b = file("half_map_b.mrc") {
        maps = Maps(a: a, b: b)
        mask = mask ?? file("mask_fsc.mrc")
      }
      group = group ?? (try? run.job())?[Parameter.refinement.symmetry]
    }
    let pointGroup = problems.catching { () throws(Problem) in try PointGroup(group ?? "C1") }
    let file = problems.catchingAll { () throws(Problems) in
      try ParticleFile.read(path: particles, resolvingImages: false, needsCTF: false)
    }
    maskChoice = MeasuringMask.Choice(mask)
    let choice = maskChoice
    let half = maps.flatMap { maps in
      problems.catchingAll { () throws(Problems) in
        try HalfMapPair(maps.a, maps.b, mask: choice.path)
      }
    }
    if let half, half.isOneMap {
      problems.add(
        Problem(
          "\(half.paths[0]) and \(half.paths[1]) are the same map",
          whatToDo: "Give the two half-maps of one refinement."))
    }
    try problems.throwIfAny()
    guard let file, let pointGroup else { throw Problems(problems.all) }
    views = file.particles.poses.map(\.rotation.row2)
    self.symmetry = pointGroup
    pair = half
    paths = file.files + (half?.paths ?? [])
  }
}
