import CryoEM
import Fourier
import Particles

/// What changes from iteration to iteration: a value that a checkpoint can hold.
struct RefinementState: Sendable, Codable {
  /// Number of iterations done.
  var iteration = 0
  /// Where each particle started, relative to its window.
  var start: [Alignment]
  /// Where each particle is.
  var poses: [Alignment]
  /// What is known of each pose.
  var posteriors: [PosePosterior]
  /// How the body of each half moves, where that is learnt; empty before.
  var motions: [MotionModel] = []
  /// Scale of each particle; 1 unless it is estimated.
  var scales: [Float]
  /// Noise relative to that of packing, per half-set and optics group, per shell of the window.
  var noiseFactors: [[Double]]
  /// How that depends on direction, per half-set and optics group; empty unless noise is coloured.
  var noiseDirections: [NoiseDirections] = []
  /// Grey scale of each half's reference in its images.
  var greyscale: [Double]
  /// Band of the next search, shell of the window, and the share with which its last shell counts.
  var band: Int
  var edge = 1.0
  /// What the height of the body does to its defocus, and how that is known.
  var bodyDefocus = BodyDefocusFinding()
  /// What the images say of each particle's own defocus; empty as long as that is not refined.
  var defocusChanges: [DefocusChange] = []
  /// The band at which they were last asked, shell of the window.
  var defocusBand = 0
  /// What of the density in the mask moves with the body.
  var movingShare = MovingShare.all
  /// Whether a map was fine enough for a dynamic mask: from then on every mask is made of the map.
  var isMaskDynamic = false
}

/// What does not change during a run, apart from the settings that a user may change between
/// iterations.
struct RunContext: Sendable {
  var settings: RefinementSettings
  let particles: ParticleSet
  /// Those whose images this process holds.
  let shard: Shard
  let geometry: Geometry
  let points: SamplingPoints
  var images: PackedImages
  /// What fixes the quanta of each half-set's sums.
  var magnitudes: [ImageMagnitudes]
  /// Window centres, pixels from the image centre.
  let windowCentres: [SIMD2<Int32>]
  /// Noise variance per shell of the box at packing.
  let survey: Survey
  /// Particles whose images were found bad before the iterations; no pass uses them.
  var skipped: Set<Int>
  /// The bad images, those that later passes find among them.
  let bad: BadImages
  /// Share of the noise's power that the images' soft window leaves in the particles' windows.
  let noiseShare: Double
  /// Fold of each particle in its half-set.
  let folds: [Int32]
  /// How slices of references are read, and how images are inserted between iterations.
  let interpolation: Interpolation
  var insertion: Interpolation
  /// rms radius of the masked density about the centre, pixels.
  let gyration: Double
  let control: RefinementControl
  /// Where the body and the rest are.
  let centres: BodyCentres
  /// What packs the images, with the bodies that move beside this one; nil for a body that is alone.
  var beside: ImagePacker?

  /// Folds per half.
  var foldCount: Int { max(1, settings.referenceFolds) }

  /// Where a particle's half and fold stand in arrays [half · folds + fold].
  func foldSlot(of particle: Int) -> Int {
    particles.halfSets[particle].rawValue * foldCount + Int(folds[particle])
  }

  /// The images of the body alone.
  var bodyImages: BodyImages {
    BodyImages(packed: images, packer: beside, windowCentres: windowCentres)
  }

  /// How many times larger than the packed data those without the neighbours may be.
  var dataRoom: Double { beside == nil ? 1 : 4 }

  /// Magnification of a particle's optics group, where it is used.
  func magnification(of particle: Int) -> Magnification {
    particles.magnification(of: particle, isUsed: settings.useAnisotropicMagnification)
  }

  /// The last shell of the references' grid that holds more than tails of the interpolation's kernel
  /// where images are inserted up to a shell of a geometry's window.
  func filledShell(of geometry: Geometry, upTo shell: Int) -> Int {
    geometry.filledShell(
      upTo: shell,
      shrinkage: particles.shrinkage(isUsed: settings.useAnisotropicMagnification))
  }

  /// Pixels' factors for each noise slot up to a band, whose last shell counts by a share.
  func factors(_ state: RefinementState, band: Int, edge: Double = 1) -> [FFTBuffer<Float>] {
    state.noiseFactors.indices.map { slot in
      var perShell = state.noiseFactors[slot].map { $0 > 0 ? 1 / $0 : 0 }
      if edge < 1 { perShell[band] *= edge }
      guard slot < state.noiseDirections.count else {
        return points.factors(perShell: perShell, band: band)
      }
      return points.factors(
        perShell: perShell, directions: state.noiseDirections[slot], band: band)
    }
  }

