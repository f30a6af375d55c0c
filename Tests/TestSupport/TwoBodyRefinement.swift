import CryoEM
import Particles
import Phantoms
import Refinement

/// A simulated two-body set with its truth, and refinements of its small body.
public struct TwoBodyRefinement {
  public let simulation: Simulation
  public var settings = RefinementSettings()
  /// The images, in the particles' order.
  public var pixels: [Float]
  public var particles: ParticleSet

  public init(
    count: Int = 160, box: Int = 48, pixelSize: Double = 4, signalToNoise: Double? = 4,
    optics: [OpticsGroup] = [], motion: Double = 12, beltMass: Double = 0, seed: UInt64 = 3,
    defocus: ClosedRange<Double> = 6_000...12_000, bodyDefocus: Int = 0,
    defocusError: Double = 0
  ) {
    var what = SimulationSettings()
    (what.count, what.boxSize, what.pixelSize) = (count, box, pixelSize)
    (what.signalToNoise, what.optics, what.seed) = (signalToNoise, optics, seed)
    what.motionAngle = radians(motion)
    what.beltMass = beltMass
    what.defocusRange = defocus
    what.bodyDefocus = bodyDefocus
    what.defocusError = defocusError
    simulation = Simulation(what)
    pixels = simulation.images(of: 0..<count)
    particles = simulation.particleSet(stack: "images")
    settings.initialResolution = 25
    settings.splitResolution = 40
    settings.priorEnabled = true
    (settings.priorRotation, settings.priorShift) = (radians(motion), 3)
    settings.maximumIterations = 4
    settings.dataSign = .as_is
    settings.threads = 2
  }

  public var input: RefinementInput {
    let halves = simulation.consensusHalfMaps(resolution: 20)
    return RefinementInput(
      settings: settings, particles: particles,
      images: ArraySource(boxSize: simulation.settings.boxSize, pixels: pixels),
      map: simulation.consensusMap, halfMaps: (halves[0], halves[1]),
      mask: simulation.smallMask, fulcrum: simulation.phantom.hinge)
  }

  public func refined(
    control: RefinementControl = RefinementControl(),
    events: @escaping @Sendable (RefinementEvent) -> Void = { _ in }
  ) throws -> RefinementResult {
    try refine(input, control: control, events: events)
  }

  /// Pixels of one image.
  public func range(of particle: Int) -> Range<Int> {
    let size = simulation.settings.boxSize * simulation.settings.boxSize
    return particle * size..<(particle + 1) * size
  }

  /// Median errors of poses of the small body: degrees, and Å at its centre.
  public func errors(
    of poses: [Pose], among members: [Int]? = nil
  ) -> (rotation: Double, shift: Double) {
    let centre = simulation.phantom.small.centreOfMass
    let chosen = members ?? Array(poses.indices)
    let motions = chosen.map { simulation.smallPoses[$0].motion(to: poses[$0], about: centre) }
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    return (median(motions.map { degrees($0.angle) }), median(motions.map(\.distance)))
  }
}
