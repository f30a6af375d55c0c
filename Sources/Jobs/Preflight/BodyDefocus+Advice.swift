import CryoEM
import Ground
import Refinement

/// Says what the defocus of the body's own height is worth at the resolution of the half-maps.
func adviseBodyDefocus(
  _ settings: RefinementSettings, mask: Volume, optics: [OpticsGroup], resolution: Double?,
  findings: inout FindingList
) {
  guard settings.correctCTF, let resolution, resolution.isFinite, let centre = mask.centreOfMass,
    let wavelength = optics.map(\.wavelength).max()
  else { return }
  let effect = BodyDefocusEffect(
    distance: (centre * centre).sum().squareRoot(), resolution: resolution, wavelength: wavelength)
  guard effect.isSeen else { return }
  let key = Parameter.ctf.bodyDefocus
  let what =
    "at \(Format.rounded(resolution, digits: 3)) Å the body, \(Int(effect.distance.rounded())) Å from "
    + "the centre, keeps \(Int((100 * effect.keptAmplitude).rounded()))% of its amplitude where it is "
    + "imaged at the particle's defocus"
  switch settings.bodyDefocus {
  case .off:
    findings.warning(
      [key.key], "\(key) = off: \(what)", "Set \(key) = auto, which finds the hand of the data.")
  case .auto: findings.note("Body defocus: \(what); the run finds the hand of the data.")
  case .on, .inverted: findings.note("Body defocus: \(what); its own height is used.")
  }
}
