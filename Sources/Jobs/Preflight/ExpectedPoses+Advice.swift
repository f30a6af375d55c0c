import CryoEM
import Ground
import Refinement

extension ExpectedPoses {
  /// Says what is expected, and advises where the search is wider than that supports.
  func advise(_ settings: RefinementSettings, _ findings: inout FindingList) {
    func rounded(_ value: Double, _ places: Double = 10) -> String {
      Format.shortest((value * places).rounded() / places)
    }
    let (search, enabled) = (Parameter.search, Parameter.prior.enabled)
    let known = "\(rounded(degrees(medianAngle))) degrees and \(rounded(medianDistance)) Å"
    findings.note(
      "One image alone should know its pose to about \(known) (median errors, "
        + "less where the map becomes much finer).")
    guard settings.rotationExtent > 0 || settings.shiftExtent > 0 else { return }
    let extents =
      "search extents of \(rounded(degrees(settings.rotationExtent))) degrees and "
      + "\(rounded(settings.shiftExtent)) Å"
    if logHypotheses(settings) > logLikelihood {
      findings.warning(
        [search.rotationExtent.key, search.shiftExtent.key, enabled.key],
        "\(extents) are wider than the data can support: an image knows its pose to about \(known), "
          + "and noise will often score better than the truth",
        settings.priorEnabled
          ? "Use a narrower prior, or a larger mask."
          : "Set \(enabled) = true: standard deviations of 20 degrees and 10 Å for a body that "
            + "swings freely, 3 degrees and 2 Å to sharpen detail.")
    } else if !settings.priorEnabled,
      3 * rotation > settings.rotationExtent || rotation > radians(3)
    {
      findings.warning(
        [enabled.key],
        "an image knows its pose only to about \(known), and there is no prior",
        "Set \(enabled) = true, with the motion that you expect: about 20 degrees and 10 Å for a "
          + "body that swings freely, 3 degrees and 2 Å to sharpen detail.")
    }
  }
}
