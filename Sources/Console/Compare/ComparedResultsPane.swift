import Ground
import Jobs
import Refinement
import Surface

/// What became of the runs, line by line, the best marked where they compare.
struct ComparedResultsPane: ComparePane {
  /// First line that is shown.
  private(set) var line = 0

  func draw(in rect: Rect, of comparison: Comparison, into frame: inout Frame) {
    guard rect.height > 1 else { return }
    let runs = comparison.runs
    let table = ComparedTable(
      comparison,
      rows: ResultLine.all.map { line in
        let best = line.best(of: runs)
        return .init(
          names: [line.name],
          cells: runs.enumerated().map { index, run in
            if line.tellsOtherStart(run, than: runs.first) {
              return ("≠ " + line.value(run), .warning)
            }
            // A star beside the best, so that nothing is said by colour alone.
            let mark = best.contains(index) ? "*" : best.isEmpty ? "" : " "
            return (line.value(run) + mark, mark == "*" ? .good : .text)
          })
      })
    let top = min(line, max(0, ResultLine.all.count - ComparedTable.lines(in: rect)))
    table.draw(in: rect, from: top, into: &frame)
  }

  func table(_ comparison: Comparison) -> [[String]] {
    [["quantity"] + comparison.runs.map(\.name)]
      + ResultLine.all.map { line in [line.name] + comparison.runs.map(line.value) }
  }

  mutating func navigate(_ way: Navigation, _ comparison: inout Comparison) -> Bool {
    switch way {
    case .up, .down, .pageUp, .pageDown:
      line = min(max(0, line + (way.lines() ?? 0)), ResultLine.all.count - 1)
    case .left: comparison.step(by: -1)
    case .right: comparison.step(by: 1)
    case .first, .last, .back, .nextPane, .previousPane: return false
    }
    return true
  }
}

/// A line of the results: what it is, and what it is for a run.
struct ResultLine: Sendable {
  var name: String
  var value: @Sendable (RunSnapshot) -> String
  /// Its number, where the smallest is the best; nil where no value is better than another.
  var measure: (@Sendable (RunSnapshot) -> Double?)?

  private init(
    _ name: String, measure: (@Sendable (RunSnapshot) -> Double?)? = nil,
    value: @escaping @Sendable (RunSnapshot) -> String
  ) {
    (self.name, self.value, self.measure) = (name, value, measure)
  }

  /// Of the last iteration, or of the final maps.
  private static func last(
    _ name: String, measure: (@Sendable (IterationMetrics) -> Double)? = nil,
    value: @escaping @Sendable (IterationMetrics) -> String
  ) -> ResultLine {
    var line = ResultLine(name) { $0.metrics(of: nil).map(value) ?? "–" }
    if let measure { line.measure = { $0.metrics(of: nil).map(measure) } }
    return line
  }

  private static let resolutionAtStart = "Å at start"

  static let all: [ResultLine] = [
    ResultLine("Status") { $0.status?.word ?? "?" },
    last("Iterations") { "\($0.poseIteration)" },
    ResultLine("Starts from") { $0.start },
    ResultLine(resolutionAtStart) {
      Numbers.resolution($0.metrics.first?.fsc.resolution143 ?? .infinity)
    },
    ResultLine("Å at 0.143", measure: { $0.resolution }) {
      Numbers.resolution($0.resolution ?? .infinity)
    },
    last("Å at 0.5", measure: { $0.fsc.resolution50 }) { Numbers.resolution($0.fsc.resolution50) },
    last("Turned median") { Format.fixed($0.rotationFromStart.median, 2) + "°" },
    last("Turned 95%") { Format.fixed($0.rotationFromStart.percentile95, 2) + "°" },
    last("Moved median") { Format.fixed($0.shiftFromStart.median, 2) + " Å" },
    last("Moved 95%") { Format.fixed($0.shiftFromStart.percentile95, 2) + " Å" },
    last("At a limit", measure: { $0.shareAtLimit }) { Format.percent($0.shareAtLimit) },
    last("Posterior", measure: { $0.posteriorRotation }) {
      Format.fixed($0.posteriorRotation, 2) + "°"
    },
    ResultLine("Particles") { run in run.manifest.map { $0.part.number($0.particles) } ?? "–" },
    ResultLine("Time") { $0.manifest.map { Format.duration($0.duration) } ?? "–" },
  ]

  /// Whether it tells that a run started elsewhere than the first: what became of them does not compare
  /// as it is.
  func tellsOtherStart(_ run: RunSnapshot, than first: RunSnapshot?) -> Bool {
    guard name == Self.resolutionAtStart, let first = first?.metrics.first,
      let own = run.metrics.first
    else { return false }
    return Numbers.resolution(first.fsc.resolution143) != Numbers.resolution(own.fsc.resolution143)
  }

  /// The runs that are the best. None where they do not compare: with other particles, or in another
  /// mask; nor where all say the same.
  func best(of runs: [RunSnapshot]) -> Set<Int> {
    guard let measure, let first = runs.first else { return [] }
    let doCompare = runs.allSatisfy { run in
      run.manifest?.particles == first.manifest?.particles
        && run.job?[Parameter.input.mask] == first.job?[Parameter.input.mask]
    }
    let values = runs.map(measure)
    guard doCompare, let least = values.compactMap({ $0 }).min(),
      let winner = values.firstIndex(of: least)
    else { return [] }
    let best = runs.indices.filter { values[$0] != nil && value(runs[$0]) == value(runs[winner]) }
    return best.count == runs.count ? [] : Set(best)
  }
}

extension RunSnapshot {
  /// Where its poses come from: changes of runs with other starts do not compare.
  fileprivate var start: String {
    let parent = manifest?.parent.flatMap { $0.kind == .rerun ? nil : $0 }
    return parent.map { "\($0.run) \($0.iteration)" } ?? "its input"
  }
}
