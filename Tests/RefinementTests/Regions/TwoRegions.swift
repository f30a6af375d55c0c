import CryoEM
import Fourier
import Particles
import Phantoms
import TestSupport

@testable import Ground
@testable import Refinement

/// Both bodies of a simulated set as regions of one refinement.
struct TwoRegions {
  var set: TwoBodyRefinement

  init(
    count: Int = 60, box: Int = 24, pixelSize: Double = 8, signalToNoise: Double? = 4,
    motion: Double = 12, optics: [OpticsGroup] = []
  ) {
    set = TwoBodyRefinement(
      count: count, box: box, pixelSize: pixelSize, signalToNoise: signalToNoise, optics: optics,
      motion: motion)
  }

  init(of set: TwoBodyRefinement) { self.set = set }

  /// The small body and the large one.
  var inputs: [RefinementInput] {
    let (simulation, small) = (set.simulation, set.input)
    var large = small
    large.mask = simulation.mask(of: simulation.phantom.large)
    large.fulcrum = simulation.phantom.large.centreOfMass
    large.settings.priorRotation = radians(2)
    return [small, large]
  }

  func refined(
    control: RefinementControl = RefinementControl(), checkpoints: (any CheckpointStore)? = nil,
    events: @escaping @Sendable (Int, RefinementEvent) -> Void = { _, _ in }
  ) throws -> [RefinementResult] {
    try refine(regions: inputs, control: control, checkpoints: checkpoints, events: events)
  }

  /// A refinement of both before its first round.
  func refiner() throws -> Refiner {
    let inputs = inputs.map { $0.asRegion }
    return try Refiner(
      inputs, shard: Shard(of: inputs[0].particles.count), control: RefinementControl()
    ) { _, _ in }
  }

  /// The pixels of a particle's image with one body alone, without noise.
  ///
  /// - Parameter change: of the particle's defocus for the body, Å; flips and products are by the particle's own.
  func image(of body: Phantom, at pose: Pose, particle: Int, change: Double = 0) -> [Float] {
    let settings = set.simulation.settings
    var transform = PhantomProjector(
      body, boxSize: settings.boxSize, pixelSize: settings.pixelSize
    ).transform(at: pose)
    let optics = set.simulation.optics[Int(set.simulation.opticsIndices[particle])]
    var plain = optics
    plain.isPhaseFlipped = false
    let own = set.simulation.defoci[particle]
    var changed = own
    changed.u += change
    changed.v += change
    let ctf = ContrastTransferFunction(optics: plain, defocus: own)
    let bodyCTF = ContrastTransferFunction(optics: plain, defocus: changed)
    let box = settings.boxSize
    for index in transform.indices {
      let (x, row) = (index % (box / 2 + 1), index / (box / 2 + 1))
      let k =
        Vector2(Double(x), Double(signedFrequency(row, size: box)))
        / (Double(box) * settings.pixelSize)
      let value = Float(ctf.value(at: k))
      transform[index] *= Float(bodyCTF.value(at: k))
      if optics.isPhaseFlipped, value < 0 { transform[index] *= -1 }
      if optics.isPremultiplied { transform[index] *= value }
    }
    return PhantomProjector.image(of: transform, boxSize: box)
  }

  func expectSame(_ a: [RefinementResult], _ b: [RefinementResult]) -> Bool {
    zip(a, b).allSatisfy {
      $0.poses == $1.poses && $0.halfMapA == $1.halfMapA && $0.halfMapB == $1.halfMapB
        && $0.sharpened == $1.sharpened && $0.rotationDeviations == $1.rotationDeviations
        && $0.fsc == $1.fsc && $0.badImages == $1.badImages
    } && a.count == b.count
  }
}
