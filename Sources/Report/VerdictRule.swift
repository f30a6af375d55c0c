import CryoEM
import Glibc
import Ground
import Jobs
import Refinement

/// A rule over the numbers of a run: the log, the screens, `fulcrum run` and the summary all speak by
/// this table, and by nothing else.
public struct VerdictRule: Sendable {
  /// Its name, which stays.
  public let name: String
  /// What is looked at, with the unit of the threshold.
  public let what: String
  /// From where on it objects.
  public let threshold: Double
  let judge: @Sendable (RunFacts, Double) -> Finding?

  /// What it says when it objects.
  struct Finding {
    var severity = Verdict.Severity.warning
    var sentence: String
    var remedy: String
    var changes: [String: String] = [:]
  }

  /// Its verdict; nil where it has nothing to say.
  func verdict(on facts: RunFacts) -> Verdict? {
    judge(facts, threshold).map {
      Verdict(
        rule: name, severity: $0.severity, sentence: $0.sentence, remedy: $0.remedy,
        changes: $0.changes)
    }
  }

  /// The rule of runs that were ended before they had converged.
  public static let notConverged = "not-converged"
  /// The rule of the search limits, and that of an FSC without an end.
  public static let atLimit = "at-limit"
  static let noFall = "no-fall"

  /// Share of particles at a search limit from which the extents are suspected.
  public static let suspiciousShare = 0.1

