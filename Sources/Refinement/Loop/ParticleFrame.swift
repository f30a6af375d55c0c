import CKernels
import CryoEM
import Fourier
import Particles

/// The particles and the body as they lie in the windows of the images.
struct ParticleFrame: Sendable {
  let particles: ParticleSet
  let geometry: Geometry
  /// Window centres, pixels from the image centre.
  let windowCentres: [SIMD2<Int32>]
  /// Whether anisotropic magnifications are taken from the optics groups.
  let usesMagnification: Bool
  /// Fold of each particle in its half-set, and folds a half.
  let folds: [Int32]
  let foldCount: Int
  /// Where the body and the rest are.
  let centres: BodyCentres
  /// rms radius of the masked density about the centre, pixels.
  let gyration: Double

  /// Where a particle's half and fold stand in arrays [half · folds + fold].
  func foldSlot(of particle: Int) -> Int {
    particles.halfSets[particle].rawValue * foldCount + Int(folds[particle])
  }

  /// Magnification of a particle's optics group, where it is used.
  func magnification(of particle: Int) -> Magnification {
    particles.magnification(of: particle, isUsed: usesMagnification)
  }

  /// The last shell of the references' grid that holds more than tails of the interpolation's kernel
  /// where images are inserted up to a shell of a geometry's window.
  func filledShell(of geometry: Geometry, upTo shell: Int) -> Int {
    geometry.filledShell(upTo: shell, shrinkage: particles.shrinkage(isUsed: usesMagnification))
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

  /// A pose relative to the particle's window.
  func alignment(_ pose: Pose, of particle: Int) -> Alignment {
    Alignment(
      pose, windowCentre: windowCentres[particle], geometry: geometry,
      magnification: magnification(of: particle))
  }

  /// How a particle's image shows the motion of the body from its start.
  func view(of particle: Int, _ state: RefinementState) -> MotionView {
    MotionView(
      start: state.start[particle].rotation, magnification: magnification(of: particle))
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
}
