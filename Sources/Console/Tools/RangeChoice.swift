import Glibc
import Ground
import Refinement
import Tools

/// A quantity of each particle in bins, as a pane shows it and as an expression calls it.
struct ChoiceAxis: Sendable, Hashable {
  /// The name in expressions.
  var name: String
  /// The range that is shown, in its unit, and the number of bins; the outer bins hold all beyond.
  var lower: Double
  var upper: Double
  var bins: Int
  /// Whether the last bin meets the first, as of an angle all the way round.
  var isPeriodic = false

  init(_ name: String, lower: Double, upper: Double, bins: Int, isPeriodic: Bool = false) {
    (self.name, self.lower, self.upper, self.bins) = (name, lower, upper, max(1, bins))
    self.isPeriodic = isPeriodic
  }

  init(_ name: String, _ histogram: IterationMetrics.Histogram) {
    self.init(
      name, lower: histogram.lower, upper: histogram.upper, bins: histogram.counts.count)
  }

  /// Where a bin begins.
  func edge(_ bin: Int) -> Double { lower + (upper - lower) * Double(bin) / Double(bins) }

  /// The bin of a place along it that may lie beyond its ends: there a periodic quantity goes on at the other end.
  func bin(at place: Int) -> Int {
    isPeriodic ? (place % bins + bins) % bins : min(max(0, place), bins - 1)
  }

  /// The bin of a value; the outer one for those beyond.
  func bin(of value: Double) -> Int {
    let share = (value - lower) / (upper - lower)
    return share.isFinite ? min(max(0, Int(share * Double(bins))), bins - 1) : 0
  }
}

/// A range of a quantity: the bins from one to another, or to the end. Of a periodic quantity the last bin may stand
/// before the first: then it goes across the end.
struct ChosenRange: Sendable, Hashable {
  var axis: ChoiceAxis
  /// Nil from the first one on, and to the last one.
  var first: Int?
  var last: Int?

  /// Whether it goes across the end of a periodic quantity, and so has two parts.
  var isAcross: Bool {
    guard let first, let last else { return false }
    return last < first
  }

  /// What it says of a particle; nil where it says nothing. Ends are rounded by less than a fiftieth of a bin.
  var expression: String? {
    let decimals = max(
      0, 2 - Int(log10((axis.upper - axis.lower) / Double(axis.bins)).rounded(.down)))
    func edge(_ bin: Int) -> String {
      let scale = pow(10, Double(min(decimals, 12)))
      return Format.shortest((axis.edge(bin) * scale).rounded() / scale)
    }
    if isAcross, let first, let last {
      return last + 1 == first
        ? nil : "\(axis.name) >= \(edge(first)) or \(axis.name) < \(edge(last + 1))"
    }
    let parts = [
      first.flatMap { $0 > 0 ? "\(axis.name) >= \(edge($0))" : nil },
      last.flatMap { $0 < axis.bins - 1 ? "\(axis.name) < \(edge($0 + 1))" : nil },
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " and ")
  }

  /// The values that are in it, as far as they are shown.
  var values: ClosedRange<Double> {
    axis.edge(first ?? 0)...max(axis.edge(first ?? 0), axis.edge((last ?? axis.bins - 1) + 1))
  }

  /// Its bins, counted on beyond the last where it goes across the end.
  var shown: ClosedRange<Int> {
    let (start, end) = (first ?? 0, last ?? axis.bins - 1)
    return start...max(start, isAcross ? end + axis.bins : end)
  }
}

/// What was chosen in histograms and maps of the sphere: particles that are in all ranges.
struct RangeChoice: Sendable, Hashable {
  /// In the order in which they were chosen.
  private(set) var ranges: [ChosenRange] = []
  /// Where the cursor is, as a bin, by the name of a quantity.
  var cursors: [String: Int] = [:]

  var isEmpty: Bool { ranges.isEmpty }

  /// What the ranges say of a particle; nil without any.
  var expression: String? {
    let said = ranges.filter { $0.expression != nil }
    let parts = said.compactMap { range in
      // “or” binds less than “and”.
      range.expression.map { range.isAcross && said.count > 1 ? "(\($0))" : $0 }
    }
    return parts.isEmpty ? nil : parts.joined(separator: " and ")
  }

  func range(of axis: ChoiceAxis) -> ChosenRange? { ranges.first { $0.axis == axis } }

  /// Chooses the bins between two places, in either order; beyond an end of a periodic quantity those of the other.
  mutating func choose(_ axis: ChoiceAxis, from start: Int, to end: Int) {
    let (first, last) = (min(start, end), max(start, end))
    guard last - first + 1 < axis.bins else {
      return put(ChosenRange(axis: axis, first: 0, last: axis.bins - 1))
    }
    put(ChosenRange(axis: axis, first: axis.bin(at: first), last: axis.bin(at: last)))
  }

  /// Lets the range begin, or end, at the cursor; the other end goes where it would be on the wrong side, but of a
  /// periodic quantity, which has none.
  mutating func begin(_ axis: ChoiceAxis) {
    let bin = cursors[axis.name] ?? 0
    let last = range(of: axis)?.last
    put(
      ChosenRange(
        axis: axis, first: bin, last: last.flatMap { $0 < bin && !axis.isPeriodic ? nil : $0 }))
  }

  mutating func end(_ axis: ChoiceAxis) {
    let bin = cursors[axis.name] ?? 0
    let first = range(of: axis)?.first
    put(
      ChosenRange(
        axis: axis, first: first.flatMap { $0 > bin && !axis.isPeriodic ? nil : $0 }, last: bin))
  }

  mutating func clear() { ranges = [] }

  private mutating func put(_ range: ChosenRange) {
    if let index = ranges.firstIndex(where: { $0.axis.name == range.axis.name }) {
      ranges[index] = range
    } else {
      ranges.append(range)
    }
  }
}

/// How many particles of a run an expression keeps.
struct ChoiceCount: Sendable, Hashable {
  var folder: String
  var expression: String
  /// In words, and in few.
  var sentence = ""
  var brief = ""
  /// Why it cannot be said.
  var problem: Problem?

  /// The same when it was counted.
  var counted: ChoiceCount {
    var found = self
    var selection = ParticleSelection(input: folder)
    selection.expression = expression
    do {
      let result = try selection.run().result
      (found.sentence, found.brief) = (result.sentence, result.brief)
    } catch {
      found.problem =
        (error as? Problems)?.all.first ?? error as? Problem
        ?? Problem("\(error)", whatToDo: "Look at the run's particles.")
    }
    return found
  }
}