  /// All rules, in the order in which they speak.
  public static let table: [VerdictRule] = [
    VerdictRule(name: "worse", what: "resolution after / before", threshold: 1.2) {
      facts, threshold in
      guard let (before, after) = facts.beforeAndAfter, !(after <= threshold * before) else {
        return nil
      }
      return Finding(
        severity: .bad,
        sentence: "WORSE than the input: do not use it before you know why",
        remedy: "Look at the slices and the pose changes; check mask, fulcrum and pixel sizes, and "
          + "try \(facts.narrowerPrior).")
    },
    VerdictRule(name: "no-better", what: "resolution after / before", threshold: 1.02) {
      facts, threshold in
      guard let (before, after) = facts.beforeAndAfter, after > threshold * before,
        after <= 1.2 * before
      else { return nil }
      return Finding(
        sentence:
          "no better than the input (\(Format.fixed(before, 2)) → \(Format.resolution(after)))",
        remedy: "The region may not move, or is too small to be found: try \(facts.narrowerPrior).")
    },
    VerdictRule(name: atLimit, what: "share of particles", threshold: suspiciousShare) {
      facts, threshold in
      let share = facts.summary?.shareAtLimit ?? facts.last?.shareAtLimit ?? 0
      return share > threshold ? facts.atLimit(share) : nil
    },
    VerdictRule(name: noFall, what: "FSC of every shell", threshold: 0.143) {
      facts, threshold in
      let end = facts.summary.map(\.fscEnd) ?? facts.last?.fsc.endAboveThreshold
      guard let end, end >= threshold else { return nil }
      return Finding(
        severity: .bad, sentence: RunSummary.neverFalls(to: end),
        remedy: "Look for particles that are there twice, in several files or under other names.")
    },
    VerdictRule(name: "late-rise", what: "FSC beyond the refinement limit", threshold: 0.25) {
      facts, threshold in
      guard let rise = facts.last?.lateRise(above: threshold) else { return nil }
      return Finding(
        sentence: "the FSC rises again at \(Format.resolution(rise)), beyond the refinement limit",
        remedy: "Look for a sharp mask or for particles that are there twice.")
    },
    VerdictRule(name: "turning-back", what: "resolution / best so far", threshold: 1.05) {
      facts, threshold in
      guard let last = facts.last,
        let best = facts.metrics.filter({ $0.iteration > 0 }).min(by: {
          $0.fsc.resolution143 < $1.fsc.resolution143
        }), last.fsc.resolution143 > threshold * best.fsc.resolution143
      else { return nil }
      return Finding(
        sentence: "worse than at iteration \(best.iteration): "
          + "\(Format.fixed(best.fsc.resolution143, 2)) → "
          + Format.resolution(last.fsc.resolution143),
        remedy:
          "Go on from iteration \(best.iteration) with \(facts.narrowerPrior) ([ to it, then c).")
    },
    VerdictRule(name: "oscillating", what: "change of resolution back and forth", threshold: 0.02) {
      facts, threshold in
      let steps = facts.relativeSteps.suffix(4)
      let flips = zip(steps, steps.dropFirst()).filter { $0 * $1 < 0 }
      guard steps.count == 4, flips.count == 3, steps.allSatisfy({ abs($0) > threshold }) else {
        return nil
      }
      return Finding(
        sentence: "the resolution goes back and forth from iteration to iteration",
        remedy: "Limit search.maximum_resolution to what is sure, or take "
          + "\(facts.narrowerPrior).")
    },
    VerdictRule(name: "halves-differ", what: "difference / sum of the halves", threshold: 0.6) {
      facts, threshold in
      guard let ratio = facts.last?.halfDifference, ratio > threshold else { return nil }
      return Finding(
        sentence: "the half-maps differ by \(Format.percent(ratio)) of the map",
        remedy:
          "Nothing finer than the input can be trusted: use more particles, or a larger region.")
    },
    VerdictRule(name: "grey-scale", what: "factor from 1", threshold: 1.5) { facts, threshold in
      guard
        let scale = facts.last?.greyscale.first(where: {
          !($0 < threshold && $0 > 1 / threshold)
        })
      else { return nil }
      return Finding(
        sentence: "the grey scale of the reference is \(Format.fixed(scale, 2)), far from 1",
        remedy: "Give half-maps and particles of one job; the images may be normalised otherwise.")
    },
    VerdictRule(name: "drift", what: "common motion / posterior's width", threshold: 1) {
      facts, threshold in
      guard let last = facts.last, let turn = last.driftRotation.max(),
        let move = last.driftShift.max(),
        turn > threshold * last.posteriorRotation && turn > 0.5
          || move > threshold * last.posteriorShift && move > last.pixelSize
      else { return nil }
      return Finding(
        sentence: "all particles still move together: \(Format.fixed(turn, 2))° and "
          + "\(Format.fixed(move, 2)) Å in the last iteration",
        remedy: "Let it do more iterations, with refinement.anchor_frame on.")
    },
    VerdictRule(name: "narrow-prior", what: "posterior's width / prior's", threshold: 0.7) {
      facts, threshold in
      // Where the motion is learnt the width of the job is only where that begins.
      let limits = SearchLimits(facts.job)
      guard let last = facts.last, let prior = limits.priorRotation, prior > 0,
        !facts.learnsMotion, last.posteriorRotation > threshold * prior
      else { return nil }
      return Finding(
        sentence:
          "the prior (\(Format.fixed(prior, 1))°) decides the poses: with it they are known to "
          + "\(Format.fixed(last.posteriorRotation, 1))°, hardly better than without images",
        remedy: "Widen it, unless the region is known to move as little.",
        changes: [Parameter.prior.rotationDeviation.key: Format.fixed((2 * prior).rounded(.up), 0)])
    },
    VerdictRule(name: "few-views", what: "sampling compensation factor", threshold: 0.5) {
      facts, threshold in
      guard let factor = facts.last.flatMap(OrientationScore.samplingCompensation),
        factor < threshold
      else { return nil }
      return Finding(
        sentence:
          "views are missing: the sampling compensation factor is \(Format.fixed(factor, 2))",
        remedy: "The map is stretched along the views that are there: look at the orientations.")
    },
    VerdictRule(
      name: "uneven-resolution", what: "conical FSC area ratio",
      threshold: ConeStatistics.leastAreaRatio
    ) { facts, _ in
      guard let summary = facts.summary, let ratio = summary.conicalAreaRatio,
        ConeStatistics.isUneven(ratio, even: summary.conicalEvenAreaRatio)
      else { return nil }
      return Finding(
        sentence: "the resolution depends on direction: the conical FSC area ratio (cFAR) is "
          + Format.fixed(ratio, 3),
        remedy: "Look at the resolution by direction beside the orientations; more side views help."
      )
    },
    VerdictRule(name: "skipped", what: "share of images that could not be used", threshold: 0.05) {
      facts, threshold in
      guard let last = facts.last, last.skipped > 0,
        case let share = Double(last.skipped) / Double(last.particles + last.skipped),
        share > threshold
      else { return nil }
      return Finding(
        sentence: "\(Format.percent(share)) of the images could not be used",
        remedy: "They are named in summary.json and in the log.")
    },
    VerdictRule(name: notConverged, what: "converged", threshold: 0) { facts, _ in
      guard let summary = facts.summary, !summary.converged else { return nil }
      return Finding(
        sentence: "it was ended before it had converged",
        remedy: "Go on from its poses (c), with more iterations.")
    },
  ]
}

extension RunFacts {
  /// Whether the prior learns how the body moves.
  fileprivate var learnsMotion: Bool { job?[Parameter.prior.model] == .learned }

  /// What holds poses nearer to where they start.
  fileprivate var narrowerPrior: String {
    learnsMotion ? "a fixed, narrow prior (prior.model)" : "a narrower prior"
  }

