import CryoEM
import Fourier
import Particles

/// Where a body is in its images, and how sharply and strongly it is seen there.
struct BodyPlacement: Sendable {
  let poses: [Alignment]
  let posteriors: [PosePosterior]
  /// Whether poses are averaged over what is known of them.
  let isMarginal: Bool
  /// rms radius of the body's density about its centre, Å.
  let gyration: Double
  /// Edge of the images, Å.
  let imageEdge: Double
  /// What is added to both values of each particle's defocus for the body, Å; nil where it is the input's.
  let defocus: [Double]?
  let halfSets: [HalfSet]
  private let particles: ParticleSet
  private let windowCentres: [SIMD2<Int32>]
  private let box: Int
  private let pixelSize: Double
  private let usesMagnification: Bool
  private let scales: [Float]
  private let greyscale: [Double]

  init(_ context: RunContext, _ state: RefinementState) {
    (poses, posteriors) = (state.poses, state.posteriors)
    (scales, greyscale) = (state.scales, state.greyscale)
    isMarginal = context.settings.marginalize
    particles = context.frame.particles
    halfSets = particles.halfSets
    windowCentres = context.frame.windowCentres
    (box, pixelSize) = (context.frame.geometry.box, context.frame.geometry.pixelSize)
    gyration = context.frame.gyration * context.frame.geometry.pixelSize
    imageEdge = Double(box) * pixelSize
    usesMagnification = context.settings.useAnisotropicMagnification
    defocus = context.frame.bodyDefocus(state)?.body
  }

  func magnification(of particle: Int) -> Magnification {
    particles.magnification(of: particle, isUsed: usesMagnification)
  }

  /// Scale of the density in a particle's image.
  func scale(of particle: Int) -> Float {
    Float(greyscale[halfSets[particle].rawValue]) * scales[particle]
  }

  /// φ/|k|² of the phase φ = π λ q² δ by which the body's CTF is ahead of one at another change of the
  /// particle's defocus, for k in samples of the images' transform; δ is the difference of the defoci.
  ///
  /// - Parameter change: of the particle's defocus, Å.
  func phasePerSquare(of particle: Int, against change: Double) -> Double {
    let group = particles.opticsGroup(of: particle)
    let edge = Double(box) * group.pixelSize
    return .pi * group.wavelength * ((defocus?[particle] ?? 0) - change) / (edge * edge)
  }

  /// Where the body's centre is, Å from the image's centre.
  func positionInImage(_ pose: Alignment, of particle: Int) -> Vector2 {
    let centre = windowCentres[particle]
    return pose.position + pixelSize * Vector2(Double(centre.x), Double(centre.y))
  }
}
