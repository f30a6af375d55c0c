import Ground
import Jobs
import Refinement
import Report

/// What became of a run of a sweep, as far as it has come.
public struct SweepOutcome: Codable, Sendable, Equatable {
  public var name: String
  public var folder: String
  public var number: Int
  public var status: RunStatus
  public var varied: [SweepValue]
  public var round: Int?
  /// Particles that are refined, and what part of the file's they are; nil for all.
  public var particles: Int
  public var part: ParticlePart?
  /// Å, of the final maps; of a run that has not finished none.
  public var resolution: Double?
  /// By how much that may be chance, Å: one standard deviation, by the scatter of the FSC's shells about a
  /// straight line at the crossing.
  public var resolutionNoise: Double?
  /// Share of particles at a search limit, 0…1.
  public var shareAtLimit: Double?
  /// The sampling compensation factor of the views.
  public var samplingCompensation: Double?
  /// Median change against the start, degrees and Å.
  public var turned: Double?
  public var moved: Double?
  /// Median width of the posteriors, degrees and Å.
  public var posteriorRotation: Double?
  public var posteriorShift: Double?
  public var seconds: Double
  /// The worst that the rules object to, in a sentence; nil for nothing.
  public var objection: String?
  public var isBad: Bool
  /// The last word of a run that has failed or was stopped.
  public var message: String

  /// A run of which nothing is known but its status.
  public init(named name: String, number: Int, status: RunStatus, varied: [SweepValue]) {
    (self.name, self.number, self.status, self.varied) = (name, number, status, varied)
    (folder, particles, seconds, isBad, message) = (name, 0, 0, false, "")
  }

  /// Reads a run's files; nil where it is none of a sweep, or cannot be read.
  public init?(_ folder: RunFolder) {
    guard let manifest = try? folder.manifest(), let group = manifest.group else { return nil }
    name = folder.name
    self.folder = folder.path
    (number, varied, round) = (group.number, group.varied, group.round)
    status = folder.status(of: manifest)
    (particles, part) = (manifest.particles, manifest.part)
    (seconds, message) = (manifest.duration, manifest.message)
    isBad = false
    guard status == .finished, let summary = try? folder.summary() else { return }
    resolution = summary.resolutionAfter.isFinite ? summary.resolutionAfter : nil
    shareAtLimit = summary.shareAtLimit
    samplingCompensation = summary.samplingCompensation
    (turned, moved) = (summary.medianRotation, summary.medianShift)
    if let last = folder.finalMetrics() {
      (posteriorRotation, posteriorShift) = (last.posteriorRotation, last.posteriorShift)
      resolutionNoise = ResolutionNoise.deviation(of: last)
    }
    objection = summary.objections.first?.sentence
    isBad = summary.objections.first?.severity == .bad
  }
}

/// What a table of a sweep shows of each run, in the order of its columns.
public enum SweepMeasure: String, Sendable, CaseIterable {
  case resolution, shareAtLimit, samplingCompensation, turned, moved, posteriorRotation,
    posteriorShift, seconds

  /// The heading of its column, at most eight characters.
  public var title: String {
    switch self {
    case .resolution: "Å"
    case .shareAtLimit: "at limit"
    case .samplingCompensation: "SCF"
    case .turned: "turned"
    case .moved: "moved"
    case .posteriorRotation: "post. °"
    case .posteriorShift: "post. Å"
    case .seconds: "time"
    }
  }

  /// The name of its column in a table for programs.
  public var column: String {
    switch self {
    case .resolution: "resolution_A"
    case .shareAtLimit: "share_at_limit"
    case .samplingCompensation: "scf"
    case .turned: "median_turned_deg"
    case .moved: "median_moved_A"
    case .posteriorRotation: "posterior_rotation_deg"
    case .posteriorShift: "posterior_shift_A"
    case .seconds: "seconds"
    }
  }

  /// Whether less is better; nil where neither is.
  var isLessBetter: Bool? {
    switch self {
    case .resolution, .shareAtLimit, .posteriorRotation, .posteriorShift, .seconds: true
    case .samplingCompensation: false
    case .turned, .moved: nil
    }
  }

  /// The value of a run; nil while it has none.
  public func value(of outcome: SweepOutcome) -> Double? {
    switch self {
    case .resolution: outcome.resolution
    case .shareAtLimit: outcome.shareAtLimit
    case .samplingCompensation: outcome.samplingCompensation
    case .turned: outcome.turned
    case .moved: outcome.moved
    case .posteriorRotation: outcome.posteriorRotation
    case .posteriorShift: outcome.posteriorShift
    case .seconds: outcome.status == .queued ? nil : outcome.seconds
    }
  }

  /// The value of a run as a table has it; empty while it has none.
  public func text(of outcome: SweepOutcome) -> String {
    guard let value = value(of: outcome) else { return "" }
    return switch self {
    case .resolution, .samplingCompensation, .posteriorRotation, .posteriorShift:
      Format.fixed(value, 2)
    case .shareAtLimit: Format.percent(value)
    case .turned: Format.fixed(value, 2) + "°"
    case .moved: Format.fixed(value, 2) + " Å"
    case .seconds: Format.duration(value)
    }
  }
}

/// The outcomes of a sweep side by side.
public struct SweepTable: Sendable, Equatable {
  public let name: String
  public let outcomes: [SweepOutcome]

  public init(named name: String, _ outcomes: [SweepOutcome]) {
    (self.name, self.outcomes) = (name, outcomes)
  }

  /// Reads what there is of a sweep.
  public init(named name: String, runs: [RunFolder]) {
    self.init(named: name, runs.compactMap { SweepOutcome($0) })
  }