  fileprivate var beforeAndAfter: (before: Double, after: Double)? {
    guard let summary, summary.resolutionBefore.isFinite else { return nil }
    // A part of the particles gives less than the half-maps of all, whatever their poses are.
    guard summary.part.map({ $0.fraction >= 1 }) ?? true else { return nil }
    return (summary.resolutionBefore, summary.resolutionAfter)
  }

  /// The changes of resolution from iteration to iteration, as shares of it.
  fileprivate var relativeSteps: [Double] {
    let values = metrics.filter { $0.iteration > 0 }.map(\.fsc.resolution143)
    return zip(values, values.dropFirst()).map { $1 / $0 - 1 }
  }

  /// Which limit was hit, and how wide it should be.
  fileprivate func atLimit(_ share: Double) -> VerdictRule.Finding {
    let limits = SearchLimits(job)
    var names: [String] = []
    var remedies: [String] = []
    var changes: [String: String] = [:]
    func look(
      _ histogram: IterationMetrics.Histogram?, _ limit: Double?, prior: Double?, _ name: String,
      _ unit: String, _ key: String, most: Double, dimensions: Int
    ) {
      guard let limit, let own = histogram?.share(from: 0.985 * limit), own > 0.3 * share else {
        return
      }
      names.append("\(name) (\(Format.short(limit))\(unit))")
      // Not narrower than the prior, which the check of the new job would object to.
      let needed = SearchLimits.needed(limit: limit, share: own, dimensions: dimensions)
      let wide = min(most, max(needed, 3 * (prior ?? 0)))
      guard wide > limit else { return }
      remedies.append("\(key) to \(Format.short(wide))\(unit)")
      changes[key] = Format.short(wide)
    }
    look(
      last?.rotationFromStart, limits.rotation, prior: limits.priorRotation, "rotation", "°",
      Parameter.search.rotationExtent.key, most: 180, dimensions: 3)
    look(
      last?.shiftFromStart, limits.shift, prior: limits.priorShift, "shift", " Å",
      Parameter.search.shiftExtent.key, most: .infinity, dimensions: 2)
    let which = names.isEmpty ? "" : " of " + names.joined(separator: " and ")
    let wider =
      remedies.isEmpty ? "Widen the extents" : "Widen " + remedies.joined(separator: " and ")
    return VerdictRule.Finding(
      severity: share > 0.5 ? .bad : .warning,
      sentence: "\(Format.percent(share)) of particles are at the search limit\(which)",
      remedy: "\(wider), or check that the fulcrum is where the region turns.", changes: changes)
  }
}

extension IterationMetrics {
  /// The resolution (Å) at which the corrected FSC is above a value again for three shells, after it
  /// has fallen under 0.143 beyond the refinement limit; nil when it is not.
  public func lateRise(above value: Double = 0.25) -> Double? {
    let curve = correctedFSC
    guard let crossing = curve.indices.first(where: { $0 > 2 && curve[$0] < 0.143 }) else {
      return nil
    }
    // Three shells are allowed for the noise of the crossing itself.
    let start = max(crossing + 3, bandShell)
    var above = 0
    for shell in curve.indices where shell >= start {
      above = curve[shell] > value ? above + 1 : 0
      if above == 3 { return curve.resolution(ofShell: shell - 2) }
    }
    return nil
  }

  /// The amplitude of half the difference of the half-maps, as a share of that of their mean: up to
  /// the resolution, from the corrected FSC (difference and mean have the powers 1 − FSC and 1 + FSC)
  /// and the power of the map. Nil without curves.
  public var halfDifference: Double? {
    var (difference, sum) = (0.0, 0.0)
    for (shell, value) in zip(fsc.corrected, guinier).enumerated().dropFirst() {
      if value.0 < 0.143 { break }
      let power = exp(value.1) * Double(shell * shell)
      guard power.isFinite else { continue }
      difference += power * (1 - value.0) / (1 + value.0)
      sum += power
    }
    return sum > 0 ? (max(0, difference) / sum).squareRoot() : nil
  }
}

extension IterationMetrics.Histogram {
  /// Share of the values from `value` on; bins that reach there count whole.
  public func share(from value: Double) -> Double {
    let width = (upper - lower) / Double(max(1, counts.count))
    let all = counts.reduce(0, +)
    guard width > 0, all > 0 else { return 0 }
    let beyond = counts.enumerated().reduce(0) { sum, bin in
      sum + (lower + Double(bin.offset + 1) * width > value ? bin.element : 0)
    }
    return Double(beyond) / Double(all)
  }
}
