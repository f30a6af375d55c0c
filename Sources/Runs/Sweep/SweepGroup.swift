import Glibc
import Ground
import Jobs

/// The run folders of a sweep: found where they are there, and made where not.
public struct SweepGroup: Sendable {
  /// The folder whose `runs` holds them, absolute.
  public let folder: String
  public let name: String

  /// - Parameter folder: the folder whose `runs` holds them.
  public init(named name: String, in folder: String) {
    self.folder = FilePath.absolute(folder)
    self.name = name
  }

  /// The folder of a run.
  ///
  /// - Parameter count: of all runs of the sweep, for as many digits in each number.
  public func run(_ number: Int, of count: Int) -> RunFolder {
    let digits = String(number)
    let zeros = String(repeating: "0", count: max(0, String(count).count - digits.count))
    return RunFolder(folder + "/runs/\(name)-\(zeros)\(digits)")
  }

  /// The runs that say that they are of the sweep, in their order.
  public func runs() -> [RunFolder] { Self.runs(of: name, in: folder) }

  /// The runs of a folder that say that they are of a sweep, in their order.
  public static func runs(of name: String, in folder: String) -> [RunFolder] {
    RunCatalogue.places(in: folder).map(\.folder)
      .compactMap { run in
        (try? run.manifest())?.group.flatMap { $0.name == name ? (run, $0.number) : nil }
      }
      .sorted { ($0.1, $0.0.path) < ($1.1, $1.0.path) }.map(\.0)
  }

  /// The sweeps of which there are runs in a folder.
  public static func names(in folder: String) -> [String] {
    Set(RunCatalogue.places(in: folder).compactMap { (try? $0.folder.manifest())?.group?.name })
      .sorted()
  }

  /// What is there already in the place of a planned run.
  enum Place {
    case free
    /// The run itself, from an earlier start of the same sweep.
    case taken
    /// Something else, and what is different.
    case other(String)
  }

  /// Looks at the place of a run.
  func place(of member: SweepMember) -> Place {
    let run = RunFolder(member.path)
    guard access(run.path, F_OK) == 0 else { return .free }
    guard let manifest = try? run.manifest(), let job = try? run.job() else {
      return .other("it cannot be read")
    }
    guard let group = manifest.group else { return .other("it is a run of no sweep") }
    guard group == member.group else { return .other("it is run \(group.title) of \(group.name)") }
    let wanted = member.job.asRun
    for parameter in Parameter.all where !Self.isOfNoConsequence(parameter.key) {
      let (found, ought) = (job.value(of: parameter), wanted.value(of: parameter))
      if found != ought {
        return .other(
          "its \(parameter.key) is \(found?.text ?? "not set"), and \(ought?.text ?? "not set") is wanted"
        )
      }
    }
    guard job.regions == wanted.regions else { return .other("its regions are others") }
    // Of what has not finished, going on with it looks at the inputs.
    if manifest.status == .finished, let record = try? run.inputRecord(),
      let changed = record.problems(ignoringTimes: true).first
    {
      return .other(changed.what)
    }
    return .taken
  }

  /// Parameters that change nothing of a result; where images were found is written down when they are.
  private static func isOfNoConsequence(_ key: String) -> Bool {
    [
      Parameter.compute.threads.key, Parameter.compute.memoryLimit.key,
      Parameter.compute.cacheFolder.key, Parameter.output.folder.key,
      Parameter.input.projectFolder.key,
    ].contains(key)
  }

  /// The name of a sweep of a job: the first of NAME-sweep, NAME-sweep2 … that is free, or whose runs
  /// are those that are wanted.
  public static func freeName(for plan: SweepPlan, in folder: String) -> String {
    let stem = (plan.points.first?.job.name ?? "job") + "-sweep"
    for number in 1...10_000 {
      let group = SweepGroup(named: number == 1 ? stem : "\(stem)\(number)", in: folder)
      let isOurs = group.members(of: plan).allSatisfy {
        if case .other = group.place(of: $0) { false } else { true }
      }
      if isOurs { return group.name }
    }
    return stem
  }

  /// The runs of the first round of a plan.
  func members(of plan: SweepPlan) -> [SweepMember] {
    plan.rounds.isEmpty
      ? [] : members(of: plan, round: 0, chosen: Array(plan.points.indices), first: 1)
  }

  /// The runs of a round.
  ///
  /// - Parameters:
  ///   - chosen: the plan's points that take part.
  ///   - first: number of the first of them.
  func members(
    of plan: SweepPlan, round: Int, chosen: [Int], first: Int
  ) -> [SweepMember] {
    plan.points(of: round, chosen: chosen).enumerated().map { place, point in
      let number = first + place
      return SweepMember(
        job: point.job, path: run(number, of: plan.count).path,
        group: RunManifest.Group(
          name: name, number: number, count: plan.count, varied: point.varied,
          round: plan.rounds.count > 1 ? round + 1 : nil))
    }
  }
}

/// A run of a sweep that is to be there.
struct SweepMember: Sendable {
  var job: Job
  var path: String
  var group: RunManifest.Group
}

extension RunManifest {
  /// The sweep that a run is one of.
  public struct Group: Codable, Sendable, Equatable {
    /// The sweep's name.
    public var name: String
    /// The run's number in it, from 1, and how many it has.
    public var number: Int
    public var count: Int
    /// What is varied, with the value of this run.
    public var varied: [SweepValue]
    /// The round of a search, from 1; nil for no search.
    public var round: Int?

    public init(name: String, number: Int, count: Int, varied: [SweepValue], round: Int? = nil) {
      (self.name, self.number, self.count) = (name, number, count)
      (self.varied, self.round) = (varied, round)
    }

    /// "2 of 6".
    public var title: String { "\(number) of \(count)" }

    /// What the run has of its own: "rotation_sd 6, mask head.mrc".
    public var difference: String {
      varied.map { "\($0.shortKey) \($0.shown)" }.joined(separator: ", ")
    }
  }
}
