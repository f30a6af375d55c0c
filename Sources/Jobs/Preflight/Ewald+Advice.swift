import CryoEM
import Ground
import Refinement

/// Says what the curvature of the Ewald sphere is worth at the resolution of the half-maps: of bodies
/// thicker than d²/(2λ).
func adviseEwald(
  _ settings: RefinementSettings, mask: Volume, optics: [OpticsGroup], resolution: Double?,
  findings: inout FindingList
) {
  guard settings.correctCTF, let resolution, resolution.isFinite,
    let wavelength = optics.map(\.wavelength).max(), let thickness = MaskThickness(mask),
    thickness.diameter > resolution * resolution / (2 * wavelength)
  else { return }
  let key = Parameter.reconstruction.ewald
  let kept = thickness.keptAmplitude(resolution: resolution, wavelength: wavelength)
  let what =
    "at \(Format.rounded(resolution, digits: 3)) Å a mask \(Int(thickness.diameter.rounded())) Å thick "
    + "keeps \(Int((100 * kept).rounded()))% of its amplitude in a reconstruction from planes"
  let isKnown = settings.bodyDefocus != .off
  switch settings.ewald {
  case .off:
    findings.warning(
      [key.key], "\(key) = off: \(what)",
      "Set \(key) = on or, for data of the other hand, inverted: the better FSC is the right one.")
  case .auto:
    findings.note(
      "Ewald sphere: \(what); "
        + (isKnown
          ? "where the run knows the hand of the data by the body's defocus, the last reconstruction "
            + "takes the sphere."
          : "\(Parameter.ctf.bodyDefocus) = off leaves the hand of the data unknown: set \(key) = on, "
            + "or inverted, to take the sphere."))
  case .on, .inverted:
    findings.note("Ewald sphere: \(what); the last reconstruction takes the sphere.")
  }
}
