import CryoEM
import Ground

/// The curvature of the Ewald sphere in the last reconstruction.
extension Body {
  /// What of an amplitude may be lost to planes before `auto` takes the sphere.
  private static let worthwhile = 0.01

  /// The curvature where it is wanted; nil for planes. `auto` takes the hand that the run knows of the
  /// body's defocus, where planes would lose a hundredth of the amplitude or more at the resolution of
  /// the last iteration. Says what is done.
  func ewaldCurvature() -> EwaldCurvature? {
    let settings = context.settings
    guard settings.correctCTF, settings.ewald != .off,
      let resolution = loop.metrics.last?.fsc.resolution143,
      let thickness = MaskThickness(input.mask)
    else { return nil }
    let kept = thickness.keptAmplitude(
      resolution: resolution, wavelength: frame.particles.longestWavelength)
    var sign = settings.ewald == .on ? 1 : settings.ewald == .inverted ? -1 : 0
    if settings.ewald == .auto, 1 - kept >= Self.worthwhile { sign = state.bodyDefocus.sign }
    guard sign != 0 else { return nil }
    events(
      .log(
        "Ewald sphere: at \(Format.rounded(resolution, digits: 3)) Å planes keep "
          + "\(Format.shortest((1000 * kept).rounded() / 10))% of the amplitude of a mask of "
          + "\(Int(thickness.diameter.rounded())) Å; the last reconstruction takes the sphere, "
          + (sign > 0 ? "on" : "inverted")))
    return EwaldCurvature(
      sign: sign, thickness: thickness, centres: frame.centres, particles: frame.particles,
      now: frame.poses(state), box: frame.geometry.box)
  }
}
