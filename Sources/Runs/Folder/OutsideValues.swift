import CryoEM
import Motion
import Refinement
import Report

// A run folder may come from anybody, by mail or from an archive. What its files say is looked at once,
// here, where they are read: whoever draws it can rely on sizes that fit together and on counts that can
// be added.

/// What can be said in a file of a run and cannot be true.
protocol OutsideValue: Decodable {
  /// Nil for values as a run writes them; else the name of what cannot be.
  var impossible: String? { get }
}

/// The largest count that is taken for one: of particles, pixels, or iterations.
private let largestCount = 1 << 40

private func isCount(_ values: Int...) -> Bool {
  values.allSatisfy { (0...largestCount).contains($0) }
}

/// Whether numbers can be drawn and printed; infinities stand for what is unknown.
private func isMeasure(_ values: Double?...) -> Bool {
  values.allSatisfy { value in value.map { !$0.isFinite || abs($0) < 1e15 } ?? true }
}

extension IterationMetrics: OutsideValue {
  var impossible: String? {
    let curves = [fsc.noMask, fsc.spherical, fsc.loose, fsc.tight, fsc.corrected, guinier] + noise
    if !(0...1_000_000).contains(iteration) { return "iteration" }
    if !(2...65536).contains(boxSize) { return "boxSize" }
    if !(pixelSize > 1e-3 && pixelSize < 1e6) { return "pixelSize" }
    if !(0...boxSize).contains(bandShell) { return "bandShell" }
    if curves.contains(where: { $0.count > boxSize }) || noise.count > 1 << 20 {
      return "a curve with more shells than the box has"
    }
    if !curves.joined().allSatisfy({ isMeasure($0) }) { return "a curve" }
    if !(1...3600).contains(orientationAzimuths)
      || orientationCounts.count > 1 << 22
      || orientationCounts.count % orientationAzimuths != 0
      || !orientationCounts.allSatisfy({ isCount($0) })
    {
      return "orientationCounts"
    }
    let histograms = [
      rotationFromStart, rotationFromPrevious, shiftFromStart, shiftFromPrevious, scale,
      effectiveSampleSize, scoreGain,
    ]
    if !histograms.allSatisfy(\.isPossible) { return "a histogram" }
    if !isCount(particles, skipped) { return "particles" }
    let others = driftRotation + driftShift + greyscale + seconds.values
    if let motion, !motion.isPossible { return "motion" }
    if let views, !views.isPossible { return "views" }
    if let cones, !cones.isPossible { return "cones" }
    if others.count > 1000 || !others.allSatisfy({ isMeasure($0) }) { return "a number" }
    return isMeasure(
      fsc.resolution143, fsc.resolution50, shareAtLimit, posteriorRotation, posteriorShift,
      evaluationsPerParticle, cpuSeconds) ? nil : "a number"
  }
}

extension IterationMetrics.Histogram {
  fileprivate var isPossible: Bool {
    lower.isFinite && upper.isFinite && lower < upper && counts.count <= 100_000
      && counts.allSatisfy { isCount($0) } && isMeasure(lower, upper, median, percentile95, mean)
  }
}

extension ViewStatistics {
  fileprivate var isPossible: Bool {
    isCount(cells) && isMeasure(samplingCompensation, unseen, effectiveDirections)
  }
}

extension ConeStatistics {
  fileprivate var isPossible: Bool {
    resolutions.count <= 4096 && resolutions.allSatisfy { isMeasure($0) }
      && isMeasure(areaRatio, evenAreaRatio)
  }
}

extension BodyMotion {
  /// Three axes of either motion, three coordinates, and numbers that can be drawn.
  fileprivate var isPossible: Bool {
    let principal = rotations + translations
    let measured = principal.map(\.deviation) + [share] + hinge + hingeVoxel
    return rotations.count == 3 && translations.count == 3 && hinge.count == 3
      && hingeVoxel.count == 3
      && principal.allSatisfy {
        $0.direction.count == 3 && $0.direction.allSatisfy { isMeasure($0) }
      }
      && measured.allSatisfy { isMeasure($0.value, $0.error) }
      && isMeasure(axisError, hingeDistance, outliers, particles)
  }
}

