import ArgumentParser
import Jobs
import Refinement
import Synchronization

/// How well the time that is left is told: predicted against actual, stage by stage, in a refinement
/// of a job's data.
struct Pace: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pace", abstract: "Refine a job and compare the times told with those taken.")

  @Argument(help: "The job file; nothing is written.")
  var job: String
  @Option(help: "Worker threads; 0 for those of the job.")
  var threads = 0
  @Flag(help: "Print every step of every stage.")
  var steps = false
  @Flag(
    help:
      "By the processor's time of one thread instead of the clock, for machines with other work.")
  var processor = false

  /// What was told of a stage.
  private struct Stage {
    var stage: RefinementEvent.Stage
    var iteration: Int
    var start: Double
    var end = 0.0
    var told: [(share: Double, time: Double)] = []

    /// Largest deviation of the told duration from the actual one, after the first tenth.
    var error: Double {
      told.filter { $0.share >= 0.1 }.map { ($0.time - start) / $0.share / (end - start) - 1 }
        .max { abs($0) < abs($1) } ?? .nan
    }
  }

  func run() throws {
    var parameters = try Job.read(path: job).job
    if threads > 0 { try parameters.set(assignment: "compute.threads=\(threads)", typedIn: ".") }
    let prepared = try PreparedInput(job: parameters, outputFolder: "/nonexistent/pace")
    let stages = Mutex<[Stage]>([])
    let clock = ContinuousClock()
    let start = clock.now
    let byProcessor = processor
    @Sendable func now() -> Double {
      if byProcessor { return cpuSeconds() }
      let parts = (clock.now - start).components
      return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    }
    _ = try refine(prepared.input) { event in
      let time = now()
      stages.withLock { stages in
        switch event {
        case .stage(let stage, let iteration):
          if !stages.isEmpty { stages[stages.count - 1].end = time }
          stages.append(Stage(stage: stage, iteration: iteration, start: time))
        case .progress(_, let done, let total, let share) where !stages.isEmpty:
          let share = share ?? (total > 0 ? Double(done) / Double(total) : 0)
          stages[stages.count - 1].told.append((share, time))
        default: break
        }
      }
    }
    let end = now()
    for var stage in stages.withLock({ $0 }) {
      if stage.end == 0 { stage.end = end }
      let length = stage.end - stage.start
      print(
        "{\"iteration\": \(stage.iteration), \"stage\": \"\(stage.stage.rawValue)\", "
          + "\"seconds\": \(rounded(length)), \"worst_error_percent\": "
          + "\(stage.error.isNaN ? "null" : "\(rounded(100 * stage.error))")}")
      guard steps else { continue }
      for told in stage.told {
        let time = (told.time - stage.start) / length
        print("  share \(rounded(told.share)) told at \(rounded(time)) of the time")
      }
    }
  }
}
