import Ground
import Jobs

/// The runs of a sweep after a look at all their inputs, before any folder is made.
public struct SweepPreparation: Sendable {
  /// The folders of all runs, in their order.
  public let folders: [RunFolder]
  /// Those that are there already.
  public let found: Int
  /// What stops nothing, each once.
  public let warnings: [Problem]
  /// What the new runs may take one after the other, seconds; nil where there are none.
  public let seconds: ClosedRange<Double>?
  private let drafts: [Draft]

  /// A run that is to be made, and bytes that it is expected to need.
  typealias Draft = (run: RunDraft, memory: Int)

  /// Looks at the inputs of a round's runs that are not there yet.
  ///
  /// - Parameters:
  ///   - jobs: how many refine at a time, and `threads` of each.
  ///   - problems: what is known to be wrong already.
  /// - Throws: everything that is wrong with any of them, each once.
  public init(
    _ group: SweepGroup, _ plan: SweepPlan, round: Int = 0, chosen: [Int]? = nil, first: Int = 1,
    jobs: Int = 1, threads: Int? = nil, problems known: [Problem] = []
  ) throws(Problems) {
    let members = group.members(
      of: plan, round: round, chosen: chosen ?? Array(plan.points.indices), first: first)
    var problems = known
    var warnings: [Problem] = []
    var drafts: [Draft] = []
    var found = 0
    var (least, most, memory) = (0.0, 0.0, 0)
    for member in members {
      switch group.place(of: member) {
      case .taken:
        found += 1
        continue
      case .other(let what):
        problems.append(
          Problem(
            "\(member.path) is in the way: \(what)",
            whatToDo: "Give the sweep another --name, or remove that run."))
        continue
      case .free: break
      }
      do throws(JobProblems) {
        let prepared = try PreparedInput(job: member.job, outputFolder: member.path)
        let estimate = prepared.estimate(
          ranks: 1, threads: threads ?? prepared.input.settings.threads)
        least += estimate.seconds.lowerBound
        most += estimate.seconds.upperBound
        memory = max(memory, estimate.memory)
        drafts.append((RunDraft(prepared, group: member.group), estimate.memory))
        warnings += prepared.warnings.map(\.problem).filter { new in
          !warnings.contains { $0.what == new.what }
        }
      } catch {
        for problem in error.problems.all
        where !problems.contains(where: { $0.what == problem.what }) {
          problems.append(problem)
        }
      }
    }
    if let problem = Self.lackOfMemory(memory, jobs: jobs) { problems.append(problem) }
    guard problems.isEmpty else { throw Problems(problems) }
    folders = members.map { RunFolder($0.path) }
    (self.found, self.warnings, self.drafts) = (found, warnings, drafts)
    seconds = drafts.isEmpty ? nil : (least / Double(jobs))...(most / Double(jobs))
  }

  /// - Parameter memory: of the largest run, bytes.
  private static func lackOfMemory(_ memory: Int, jobs: Int) -> Problem? {
    let room = Machine.current.memory
    guard jobs > 1, memory * jobs > room else { return nil }
    return Problem(
      "\(jobs) runs at a time need \(Format.bytes(memory * jobs)) of memory, and there are "
        + Format.bytes(room),
      whatToDo: "Give --jobs \(max(1, room / max(1, memory))).")
  }

  /// Makes the folders; each waits for its turn in the sweep.
  ///
  /// - Throws: a problem where one cannot be made; those before it stay, and are taken up next time.
  public func make() throws(Problem) {
    try make { _ in nil }
  }

  /// Makes the folders; each waits for its turn.
  ///
  /// - Parameter turn: that of a run in the queue of its folder, where it waits there.
  func make(turns turn: (Draft) -> RunManifest.Turn?) throws(Problem) {
    for draft in drafts {
      let turn = turn(draft)
      let writer = try draft.run.make(turn: turn)
      let name = draft.run.manifest.group?.name ?? ""
      writer.end(
        .queued,
        message: turn == nil ? "Waits for its turn in the sweep \(name)" : LocalQueue.waits)
    }
  }
}