  /// The quanta of the sums of each half-set in an iteration: its own, so that the halves stay
  /// independent to the last digit.
  ///
  /// - Parameter factors: of the noise slots' pixels up to the band.
  func quanta(
    _ state: RefinementState, factors: [FFTBuffer<Float>], band: Int
  ) -> [ExactSums.Quanta] {
    HalfSet.allCases.map { half in
      magnitudes[half.rawValue].packed.quanta(
        factors: largest(factors[particles.slots(of: half)], band: band),
        scale: largestScale(state, in: half)
      ).withDataRoom(dataRoom)
    }
  }

  /// The largest factor of each shell.
  private func largest(_ factors: ArraySlice<FFTBuffer<Float>>, band: Int) -> [Double] {
    var largest = [Double](repeating: 0, count: band + 1)
    for factor in factors {
      var index = 0
      for shell in 1...band {
        while index < points.shellEnds[shell] {
          largest[shell] = max(largest[shell], Double(factor.pointer[index]))
          index += 1
        }
      }
    }
    return largest
  }

  /// The largest scale of a particle of a half-set.
  func largestScale(_ state: RefinementState, in half: HalfSet) -> Double {
    zip(state.scales, particles.halfSets).reduce(0) {
      $1.1 == half ? max($0, Double(abs($1.0))) : $0
    }
  }

  /// The pose of a particle in its whole image.
  func pose(_ alignment: Alignment, of particle: Int) -> Pose {
    let centre = Vector2(
      Double(windowCentres[particle].x), Double(windowCentres[particle].y))
    let position = alignment.position + centre * geometry.pixelSize
    let projected = magnification(of: particle)
      .position(of: alignment.rotation.projected(geometry.centre))
    return Pose(rotation: alignment.rotation, origin: projected - position)
  }

  /// The poses of all particles in their whole images; exactly the input's where nothing moved.
  func poses(_ state: RefinementState) -> [Pose] {
    state.poses.indices.map {
      state.poses[$0] == state.start[$0] ? particles.poses[$0] : pose(state.poses[$0], of: $0)
    }
  }

  /// The defocus of body and rest where the body's height has a sign, or the particles' own is refined; nil
  /// where both are at that of the input.
  func bodyDefocus(
    sign: Int, at poses: [Pose], changes: [DefocusChange]
  ) -> BodyDefocus? {
    .known(sign: sign, centres: centres, start: particles.poses, now: poses, changes: changes)
  }

  /// The same at the last poses, with what was found of the particles' own.
  ///
  /// - Parameter sign: nil for that which was found.
  func bodyDefocus(_ state: RefinementState, sign: Int? = nil) -> BodyDefocus? {
    bodyDefocus(
      sign: sign ?? state.bodyDefocus.sign, at: poses(state), changes: state.defocusChanges)
  }

  /// A pose relative to the particle's window.
  func alignment(_ pose: Pose, of particle: Int) -> Alignment {
    Alignment(
      pose, windowCentre: windowCentres[particle], geometry: geometry,
      magnification: magnification(of: particle))
  }

  /// The prior and extents of a particle.
  func prior(of particle: Int, _ state: RefinementState) -> PosePrior {
    let start = state.start[particle]
    var prior = PosePrior(
      centre: start, fulcrum: geometry.fulcrum - geometry.centre,
      rotationExtent: settings.rotationExtent, shiftExtent: settings.shiftExtent,
      magnification: magnification(of: particle))
    let now = state.poses[particle]
    if settings.recenterRotations {
      let held = prior.fulcrumPosition(prior.centre)
      prior.centre.rotation = now.rotation
      prior.centre.position = held - prior.projectedFulcrum(now.rotation)
    }
    if settings.recenterShifts {
      prior.centre.position += prior.fulcrumPosition(now) - prior.fulcrumPosition(prior.centre)
    }
    if settings.learnsMotion, !state.motions.isEmpty {
      // How far the body has moved counts from where it came, whatever the extents are about.
      prior.gaussian = state.motions[particles.halfSets[particle].rawValue]
        .gaussian(seenBy: view(of: particle, state))
    } else if settings.priorEnabled {
      prior.start = prior.centre
      prior.gaussian = PoseGaussian(
        rotationPrecision: 1 / (settings.priorRotation * settings.priorRotation),
        shiftPrecision: 1 / (settings.priorShift * settings.priorShift))
    }
    return prior
  }

  /// How a particle's image shows the motion of the body from its start.
  func view(of particle: Int, _ state: RefinementState) -> MotionView {
    MotionView(
      start: state.start[particle].rotation, magnification: magnification(of: particle))
  }

  /// Standard deviation of where a particle's fulcrum appears, along an axis, Å.
  func shiftDeviation(of particle: Int, _ state: RefinementState) -> Double {
    let moves = prior(of: particle, state).shiftDerivatives(at: state.poses[particle])
    return state.posteriors[particle].shiftDeviation(moves)
  }
}