extension MotionReport: OutsideValue {
  var impossible: String? {
    if !isCount(particles, learntFrom) { return "a count" }
    if regions.count > 1000 || modes.count > 10_000 || motions.count > 1000 { return "regions" }
    if !modes.allSatisfy(\.isPossible) { return "modes" }
    if !motions.allSatisfy(\.motion.isPossible) { return "motions" }
    let means = (means ?? []).flatMap { [$0.rotation, $0.translation, $0.fulcrum] }
    let arePlaces = means.allSatisfy {
      $0.count == 3 && $0.allSatisfy { $0.isFinite && abs($0) < 1e9 }
    }
    if means.count > 3000 || !arePlaces { return "means" }
    return isMeasure(told, outliers) ? nil : "a number"
  }
}

extension MotionReport.Mode {
  fileprivate var isPossible: Bool {
    parts.count <= 1000 && parts.allSatisfy(\.isPossible)
      && histogram.count <= MotionReport.histogramBins
      && histogram.allSatisfy { isCount($0) }
      && isMeasure(
        share.value, share.error, displacement.value, displacement.error, gain, leastGain)
  }
}

extension MotionReport.Part {
  /// Three coordinates of each place, which things are drawn at.
  fileprivate var isPossible: Bool {
    let places = [axis, translation, hinge.map(\.value), hingeVoxel]
    return places.allSatisfy { $0.count == 3 && $0.allSatisfy { $0.isFinite && abs($0) < 1e9 } }
      && hinge.allSatisfy { isMeasure($0.error) }
      && isMeasure(rotation.value, rotation.error, axisError, displacement, slide)
  }
}

extension RunHolder: OutsideValue {
  var impossible: String? { nil }
}

extension InputRecord: OutsideValue {
  var impossible: String? { files.count > 1 << 24 ? "files" : nil }
}

extension RunManifest: OutsideValue {
  var impossible: String? {
    if !isCount(iteration, maximumIterations, particles, boxSize, threads) { return "a count" }
    if !(0...Int.max / 2).contains(memory) { return "memory" }
    if let progress, !isCount(progress.iteration, progress.done, progress.total) {
      return "progress"
    }
    if let parent, !isCount(parent.iteration) { return "parent" }
    if let regions, regions.count > 1000 || !regions.allSatisfy(\.isPossible) { return "regions" }
    if let turn, !isCount(turn.number, turn.threads, turn.memory) { return "turn" }
    if let part, !isCount(part.all) || !(0...1).contains(part.fraction) { return "part" }
    if let group, !isCount(group.number, group.count, group.round ?? 0) || group.varied.count > 1000
    {
      return "group"
    }
    return isMeasure(
      started, ended, heartbeat, startResolution, resolution, pixelSize, cpuSeconds,
      progress?.perSecond, seconds, secondsBefore) ? nil : "a number"
  }
}

extension RunManifest.Region {
  fileprivate var isPossible: Bool {
    isCount(iteration) && isMeasure(startResolution, resolution, rotation, shift, shareAtLimit)
  }
}

extension RunSummary.Region {
  fileprivate var isPossible: Bool {
    isMeasure(resolutionBefore, resolutionAfter, medianRotation, medianShift, shareAtLimit)
  }
}

extension RunSummary: OutsideValue {
  var impossible: String? {
    if let regions, regions.count > 1000 || !regions.allSatisfy(\.isPossible) { return "regions" }
    if !isCount(iterations, particles, skipped) { return "a count" }
    if let part, !isCount(part.all) || !(0...1).contains(part.fraction) { return "part" }
    if let motion, !motion.isPossible { return "motion" }
    if fulcrum.count > 3 || !fulcrum.allSatisfy({ isMeasure($0) }) { return "fulcrum" }
    return isMeasure(
      resolutionBefore, resolutionAfter, resolutionAtHalf, medianRotation, medianShift,
      shareAtLimit, bFactor, seconds, cpuSeconds, samplingCompensation, conicalAreaRatio,
      conicalEvenAreaRatio)
      ? nil : "a number"
  }
}

extension RunEvent: OutsideValue {
  var impossible: String? {
    isMeasure(time) && isCount(iteration ?? 0) ? nil : "time"
  }
}
