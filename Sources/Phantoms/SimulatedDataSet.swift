import CryoEM
import EMFiles
import Ground
import Jobs
import Refinement

/// A simulated data set on disk: particles with the poses of a consensus refinement, the consensus
/// half-maps, and a job file that refines it. Of two bodies the mask of the one that moves, its true poses
/// and density; of three the masks and true poses of all, which the job refines as regions.
public struct SimulatedDataSet: Sendable {
  /// What is simulated.
  public let simulation: Simulation
  /// The folder, which must exist.
  public let folder: String
  /// The name of the job: that of the folder.
  public let name: String
  /// How stack and maps are stored; `.float16` halves their size and is exact enough for images.
  public let mode: MRCMode

  public init(_ simulation: Simulation, folder: String, name: String, mode: MRCMode = .float16) {
    self.simulation = simulation
    self.folder = folder
    self.name = name
    self.mode = mode
  }

  static let stackName = "particles.mrcs"

  /// Writes the set; the half-maps are reconstructed from its images at the starting poses.
  public func write(events: @escaping @Sendable (RefinementEvent) -> Void = { _ in }) throws {
    try writeParticles(events)
    try writeStar(
      poses: simulation.startPoses, defoci: simulation.startDefoci, to: path("start.star"))
    for body in bodies {
      try writeStar(
        poses: body.poses, defoci: simulation.defoci, to: path(body.file("truth") + ".star"))
      try write(mask(of: body), to: path(body.file("mask") + ".mrc"))
      try write(simulation.map(of: body.phantom), to: path(body.file("body") + ".mrc"))
    }
    let halves = try consensusHalfMaps(events)
    try write(halves.a, to: path("half_map_a.mrc"))
    try write(halves.b, to: path("half_map_b.mrc"))
    try AtomicFile.write(job.toml(complete: false), to: path(name + ".toml"))
  }

  /// A body that is refined.
  private struct Body {
    /// What it is called among several.
    var name: String?
    var phantom: Phantom
    /// Which of the arms it is; nil for the large body.
    var arm: Int?
    var poses: [Pose]

    /// The name of a file that is about the body.
    func file(_ kind: String) -> String { name.map { kind + "_" + $0 } ?? kind }
  }

  /// The bodies whose poses are looked for.
  private var bodies: [Body] {
    let (phantom, poses) = (simulation.phantom, simulation.armPoses)
    guard phantom.arms.count > 1 else {
      return [Body(phantom: phantom.small, arm: 0, poses: poses[0])]
    }
    let trunk = Body(name: "trunk", phantom: phantom.large, poses: simulation.largePoses)
    return [trunk]
      + zip(["head", "arm"], phantom.arms.indices).map { name, arm in
        Body(name: name, phantom: phantom.arms[arm].body, arm: arm, poses: poses[arm])
      }
  }

  private func mask(of body: Body) -> Volume {
    // A belt hangs about the first arm.
    body.arm == 0 ? simulation.smallMask : simulation.mask(of: body.phantom)
  }

  private func writeParticles(_ events: (RefinementEvent) -> Void) throws(Problem) {
    let settings = simulation.settings
    let stack = try MRCStackWriter(
      path: path(Self.stackName), width: settings.boxSize, height: settings.boxSize,
      pixelSize: settings.pixelSize, mode: mode)
    for particle in 0..<settings.count {
      try stack.append(simulation.image(of: particle))
      events(.progress(.packing, done: particle + 1, total: settings.count))
    }
    try stack.finish()
  }

  /// The half-maps of the images at the starting poses.
  private func consensusHalfMaps(
    _ events: @escaping @Sendable (RefinementEvent) -> Void
  ) throws -> (a: Volume, b: Volume) {
    let particles = simulation.particleSet(stack: path(Self.stackName))
    events(.stage(.reconstruction, iteration: 0))
    var made = try DirectReconstruction(
      settings: Self.reconstruction(on: .current), particles: particles,
      images: try StackSource(particles: particles, paths: particles.stacks), tell: events
    ) { step, share in
      guard step == .inserting else { return }
      let count = particles.count
      events(.progress(.reconstruction, done: Int(share * Double(count)), total: count))
    }
    return made.takeHalfMaps()
  }

  /// The settings of the reconstruction on a machine.
  static func reconstruction(on machine: Machine) -> RefinementSettings {
    var settings = RefinementSettings()
    settings.threads = machine.cores
    settings.memoryLimit = machine.plannedMemory
    return settings
  }

