import Ground
import Jobs

/// A sweep from its first run to its last: makes the runs, refines them, and goes on where an earlier start
/// has ended.
public struct Sweep: Sendable {
  public let plan: SweepPlan
  public let group: SweepGroup
  public let jobs: Int
  /// Threads of each run.
  public let threads: Int

  /// - Parameters:
  ///   - name: nil for the next free one, or that of the same sweep where it was begun.
  ///   - jobs: how many refine at a time; the cores are shared out among them.
  ///   - cores: of all together; nil for the job's threads, or all that there are.
  public init(
    _ plan: SweepPlan, named name: String?, in folder: String, jobs: Int = 1, cores: Int? = nil
  ) {
    self.plan = plan
    self.jobs = max(1, jobs)
    let all =
      cores ?? plan.points.first?.job[Parameter.compute.threads] ?? Machine.current.cores
    threads = max(1, all / self.jobs)
    group = SweepGroup(named: name ?? SweepGroup.freeName(for: plan, in: folder), in: folder)
  }

  /// Looks at the inputs of the first round before anything is made.
  ///
  /// - Parameter problems: what is known to be wrong already.
  /// - Throws: everything that is wrong.
  public func prepare(problems: [Problem] = []) throws(Problems) -> SweepPreparation {
    try SweepPreparation(group, plan, jobs: jobs, threads: threads, problems: problems)
  }

  /// Refines all rounds, the first of which was made.
  ///
  /// - Parameters:
  ///   - folders: of the first round.
  ///   - take: gets the runner of each round before it begins, for whoever wants to stop it.
  ///   - observe: gets what happens, from any thread.
  /// - Returns: why it was stopped; nil where it has come to its end.
  /// - Throws: what is wrong with the runs of a later round.
  public func refine(
    _ folders: [RunFolder], take: (SweepRunner) -> Void,
    observe: @escaping @Sendable (SweepRunner.Event) -> Void
  ) throws(Problems) -> StopReason? {
    var folders = folders
    var chosen = Array(plan.points.indices)
    var first = 1
    for round in plan.rounds.indices {
      let runner = SweepRunner(folders, jobs: jobs, threads: threads, observe: observe)
      take(runner)
      if let reason = runner.run() { return reason }
      guard round + 1 < plan.rounds.count else { return nil }
      let outcomes = folders.map { SweepOutcome($0) }
      // Without the outcomes of all nothing is chosen.
      guard outcomes.allSatisfy({ $0?.status == .finished }) else { return nil }
      let known = outcomes.compactMap { $0 }
      if let doubt = SweepTable.doubt(known, keeping: plan.rounds[round + 1].count) {
        observe(.doubt(doubt))
      }
      first += folders.count
      chosen = SweepTable.ranked(known)
        .prefix(plan.rounds[round + 1].count).map { chosen[$0] }.sorted()
      let next = try SweepPreparation(
        group, plan, round: round + 1, chosen: chosen, first: first, jobs: jobs, threads: threads)
      do throws(Problem) { try next.make() } catch { throw Problems([error]) }
      folders = next.folders
    }
    return nil
  }
}
