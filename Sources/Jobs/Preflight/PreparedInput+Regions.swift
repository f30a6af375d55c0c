import Ground
import Refinement

/// One of several regions of a run, prepared as a run of its own would be.
public struct PreparedRegion: Sendable {
  /// What its folders are called.
  public let name: String
  let prepared: PreparedInput

  /// The region as a job by itself.
  public var job: Job { prepared.job }
  public var data: DataFacts { prepared.data }
  public var input: RefinementInput { prepared.input }
}

extension PreparedInput {
  /// What the engine is given, region by region.
  public var inputs: [RefinementInput] {
    regions.isEmpty ? [input] : regions.map(\.input)
  }

  /// All regions of a job.
  ///
  /// - Throws: every problem of every region at once, each once.
  static func together(
    _ job: Job, outputFolder: String, problems: [Problem], isResuming: Bool, machine: Machine
  ) throws(JobProblems) -> PreparedInput {
    var errors = problems.map { JobFinding([], $0) } + job.regionFindings
    var prepared: [PreparedInput] = []
    var found: [(region: JobRegion, findings: [JobFinding])] = []
    for (index, region) in job.regions.enumerated() where errors.isEmpty {
      do {
        prepared.append(
          try PreparedInput(
            one: job.ofRegion(index), outputFolder: outputFolder, problems: [],
            isResuming: isResuming, machine: machine, share: job.regions.count))
      } catch { found.append((region, error.findings)) }
    }
    errors += job.told(found)
    guard errors.isEmpty, var all = prepared.first else { throw JobProblems(errors) }
    all.takeTogether(job, prepared)
    return all
  }

  private mutating func takeTogether(_ job: Job, _ prepared: [PreparedInput]) {
    let names = job.regions.map(\.name)
    self.job = job
    regions = zip(names, prepared).map { PreparedRegion(name: $0, prepared: $1) }
    warnings = job.told(zip(job.regions, prepared).map { ($0, $1.warnings) })
    let common = prepared[0].notes.filter { note in
      prepared.allSatisfy { $0.notes.contains(note) }
    }
    notes =
      common
      + zip(names, prepared).flatMap { name, prepared in
        prepared.notes.filter { !common.contains($0) }.map { "\(name): \($0)" }
      }
    estimate = prepared.dropFirst().reduce(prepared[0].estimate) { $0.and($1.estimate) }
    var seen: Set<String> = []
    inputPaths = prepared.flatMap(\.inputPaths).filter { seen.insert($0).inserted }
  }
}

extension Estimate {
  /// That of two regions that are refined in one run.
  func and(_ other: Estimate) -> Estimate {
    var sum = self
    // One region is worked on at a time.
    sum.memory = max(memory + other.held, other.memory + held)
    sum.held += other.held
    sum.seconds =
      seconds.lowerBound + other.seconds.lowerBound...seconds.upperBound + other.seconds.upperBound
    sum.preparation += other.preparation
    sum.final += other.final
    sum.disk += other.disk
    sum.packed += other.packed
    sum.isPackedInFile = isPackedInFile || other.isPackedInFile
    return sum
  }
}
