import CryoEM
import Ground
import Jobs
import Refinement
import Report
import Runs

extension ReportedRun {
  /// What was done, as for the methods of a paper.
  var methods: String {
    [refined, searched, halves, measured, changed].joined()
  }

  /// Which particles were refined about what.
  private var refined: String {
    let build = manifest.commit.map { ", commit \($0.prefix(12))" } ?? ""
    var text =
      "Poses of \(manifest.part.counted(summary?.particles ?? manifest.particles)) "
      + "(box \(manifest.boxSize), \(Format.short(manifest.pixelSize)) Å per pixel) were refined "
      + "locally with Fulcrum \(manifest.version)\(build)"
    if let place = summary?.fulcrum, place.count == 3 {
      text +=
        ", about a fulcrum at (\(place.map { Format.fixed($0, 1) }.joined(separator: ", "))) Å from the "
        + "centre of the box"
    }
    if job?[Parameter.input.mask] != nil {
      text += ", inside a soft mask"
      if let mask = finalMap("mask.mrc").map({ MaskReport(of: $0) }), !mask.isEmpty {
        text +=
          " \(Format.fixed(mask.diameter, 0)) Å across that holds "
          + "\(Format.short(mask.enclosedMass)) kDa of protein"
      }
    }
    return text + "."
  }

  /// How far poses were searched.
  private var searched: String {
    guard let rotation = limits.rotation, let shift = limits.shift else { return "" }
    var text =
      " Rotations within ±\(Format.short(rotation))° and shifts within ±\(Format.short(shift)) Å of the "
      + "given poses were searched"
    if let priorRotation = limits.priorRotation, let priorShift = limits.priorShift {
      text +=
        ", with Gaussian priors of standard deviation \(Format.short(priorRotation))° about each axis "
        + "and \(Format.short(priorShift)) Å along each"
      if summary?.motion != nil {
        text += ", from which on the covariance of the motion was learnt from the particles"
      }
    }
    return text + "."
  }

  /// How it went.
  private var halves: String {
    let text = " Both halves of the particles were refined independently."
    guard let summary else { return text }
    let iterations = Format.counted(summary.iterations, "iteration")
    return text
      + (summary.converged
        ? " The refinement converged after \(iterations)."
        : " The refinement ended after \(iterations) without having converged.")
  }

  /// How far the half-maps agree.
  private var measured: String {
    guard let resolution, let last else { return "" }
    var text =
      " The Fourier shell correlation of the half-maps inside the mask, corrected for the mask by phase "
      + "randomisation, falls under 0.143 at \(Format.resolution(resolution))"
    if last.fsc.resolution50.isFinite {
      text += " and under 0.5 at \(Format.resolution(last.fsc.resolution50))"
    }
    if let resolutionBefore {
      text += "; at the given poses, measured alike, at \(Format.resolution(resolutionBefore))"
    }
    return text + "."
  }

  /// What became of the poses and the map.
  private var changed: String {
    guard let summary else { return "" }
    let skipped =
      summary.skipped > 0
      ? " \(Format.counted(summary.skipped, "image")) could not be used." : ""
    return " Poses changed by \(Format.fixed(summary.medianRotation, 2))° and "
      + "\(Format.fixed(summary.medianShift, 2)) Å in the median; "
      + "\(Format.percent(summary.shareAtLimit)) of the particles ended at a limit of the search."
      + skipped
      + " The final map was sharpened by a B factor of \(Format.fixed(summary.bFactor, 0)) Å²."
  }

  /// What is measured of a run, as a name and a text; an en dash where it is not known.
  var outcomes: [(name: String, text: String)] {
    func number(_ value: Double?, _ decimals: Int, _ unit: String = "") -> String {
      value.flatMap { $0.isFinite ? Format.fixed($0, decimals) + unit : nil } ?? "–"
    }
    let (last, summary) = (last, summary)
    return [
      ("Status", status.rawValue),
      ("Iterations", last.map { "\($0.poseIteration)" } ?? "–"),
      ("Resolution before", number(resolutionBefore, 2, " Å")),
      ("Resolution, FSC 0.143", number(resolution, 2, " Å")),
      ("Resolution, FSC 0.5", number(last?.fsc.resolution50, 2, " Å")),
      ("Particles", manifest.part.number(last?.particles ?? manifest.particles)),
      ("Turned, median", number(last?.rotationFromStart.median, 2, "°")),
      ("Turned, 95%", number(last?.rotationFromStart.percentile95, 2, "°")),
      ("Moved, median", number(last?.shiftFromStart.median, 2, " Å")),
      ("Moved, 95%", number(last?.shiftFromStart.percentile95, 2, " Å")),
      ("At a search limit", last.map { Format.percent($0.shareAtLimit) } ?? "–"),
      ("Posterior width", number(last?.posteriorRotation, 2, "°")),
      ("Posterior width, shift", number(last?.posteriorShift, 2, " Å")),
      ("B factor", number(summary?.bFactor, 0, " Å²")),
      ("SCF*", number(last?.views?.samplingCompensation ?? summary?.samplingCompensation, 2)),
      ("cFAR", number(last?.cones?.areaRatio ?? summary?.conicalAreaRatio, 2)),
      ("Time", Format.duration(manifest.duration)),
    ]
  }

  /// Parameters as rows, those that differ from their defaults or not.
  func parameters(changed: Bool) -> [[String]] {
    guard let job else { return [] }
    return Parameter.all.filter { job.isChanged($0.key) == changed }.compactMap { parameter in
      let value = job[parameter.key]?.text ?? job.value(of: parameter)?.text
      if !changed, value == nil, parameter.defaultText.isEmpty { return nil }
      return [
        parameter.title, value ?? parameter.defaultText, value == nil ? "" : parameter.unit,
        parameter.key,
      ]
    }
  }
}
