import CryoEM
import EMFiles
import Glibc

/// How well one image alone can know a particle's pose: what its half-maps say before any image is read.
///
/// A Fourier voxel of a half-map of n particles in shell s averages n / 2s of their pixels, so that a
/// pixel's own signal-to-noise ratio inside a mask that holds the share f of the box is
/// q = FSC / (1 − FSC) · f · 2s / n. The Fisher information of a shift along an axis is
/// Σ 2πs q · (2π/L)² s²/2 over the shells, L the box in Å. A rotation about the viewing direction moves
/// points by two thirds of the squared rms radius ρ, one about an axis in the plane by a third: the
/// mean variance is 5/2 of a shift's over ρ². The log likelihood of the true pose against none is
/// Σ πs q.
/// Consensus maps blur what moves: the estimate is careful.
struct ExpectedPoses: Sendable, Equatable {
  /// Standard deviation of a rotation about an axis, radians, and of a shift along an axis, Å.
  var rotation: Double
  var shift: Double
  /// Expected log likelihood ratio of the true pose over an empty image.
  var logLikelihood: Double

  /// Nil where the half-maps show nothing inside the mask.
  init?(halfMaps: (a: Volume, b: Volume), mask: Volume, particles: Int) {
    let map = 0.5 * (halfMaps.a + halfMaps.b)
    guard particles > 1, let centre = mask.centreOfMass,
      let radius = radiusOfGyration(of: map, within: mask, about: centre)
    else { return nil }
    let fsc = fourierShellCorrelation(halfMaps.a, halfMaps.b, mask: mask)
    let share =
      mask.voxels.reduce(0.0) { $0 + Double($1 * $1) } / Double(mask.voxels.count)
    let edge = Double(mask.size) * mask.pixelSize
    var (information, likelihood) = (0.0, 0.0)
    for shell in fsc.indices.dropFirst() {
      guard fsc[shell] > 0.143 else { break }
      let value = min(fsc[shell], 0.999)
      let s = Double(shell)
      let ratio = value / (1 - value) * share * 2 * s / (0.5 * Double(particles))
      information += 2 * .pi * s * ratio * pow(2 * .pi / edge, 2) * s * s / 2
      likelihood += .pi * s * ratio
    }
    guard information > 0 else { return nil }
    shift = 1 / information.squareRoot()
    rotation = 2.5.squareRoot() * shift / radius
    logLikelihood = likelihood
  }

  /// ln of the number of distinguishable poses within extents, or within a prior where that is
  /// narrower: the volume over that of one posterior.
  func logHypotheses(_ settings: RefinementSettings) -> Double {
    /// ln (volume of a ball of the radius in so many dimensions / volume of the posterior).
    func ratio(_ extent: Double, _ prior: Double?, _ width: Double, dimensions: Double) -> Double {
      guard extent > 0 else { return 0 }
      let gaussian = dimensions / 2 * log(2 * Double.pi)
      let ball = dimensions == 3 ? log(4 * Double.pi / 3) : log(Double.pi)
      let wide = ball + dimensions * log(extent)
      let soft = prior.map { gaussian + dimensions * log($0) } ?? .infinity
      return max(0, min(wide, soft) - gaussian - dimensions * log(width))
    }
    let isPriorOn = settings.priorEnabled
    return ratio(
      settings.rotationExtent, isPriorOn ? settings.priorRotation : nil, rotation, dimensions: 3)
      + ratio(settings.shiftExtent, isPriorOn ? settings.priorShift : nil, shift, dimensions: 2)
  }

  /// Says what is expected, and advises where the search is wider than that supports.
  func advise(_ settings: RefinementSettings, _ findings: inout FindingList) {
    func rounded(_ value: Double, _ places: Double = 10) -> String {
      ParameterValue.shortest((value * places).rounded() / places)
    }
    let (search, enabled) = (Parameter.search, Parameter.prior.enabled)
    let known = "\(rounded(degrees(rotation))) degrees and \(rounded(shift)) Å"
    findings.note("One image alone should know its pose to about \(known).")
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

/// Rms distance of the positive density inside a mask from a point, Å; nil without density.
func radiusOfGyration(of map: Volume, within mask: Volume, about centre: Vector3) -> Double? {
  var (sum, weight) = (0.0, 0.0)
  map.forEachVoxel { index, position in
    let density = Double(max(map.voxels[index] * mask.voxels[index], 0))
    let d = position - centre
    sum += density * (d * d).sum()
    weight += density
  }
  return weight > 0 && sum > 0 ? (sum / weight).squareRoot() : nil
}
