import Ground
import Jobs

/// The runs of a sweep before any is made: a job, and what each run has otherwise.
public struct SweepPlan: Sendable {
  /// How the values of several parameters are put together.
  public enum Pairing: Sendable, Hashable {
    /// Every value of each with every value of the others.
    case all
    /// The first values together, the second ones, and so on.
    case lists
  }

  /// A run of the plan.
  public struct Point: Sendable {
    /// The whole job.
    public var job: Job
    /// What is varied, in the order in which it was given.
    public var varied: [SweepValue]
  }

  /// The runs, the last parameter's values changing first.
  public let points: [Point]
  /// How many go on from each round to the next, ascending in their part of the particles; one round
  /// where nothing is searched.
  public let rounds: [Round]

  /// A round of a search: so many runs on a part of the particles.
  public struct Round: Sendable, Hashable {
    public var count: Int
    /// Factor of the job's own part.
    public var fraction: Double
  }

  /// Runs that a sweep may have: beyond, something else was meant.
  static let mostRuns = 1000

  /// Plans a sweep.
  ///
  /// - Parameters:
  ///   - job: what all runs have in common.
  ///   - typedIn: the folder from which paths among the values start.
  ///   - keep: how many are refined on all particles after a search on parts of them; nil for no search.
  ///   - problems: gets everything that is wrong.
  public init(
    _ job: Job, axes: [SweepAxis], pairing: Pairing = .all, keep: Int? = nil,
    typedIn folder: String,
    problems: inout [Problem]
  ) {
    let known = problems.count
    Self.check(axes, pairing: pairing, &problems)
    // Each value once, so that each problem is told once.
    for axis in axes {
      var seen: [ParameterValue?] = []
      for value in axis.values {
        var trial = job
        do throws(Problem) {
          try trial.set(assignment: "\(axis.key)=\(value)", typedIn: folder)
          if seen.contains(trial[axis.key]) {
            problems.append(
              Problem("\(axis.key) = \(value) is there twice", whatToDo: "Leave one out."))
          }
          seen.append(trial[axis.key])
        } catch { problems.append(error) }
      }
    }
    let indices = Self.indices(axes.map(\.values.count), pairing: pairing)
    guard problems.count == known, !indices.isEmpty else {
      (points, rounds) = ([], [])
      return
    }
    points = indices.map { indices in
      var point = Point(job: job, varied: [])
      for (axis, index) in zip(axes, indices) {
        let value = axis.values[index]
        // It was tried above.
        try? point.job.set(assignment: "\(axis.key)=\(value)", typedIn: folder)
        point.varied.append(
          SweepValue(key: axis.key, value: point.job[axis.key]?.text ?? value))
      }
      return point
    }
    rounds =
      keep.map { Self.rounds(of: indices.count, keep: $0) }
      ?? [Round(count: indices.count, fraction: 1)]
    Self.checkEffect(axes, points, &problems)
  }

  private static func check(_ axes: [SweepAxis], pairing: Pairing, _ problems: inout [Problem]) {
    let example = "\(Parameter.prior.rotationDeviation)=3,6,10"
    if axes.isEmpty {
      problems.append(
        Problem("nothing is varied", whatToDo: "Say what and how: --vary \(example)."))
    }
    for (place, axis) in axes.enumerated()
    where axes[..<place].contains(where: { $0.key == axis.key }) {
      problems.append(
        Problem("\(axis.key) is varied twice", whatToDo: "Give all its values in one --vary."))
    }
    let counts = axes.map(\.values.count)
    if pairing == .lists, Set(counts).count > 1 {
      let text = axes.map { "\($0.key) has \($0.values.count)" }.joined(separator: ", ")
      problems.append(
        Problem(
          "lists of different lengths cannot be paired: \(text)",
          whatToDo: "Give as many values for each, or leave out --paired for all combinations."))
    }
    let total = counts.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    if pairing == .all, counts.reduce(1.0, { $0 * Double($1) }) > Double(mostRuns) {
      problems.append(
        Problem(
          "\(Format.count(max(total, mostRuns))) runs or more",
          whatToDo: "Vary less: a sweep has \(mostRuns) runs at most."))
    }
  }

  /// A parameter that does nothing in any run is varied by mistake.
  private static func checkEffect(
    _ axes: [SweepAxis], _ points: [Point], _ problems: inout [Problem]
  ) {
    for axis in axes {
      guard let field = JobField(axis.key), let condition = field.parameter.condition,
        !points.contains(where: { $0.job.holds(condition, for: field) })
      else { continue }
      problems.append(
        Problem(
          "\(axis.key) has no effect without \(condition.key) = \(condition.value.text)",
          whatToDo: "Add --set \(condition.key)=\(condition.value.text)."))
    }
  }

  /// The value of each axis for each run.
  private static func indices(_ counts: [Int], pairing: Pairing) -> [[Int]] {
    guard !counts.isEmpty, counts.allSatisfy({ $0 > 0 }) else { return [] }
    if pairing == .lists {
      return (0..<(counts.min() ?? 0)).map { Array(repeating: $0, count: counts.count) }
    }
    guard counts.reduce(1.0, { $0 * Double($1) }) <= Double(mostRuns) else { return [] }
    return counts.reduce([[]]) { all, count in
      all.flatMap { before in (0..<count).map { before + [$0] } }
    }
  }

  /// Successive halving, by thirds: all on a tenth of the particles, the best third on three tenths, and so
  /// many on all.
  static func rounds(of count: Int, keep: Int) -> [Round] {
    let last = Round(count: min(keep, count), fraction: 1)
    guard count > keep else { return [last] }
    var rounds = [Round(count: count, fraction: 0.1)]
    let third = (count + 2) / 3
    if third > keep { rounds.append(Round(count: third, fraction: 0.3)) }
    return rounds + [last]
  }

  /// Runs of all rounds.
  public var count: Int { rounds.reduce(0) { $0 + $1.count } }

  /// The points of a round.
  ///
  /// - Parameter chosen: those of `points` that take part.
  func points(of round: Int, chosen: [Int]) -> [Point] {
    let fraction = rounds[round].fraction
    return chosen.map { index in
      var point = points[index]
      guard fraction < 1 else { return point }
      let key = Parameter.input.fraction
      point.job[key] = fraction * (point.job[key] ?? 1)
      return point
    }
  }
}