  /// The job that refines what moves: the one body, or all of three as regions.
  public var job: Job {
    var job = Job(name: name, folder: folder)
    job[Parameter.input.particles] = ["start.star"]
    job[Parameter.input.halfMapA] = "half_map_a.mrc"
    job[Parameter.input.halfMapB] = "half_map_b.mrc"
    job[Parameter.prior.enabled] = true
    job[Parameter.prior.rotationDeviation] = rounded(degrees(simulation.settings.motionAngle))
    job[Parameter.prior.shiftDeviation] = rounded(max(2, 1.5 * simulation.settings.motionShift))
    // What is outside of the masks is most of the signal: it is projected away.
    job[Parameter.refinement.subtractOutside] = true
    guard simulation.settings.isThreefold else {
      job[Parameter.input.mask] = "mask.mrc"
      return job
    }
    job.regions = bodies.enumerated().map { index, body in
      var region = JobRegion(name: body.name ?? "body")
      region[Parameter.input.mask] = body.file("mask") + ".mrc"
      if index == 0 {
        // The consensus follows the trunk: only its errors are left.
        region[Parameter.prior.rotationDeviation] = rounded(
          degrees(simulation.settings.errorAngle))
        region[Parameter.prior.shiftDeviation] = rounded(simulation.settings.errorShift)
      }
      return region
    }
    return job
  }

  private func rounded(_ value: Double) -> Double { max(0.5, (value * 2).rounded() / 2) }

  private func path(_ name: String) -> String { folder + "/" + name }

  private func write(_ map: Volume, to path: String) throws(Problem) {
    try MRCVolume.write(
      map.voxels, size: SIMD3(repeating: map.size), voxelSize: map.pixelSize, mode: mode, to: path)
  }

  private func writeStar(
    poses: [Pose], defoci: [Defocus], to path: String
  ) throws(Problem) {
    try STARFile.write([opticsTable, particleTable(poses, defoci)], to: path)
  }

  private var opticsTable: NewSTARTable {
    let optics = simulation.optics
    return NewSTARTable(
      blockName: "optics",
      columns: [
        ("rlnOpticsGroup", .integers(Array(1...optics.count))),
        ("rlnOpticsGroupName", .texts(optics.indices.map { "opticsGroup\($0 + 1)" })),
        ("rlnVoltage", .numbers(optics.map(\.voltage))),
        ("rlnSphericalAberration", .numbers(optics.map(\.sphericalAberration))),
        ("rlnAmplitudeContrast", .numbers(optics.map(\.amplitudeContrast))),
        ("rlnImagePixelSize", .numbers(optics.map(\.pixelSize))),
        ("rlnImageSize", .integers(optics.map(\.imageSize))),
        ("rlnImageDimensionality", .integers(optics.map { _ in 2 })),
      ])
  }

  private func particleTable(_ poses: [Pose], _ defoci: [Defocus]) -> NewSTARTable {
    let angles = poses.map(\.rotation.eulerAngles)
    return NewSTARTable(
      blockName: "particles",
      columns: [
        ("rlnImageName", .texts(poses.indices.map { imageName($0) })),
        ("rlnOpticsGroup", .integers(simulation.opticsIndices.map { Int($0) + 1 })),
        ("rlnAngleRot", .numbers(angles.map(\.rot))),
        ("rlnAngleTilt", .numbers(angles.map(\.tilt))),
        ("rlnAnglePsi", .numbers(angles.map(\.psi))),
        ("rlnOriginXAngst", .numbers(poses.map(\.origin.x))),
        ("rlnOriginYAngst", .numbers(poses.map(\.origin.y))),
        ("rlnDefocusU", .numbers(defoci.map(\.u))),
        ("rlnDefocusV", .numbers(defoci.map(\.v))),
        ("rlnDefocusAngle", .numbers(defoci.map { degrees($0.angle) })),
        ("rlnCtfBfactor", .numbers(defoci.map(\.bFactor))),
        ("rlnRandomSubset", .integers(simulation.halfSets.map { $0.rawValue + 1 })),
      ])
  }

  private func imageName(_ index: Int) -> String {
    let number = String(index + 1)
    return String(repeating: "0", count: max(0, 6 - number.count)) + number + "@" + Self.stackName
  }
}
