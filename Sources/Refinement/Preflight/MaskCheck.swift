import CryoEM
import EMFiles

/// The advice of the field about a mask in the particles' box.
struct MaskCheck {
  let path: String
  let mask: Volume

  private static let keys = [Parameter.input.mask.key]

  /// Advice that depends on the resolution (Å) that is expected; nil where it is unknown.
  func advise(resolution: Double?, findings: inout FindingList) {
    let report = MaskReport(of: mask)
    let expected = resolution ?? 2 * mask.pixelSize
    let softness = MaskReport.advisedSoftness(
      resolution: expected, pixelSize: mask.pixelSize)
    if report.isBinary {
      findings.warning(
        Self.keys,
        "\(path): the mask is binary, it has no soft edge",
        "Give it a soft edge of about \(Int(softness.rounded(.up))) voxels (relion_mask_create "
          + "--width_soft_edge): a hard one over-fits.")
    } else if report.softness < 0.9 * softness {
      findings.warning(
        Self.keys,
        "\(path): the mask's soft edge is \(rounded(report.softness)) voxels wide",
        "Advised are \(Int(softness.rounded(.up))) or more: five times the resolution of "
          + "\(rounded(expected)) Å.")
    }
    if report.enclosedMass < MaskReport.advisedMass {
      findings.warning(
        Self.keys,
        "\(path): the mask encloses about \(Int(report.enclosedMass)) kDa",
        "Under \(Int(MaskReport.advisedMass)) kDa poses are hard to find: use the prior, and look "
          + "for streaks and shells in the map.")
    }
    if report.touchesSphere {
      findings.warning(
        Self.keys,
        "\(path): the mask reaches the edge of the sphere in the box",
        "Density there is outside the images at some orientations: use a larger box.")
    }
    findings.note(
      "Mask: \(Int(report.diameter.rounded())) Å across, about \(Int(report.enclosedMass)) kDa, "
        + "edge \(rounded(report.softness)) voxels.")
  }

  private func rounded(_ value: Double) -> String {
    ParameterValue.shortest((value * 100).rounded() / 100)
  }
}
