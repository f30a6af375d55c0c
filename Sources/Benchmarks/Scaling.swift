import ArgumentParser
import Glibc
import Ground
import Jobs
import Refinement
import Synchronization

/// What more threads would do for a job: a refinement on one thread, of which every piece of every loop
/// is timed, and what it takes when so many workers share the pieces.
struct Scaling: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scaling",
    abstract: "Refine a job on one thread and tell what it takes on more.",
    discussion: """
      What a refinement writes is left out. The schedule knows nothing of caches and memory channels \
      that workers share, nor of the locks of sums that they add to.
      """)

  @Argument(help: "The job file; without one, all comes from --set.")
  var job: String?
  @Option(name: .customLong("set"), help: "Set a parameter, as key=value.")
  var assignments: [String] = []
  @Option(help: "Where image paths start.")
  var projectDir: String?
  @Option(help: "Workers to play for, separated by commas.")
  var workers = "2,8,32,64,128"
  @Option(help: "Also play the loops over particles as if there were so many.")
  var particlesTo = 0
  @Option(help: "Also refine on so many threads, separated by commas, and compare the clock.")
  var check = ""
  @Option(help: "Serial stretches and loops that are told.")
  var told = 12

  func run() throws {
    let input = try prepared().input
    let recorder = WorkRecorder()
    try WorkRecorder.$current.withValue(recorder) {
      _ = try refined(input, threads: 1) { event in
        if case .stage(let stage, let iteration) = event {
          recorder.begin(stage.rawValue + (iteration == 0 ? " (start)" : ""))
        }
      }
    }
    let stages = recorder.finished()
    let counts = workers.split(separator: ",").compactMap { Int($0) }
    print("\(input.particles.count) particles, box \(input.images.boxSize)")
    tell(stages, counts)
    if particlesTo > input.particles.count {
      let factor = particlesTo / input.particles.count
      print("\n\(factor * input.particles.count) particles, by their loops' pieces \(factor) times")
      tell(stages.map { $0.scaled(by: factor) }, counts)
    }
    for threads in check.split(separator: ",").compactMap({ Int($0) }) {
      let schedule = Schedule(workers: threads)
      let expected = stages.reduce(0) { $0 + schedule.elapsed($1.work) }
      let cpu = cpuSeconds()
      let start = ContinuousClock.now
      _ = try refined(input, threads: threads) { _ in }
      let clock = (ContinuousClock.now - start) / .seconds(1)
      print(
        "\(threads) threads: \(rounded(clock)) s on the clock, \(rounded(expected)) s by the "
          + "schedule, \(rounded(cpuSeconds() - cpu)) s of processor time")
    }
  }

  private func prepared() throws -> PreparedInput {
    var job = Job(folder: FilePath.currentFolder)
    if let path = self.job { job = try Job.read(path: path).0 }
    var all = assignments
    if let projectDir { all.append("\(Parameter.input.projectFolder)=\(projectDir)") }
    for assignment in all { try job.set(assignment: assignment, typedIn: FilePath.currentFolder) }
    return try PreparedInput(
      job: job, outputFolder: FilePath.absolute("scaling-nowhere"), problems: [])
  }

  private func refined(
    _ input: RefinementInput, threads: Int, _ events: @escaping @Sendable (RefinementEvent) -> Void
  ) throws -> RefinementResult {
    var input = input
    input.settings.threads = threads
    return try refine(input, events: events)
  }

  // MARK: What is told

  private func tell(_ stages: [WorkRecorder.Stage], _ counts: [Int]) {
    var names: [String] = []
    var work: [String: [[WorkRecorder.Work]]] = [:]
    for stage in stages {
      if work[stage.name] == nil { names.append(stage.name) }
      work[stage.name, default: []].append(stage.work)
    }
    print(row("stage", "1", counts.map { "\($0)" }))
    var whole = [Double](repeating: 0, count: counts.count)
    var total = 0.0
    for name in names {
      let parts = work[name] ?? []
      let one = parts.reduce(0) { $0 + Schedule.total($1) }
      let elapsed = counts.map { count in
        parts.reduce(0) { $0 + Schedule(workers: count).elapsed($1) }
      }
      for index in counts.indices { whole[index] += elapsed[index] }
      total += one
      print(row(name, "\(rounded(one))", elapsed.map { cell($0, of: one) }))
    }
    print(row("all", "\(rounded(total))", whole.map { cell($0, of: total) }))
    tellSlowest(stages, workers: counts.contains(64) ? 64 : counts.last ?? 2)
  }

  /// What keeps workers waiting most: pieces of a stage by what they take beyond their even share.
  private func tellSlowest(_ stages: [WorkRecorder.Stage], workers: Int) {
    var lost: [String: (seconds: Double, total: Double)] = [:]
    for stage in stages {
      var last = "the beginning"
      for part in stage.work {
        let key: String
        switch part {
        case .serial: key = "\(stage.name): serial after \(last)"
        case .loop(let name, let chunks):
          key = "\(stage.name): \(name), \(chunks.count) pieces"
          last = name
        }
        let one = Schedule.total([part])
        let elapsed = Schedule(workers: workers).elapsed([part])
        lost[key, default: (0, 0)].seconds += elapsed - one / Double(workers)
        lost[key, default: (0, 0)].total += one
      }
    }
    print(
      "What keeps \(workers) workers waiting (seconds beyond the even share, of so many on one):")
    for (key, value) in lost.sorted(by: { $0.value.seconds > $1.value.seconds }).prefix(told) {
      print("  \(rounded(value.seconds)) of \(rounded(value.total))  \(key)")
    }
  }

  private func cell(_ elapsed: Double, of one: Double) -> String {
    "\(rounded(elapsed)) (\(rounded(one / max(elapsed, 1e-9)))x)"
  }

  private func row(_ name: String, _ one: String, _ cells: [String]) -> String {
    ([name] + [one] + cells).enumerated().map { index, text in
      text + String(repeating: " ", count: max(1, (index == 0 ? 26 : 18) - text.count))
    }.joined()
  }
}

extension WorkRecorder.Stage {
  /// The stage with so many times as many particles.
  fileprivate func scaled(by factor: Int) -> WorkRecorder.Stage {
    var stage = self
    // The filtering of the start searches a sample, and no set is larger for that.
    guard !name.hasPrefix(RefinementEvent.Stage.filtering.rawValue) else { return stage }
    stage.work = work.map { part in
      // Loops over all particles are named so.
      guard case .loop(let name, let chunks) = part, name.hasPrefix("particles: ") else {
        return part
      }
      return .loop(
        name: name, chunks: (0..<factor).flatMap { _ in chunks })
    }
    return stage
  }
}
