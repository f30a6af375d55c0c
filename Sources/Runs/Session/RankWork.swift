import Ground
import Jobs
import Ranks
import Refinement

/// What the ranks that do not lead are told of a run: its job, as text. Each looks at the files by
/// itself, writes nothing, and refines its own particles.
struct RankWork: Codable {
  private var job: String
  private var name: String
  private var folder: String
  private var outputFolder: String

  init(of prepared: PreparedInput) {
    job = prepared.job.asRun.toml(complete: false)
    (name, folder) = (prepared.job.name, prepared.job.folder)
    outputFolder = prepared.outputFolder
  }

  /// Hands the job out, and waits until every rank has looked at its files.
  ///
  /// - Throws: `RankEnd` with what a rank has found wrong.
  func handOut(to ranks: Communicator) throws(RankEnd) {
    guard ranks.count > 1 else { return }
    _ = try ranks.broadcast(Array(JSONFile.text(self).utf8))
    _ = try ranks.gather([])
  }

  /// The input of a rank, region by region.
  ///
  /// - Parameter threads: those of this rank; nil for as many as the job says.
  fileprivate static func input(_ bytes: [UInt8], threads: Int?) throws -> [RefinementInput] {
    guard let work = JSONFile.value(RankWork.self, of: bytes) else {
      throw Problem(
        "what rank 0 says of the job cannot be read", whatToDo: "Run all ranks with one program.")
    }
    var (job, problems) = try Job.parsed(
      toml: work.job, file: FilePath.joined(work.folder, work.name + ".toml"))
    guard problems.isEmpty else { throw Problems(problems) }
    if let threads { job[Parameter.compute.threads] = threads }
    do throws(JobProblems) {
      return try PreparedInput(job: job, outputFolder: work.outputFolder, isResuming: true).inputs
    } catch { throw error.problems }
  }
}

extension RankWork: OutsideValue {
  var impossible: String? { nil }
}

/// A rank that does not lead.
public enum RankSession {
  /// Takes part in the run that rank 0 leads, until its end; rank 0 tells of whatever goes wrong.
  ///
  /// - Parameter threads: those of this rank; nil for as many as the job says.
  /// - Throws: why it did not come to its end.
  public static func takePart(
    with ranks: Communicator, control: RefinementControl, threads: Int?
  ) throws {
    let work = try ranks.broadcast([])
    let regions: [RefinementInput]
    do { regions = try RankWork.input(work, threads: threads) } catch {
      throw ranks.end(RankEnd(error, rank: ranks.rank))
    }
    _ = try ranks.gather([])
    try Refinement.takePart(in: regions, control: control, ranks: ranks)
  }
}
