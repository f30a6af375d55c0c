import Ground
import Jobs
import Refinement
import Report
import Runs
import Surface

/// The line under the header of a run: what its numbers mean, in words.
struct Headline: Sendable, Hashable {
  var text: String
  var role: Role
  /// The same in fewer words, for less room; the rest is behind A.
  var shorter: [String] = []

  /// The headline of a run: its own last word when it has ended, else what the last iterations say.
  init(_ snapshot: RunSnapshot) {
    let objections = snapshot.objections
    if let notice = snapshot.notice {
      self.init(text: notice, role: .bad)
    } else if snapshot.status == .queued, let group = snapshot.manifest?.group {
      self.init(
        text: "waits for its turn in the sweep \(group.name) (\(group.title)); X takes it out",
        role: .text)
    } else if snapshot.status == .queued {
      self.init(
        text: "waits in a queue" + (snapshot.batchJob.map { " as \($0.title)" } ?? "")
          + "; X takes it out", role: .text)
    } else if let summary = snapshot.summary, snapshot.status == .finished {
      self.init(
        summary.outcome(besides: objections.first), objections, role: objections.role ?? .good)
    } else if let manifest = snapshot.manifest, let status = snapshot.status, !status.isLive {
      let end = manifest.message.isEmpty ? status.word : manifest.message
      // What is objected to so far matters for whether to go on.
      self.init(
        status == .interrupted
          ? "interrupted: its process is gone; r goes on where it was" : end, objections,
        role: objections.role == .bad ? .bad : status.role)
    } else {
      self.init(
        trend: snapshot.metrics, objections: objections, part: snapshot.manifest?.part)
    }
  }

  /// What the iterations so far say.
  init(
    trend metrics: [IterationMetrics], objections: [Verdict], part: ParticlePart? = nil
  ) {
    guard let last = metrics.last, let first = metrics.first else {
      self.init(text: "preparing: no iteration yet", role: .dim)
      return
    }
    if last.iteration == 0 {
      self.init(
        text: "start: \(Format.resolution(last.fsc.resolution143)) inside the mask", role: .text)
      return
    }
    let from = Numbers.resolution(first.fsc.resolution143)
    let before = metrics.dropLast().last?.fsc.resolution143 ?? .infinity
    let gain = before - last.fsc.resolution143
    // Less than a hundredth is the noise of where a curve crosses.
    let noise = 0.01 * last.fsc.resolution143
    let trend =
      metrics.count < 2
      ? "started"
      : gain > noise
        ? "improving"
        : gain < -noise
          ? "\(Format.fixed(-gain, 2)) Å worse than the iteration before" : "settling"
    // Where a limit is what is objected to, the objection says the share.
    let share =
      objections.first?.rule == VerdictRule.atLimit
      ? "" : ", \(Format.percent(last.shareAtLimit)) at a limit"
    self.init(
      "\(trend)\(part.map { " on \($0.text)" } ?? ""): \(from) → \(Format.resolution(last.fsc.resolution143)) in the mask at iteration "
        + "\(last.iteration)\(share)", objections,
      role: objections.role ?? (gain < -noise ? .warning : .good))
  }

  /// The outcome, the worst objection to it, and what to do.
  private init(_ outcome: String, _ objections: [Verdict], role: Role) {
    self.init(text: outcome, role: role)
    guard let first = objections.first else { return }
    let others = objections.count - 1
    // What has not converged is told by the outcome.
    let isSaid = first.rule == VerdictRule.notConverged
    let told = isSaid ? outcome : "\(outcome); \(first.sentence)"
    text =
      "\(told). \(first.remedy)"
      + (others > 0 ? " And \(Format.counted(others, "other objection")): A." : " A helps.")
    shorter = [told + " (A)"] + (isSaid ? [] : [first.sentence + " (A)"])
  }

  private init(text: String, role: Role) {
    self.text = text
    self.role = role
  }
}

extension RunSnapshot {
  /// What the rules object to: those of the summary where the run has finished.
  var objections: [Verdict] {
    if status == .finished, let verdicts = summary?.verdicts { return verdicts }
    return RunFacts(metrics: metrics, job: job, summary: status == .finished ? summary : nil)
      .verdicts
  }

  /// How its status looks: green only where nothing is to be said.
  var statusLook: (symbol: Symbol, role: Role)? {
    status.map { $0.look(objections: $0 == .finished ? objections : []) }
  }
}

extension RunListing {
  /// How its status looks: green only where nothing is to be said.
  var statusLook: (symbol: Symbol, role: Role)? {
    entry.status.map { $0.look(objections: $0 == .finished ? summary?.objections ?? [] : []) }
  }
}

extension RunStatus {
  fileprivate func look(objections: [Verdict]) -> (symbol: Symbol, role: Role) {
    guard let role = objections.role else { return (symbol, self.role) }
    return (.warning, role)
  }
}

extension [Verdict] {
  /// The role of the worst; nil for none.
  fileprivate var role: Role? { map(\.severity).max().map { $0 == .bad ? .bad : .warning } }
}