  /// The varied keys, in their order.
  public var keys: [String] {
    var keys: [String] = []
    for value in outcomes.flatMap(\.varied) where !keys.contains(value.key) {
      keys.append(value.key)
    }
    return keys
  }

  /// The runs that compare: the finished ones of the largest part of the particles.
  var comparable: [Int] {
    let finished = outcomes.indices.filter { outcomes[$0].status == .finished }
    let largest = finished.map { outcomes[$0].part?.fraction ?? 1 }.max() ?? 1
    return finished.filter { (outcomes[$0].part?.fraction ?? 1) == largest }
  }

  /// The runs that are the best of a measure: those that show what the best one shows; none where all
  /// show the same.
  public func best(_ measure: SweepMeasure) -> Set<Int> {
    guard let isLess = measure.isLessBetter else { return [] }
    let values = comparable.compactMap { index in
      measure.value(of: outcomes[index]).flatMap { $0.isFinite ? (index, $0) : nil }
    }
    guard let best = values.min(by: { isLess ? $0.1 < $1.1 : $0.1 > $1.1 }) else { return [] }
    let shown = measure.text(of: outcomes[best.0])
    let equal = values.filter { measure.text(of: outcomes[$0.0]) == shown }
    return equal.count == values.count ? [] : Set(equal.map(\.0))
  }

  /// The runs from the best to the worst: by resolution, then by the share at a limit, then in their order;
  /// those without a resolution last.
  public static func ranked(_ outcomes: [SweepOutcome]) -> [Int] {
    func key(_ index: Int) -> (Double, Double, Int) {
      let outcome = outcomes[index]
      return (outcome.resolution ?? .infinity, outcome.shareAtLimit ?? 1, index)
    }
    return outcomes.indices.sorted { key($0) < key($1) }
  }

  /// The best run of those that compare; nil before one has finished.
  public var bestRun: SweepOutcome? {
    let candidates = comparable.map { outcomes[$0] }
    return Self.ranked(candidates).first.map { candidates[$0] }
  }

  /// In a line: "4 of 6 finished, best 8.52 Å: hinge-sweep-3 (rotation_sd 6)".
  public var summary: String {
    let finished = outcomes.count { $0.status == .finished }
    var text = "\(finished) of \(outcomes.count) finished"
    if let best = bestRun, let resolution = best.resolution {
      let values = best.varied.map { "\($0.shortKey) \($0.shown)" }.joined(separator: ", ")
      text += ", best \(Format.resolution(resolution)): \(best.name) (\(values))"
      let equal = asGood.count
      if equal > 0 { text += "; \(equal) more as good within the scatter of the FSC" }
    }
    return text
  }

  /// Aligned lines; the best of each column has a star.
  public var text: String {
    let keys = keys
    let hasParts = outcomes.contains { $0.part != nil }
    var rows = [
      ["RUN"] + keys.map { SweepValue(key: $0, value: "").shortKey }
        + (hasParts ? ["particles"] : []) + SweepMeasure.allCases.map(\.title) + ["status"]
    ]
    let best = SweepMeasure.allCases.map { self.best($0) }
    for (index, outcome) in outcomes.enumerated() {
      let values = keys.map { key in outcome.varied.first { $0.key == key }?.shown ?? "" }
      let measures = zip(SweepMeasure.allCases, best).map { measure, best in
        measure.text(of: outcome) + (best.contains(index) ? "*" : " ")
      }
      let status =
        outcome.status == .finished && outcome.isBad ? "doubtful" : outcome.status.rawValue
      rows.append(
        [outcome.name] + values + (hasParts ? [outcome.part.number(outcome.particles)] : [])
          + measures + [status])
    }
    let leftAligned = Set([0, rows[0].count - 1] + (1...max(1, keys.count)))
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.indices.map { column -> String in
        let pad = String(repeating: " ", count: widths[column] - row[column].count)
        // A heading stands above its numbers, whose last place is the star's.
        let isHeading = row == rows[0] && !leftAligned.contains(column)
        if isHeading, !pad.isEmpty { return pad.dropFirst() + row[column] + " " }
        return leftAligned.contains(column) ? row[column] + pad : pad + row[column]
      }
      return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }

  /// A table for programs: every number in full, columns apart by tabs.
  public var tsv: String {
    let keys = keys
    let header =
      ["run", "status"] + keys + ["particles", "fraction"] + SweepMeasure.allCases.map(\.column)
      + ["objection"]
    let rows = outcomes.map { outcome -> [String] in
      let values = keys.map { key in outcome.varied.first { $0.key == key }?.value ?? "" }
      let measures = SweepMeasure.allCases.map { measure in
        measure.value(of: outcome).map { Format.shortest($0) } ?? ""
      }
      return [outcome.name, outcome.status.rawValue] + values
        + ["\(outcome.particles)", Format.shortest(outcome.part?.fraction ?? 1)] + measures
        + [outcome.objection ?? ""]
    }
    return ([header] + rows).map { row in
      row.map { String($0.map { $0 == "\t" || $0.isNewline ? " " : $0 }) }.joined(separator: "\t")
        + "\n"
    }.joined()
  }

  /// The same as JSON, with the runs that are the best of each column.
  public var json: String {
    struct Document: Codable {
      var sweep: String
      var runs: [SweepOutcome]
      var best: [String: [String]]
    }
    let best = SweepMeasure.allCases.map { measure in
      (measure.column, self.best(measure).sorted().map { outcomes[$0].name })
    }
    return JSONFile.text(
      Document(
        sweep: name, runs: outcomes,
        best: Dictionary(best.filter { !$1.isEmpty }, uniquingKeysWith: { first, _ in first })))
  }
}
