import Refinement
import Runs
import Surface

/// What the numbers of a run mean, in words.
struct Verdict: Sendable, Hashable {
  var text: String
  var role: Role

  /// Share of particles at a search limit from which the extents are suspected.
  static let suspiciousShare = 0.1

  /// The verdict on a run: its own last word when it has ended, else what the last iterations say.
  init(_ snapshot: RunSnapshot) {
    if let notice = snapshot.notice {
      self.init(text: notice, role: .bad)
    } else if let summary = snapshot.summary, snapshot.status == .finished {
      let role: Role = summary.fscEnd != nil ? .bad : summary.converged ? .good : .warning
      self.init(text: summary.verdict, role: role)
    } else if let manifest = snapshot.manifest, let status = snapshot.status, !status.isLive {
      let end = manifest.message.isEmpty ? status.word : manifest.message
      self.init(
        text: status == .interrupted
          ? "interrupted: its process is gone; r goes on where it was" : end,
        role: status.role)
    } else {
      self.init(trend: snapshot.metrics)
    }
  }

  /// What the iterations so far say.
  init(trend metrics: [IterationMetrics]) {
    guard let last = metrics.last, let first = metrics.first else {
      self.init(text: "preparing: no iteration yet", role: .dim)
      return
    }
    if last.iteration == 0 {
      self.init(
        text: "start: \(Format.resolution(last.fsc.resolution143)) inside the mask", role: .text)
      return
    }
    if let end = last.fsc.endAboveThreshold {
      self.init(text: RunSummary.neverFalls(to: end), role: .bad)
      return
    }
    if let rise = Self.lateRise(last) {
      self.init(
        text: "FSC rises again at \(Numbers.resolution(rise)) Å, beyond the refinement limit: "
          + "look for a sharp mask or duplicates", role: .warning)
      return
    }
    let from = Numbers.resolution(first.fsc.resolution143)
    let change = "\(from) → \(Format.resolution(last.fsc.resolution143))"
    if last.shareAtLimit > Self.suspiciousShare {
      self.init(
        text: "\(change), but \(Format.percent(last.shareAtLimit)) of particles at a search "
          + "limit: wider extents?", role: .warning)
      return
    }
    let before = metrics.dropLast().last?.fsc.resolution143 ?? .infinity
    let gain = before - last.fsc.resolution143
    // Less than a hundredth is the noise of where a curve crosses.
    let noise = 0.01 * last.fsc.resolution143
    let trend = gain > noise ? "improving" : gain < -noise ? "getting worse" : "settling"
    self.init(
      text: "\(trend): \(change) in the mask at iteration \(last.iteration), "
        + "\(Format.percent(last.shareAtLimit)) at a limit",
      role: gain < -noise ? .warning : .good)
  }

  private init(text: String, role: Role) {
    self.text = text
    self.role = role
  }

  /// The resolution (Å) at which the corrected FSC is above 0.143 again for three shells, after it
  /// has fallen under it beyond the refinement limit; nil when it does not.
  static func lateRise(_ metrics: IterationMetrics) -> Double? {
    let curve = metrics.fsc.corrected
    guard let crossing = curve.indices.first(where: { $0 > 2 && curve[$0] < 0.143 }) else {
      return nil
    }
    // Three shells are allowed for the noise of the crossing itself.
    let start = max(crossing + 3, metrics.bandShell)
    var above = 0
    for shell in curve.indices where shell >= start {
      above = curve[shell] > 0.25 ? above + 1 : 0
      if above == 3 {
        return Double(metrics.boxSize) * metrics.pixelSize / Double(shell - 2)
      }
    }
    return nil
  }
}
