import Ground
import Jobs
import Testing

@testable import Runs

struct SweepPlanTests {
  private func plan(
    _ texts: [String], pairing: SweepPlan.Pairing = .all, keep: Int? = nil,
    set: [String] = ["prior.enabled=true"]
  ) throws -> (SweepPlan, [String]) {
    var job = Job(name: "head", folder: "/data")
    for assignment in set { try job.set(assignment: assignment, typedIn: "/data") }
    var problems: [Problem] = []
    let axes = try texts.map { text throws(Problem) in try SweepAxis(assignment: text) }
    let plan = SweepPlan(
      job, axes: axes, pairing: pairing, keep: keep, typedIn: "/here", problems: &problems)
    return (plan, problems.map(\.what))
  }

  private func values(_ plan: SweepPlan) -> [[String]] {
    plan.points.map { $0.varied.map(\.value) }
  }

  @Test func allCombinationsAreMade() throws {
    let (made, problems) = try plan(["prior.rotation_sd=3, 6", "input.mask=a.mrc,b.mrc,/c.mrc"])
    #expect(problems.isEmpty)
    #expect(
      values(made) == [
        ["3", "/here/a.mrc"], ["3", "/here/b.mrc"], ["3", "/c.mrc"],
        ["6", "/here/a.mrc"], ["6", "/here/b.mrc"], ["6", "/c.mrc"],
      ])
    for point in made.points {
      #expect(point.job["prior.rotation_sd"]?.text == point.varied[0].value)
      #expect(point.job["prior.enabled"] == .toggle(true))
    }
    // What follows a varied parameter follows it in each run.
    #expect(
      made.points.map { $0.job["search.rotation_extent"]?.text } == [
        "9", "9", "9", "18", "18", "18",
      ])
    #expect(made.points[1].varied[1].shown == "b.mrc" && made.rounds.count == 1)
  }

  @Test func listsArePaired() throws {
    let (made, problems) = try plan(
      ["prior.rotation_sd=3,6", "prior.shift_sd=1.5,2"], pairing: .lists)
    #expect(problems.isEmpty && values(made) == [["3", "1.5"], ["6", "2"]])
    let (_, wrong) = try plan(["prior.rotation_sd=3,6", "prior.shift_sd=1"], pairing: .lists)
    #expect(wrong.count == 1 && wrong[0].contains("prior.rotation_sd has 2, prior.shift_sd has 1"))
  }

  @Test func valuesWithCommasArePartedBySemicolons() throws {
    let (made, problems) = try plan(["fulcrum.coordinates=1,2,3; 4,5,6"], set: [])
    #expect(problems.isEmpty && values(made) == [["1,2,3"], ["4,5,6"]])
    #expect(values(try plan(["fulcrum.coordinates=1,2,3"], set: []).0) == [["1,2,3"]])
  }

  @Test func allThatIsWrongIsToldAtOnce() throws {
    let (made, problems) = try plan([
      "prior.rotation_sd=3,-1,x", "prior.shift_sd=2,2.0", "mask.type=static,stretchy",
    ])
    #expect(made.points.isEmpty && problems.count == 4, "\(problems)")
    for words in ["-1", "= x", "prior.shift_sd = 2.0 is there twice", "stretchy"] {
      #expect(problems.contains { $0.contains(words) }, "\(words)")
    }
    #expect(throws: Problem.self) { try SweepAxis(assignment: "prior.rotaton_sd=1,2") }
    #expect(throws: Problem.self) { try SweepAxis(assignment: "output.directory=a,b") }
    #expect(throws: Problem.self) { try SweepAxis(assignment: "prior.rotation_sd=1,,2") }
    #expect(
      try plan(["prior.rotation_sd=1", "prior.rotation_sd=2"]).1.contains { $0.contains("twice") })
    let many = (1...40).map(String.init).joined(separator: ",")
    #expect(try plan(["prior.rotation_sd=\(many)", "prior.shift_sd=\(many)"]).1.count == 1)
  }

  @Test func aParameterWithoutEffectIsRefused() throws {
    #expect(try plan(["prior.rotation_sd=3,6"], set: []).1.first?.contains("no effect") == true)
    #expect(try plan(["prior.rotation_sd=3,6", "prior.enabled=true,false"], set: []).1.isEmpty)
  }

  @Test func searchesGoOnWithThirds() throws {
    func rounds(_ count: Int, _ keep: Int) -> [String] {
      SweepPlan.rounds(of: count, keep: keep).map {
        "\($0.count) at \(Format.shortest($0.fraction))"
      }
    }
    #expect(rounds(27, 2) == ["27 at 0.1", "9 at 0.3", "2 at 1"])
    #expect(rounds(6, 2) == ["6 at 0.1", "2 at 1"])
    #expect(rounds(3, 5) == ["3 at 1"])
    let (made, _) = try plan(
      ["prior.rotation_sd=2,3,4"], keep: 1, set: ["prior.enabled=true", "input.fraction=0.5"])
    #expect(made.count == 4)
    let first = made.points(of: 0, chosen: [0, 2])
    #expect(first.map { $0.job["input.fraction"]?.text } == ["0.05", "0.05"])
    #expect(first[1].varied[0].value == "4")
    #expect(made.points(of: 1, chosen: [1])[0].job["input.fraction"]?.text == "0.5")
  }
}

struct SweepTableTests {
  private func outcome(
    _ number: Int, _ resolution: Double?, limit: Double = 0.1, scf: Double = 0.9,
    fraction: Double? = nil, status: RunStatus = .finished
  ) -> SweepOutcome {
    var outcome = SweepOutcome(
      named: "s-\(number)", number: number, status: status,
      varied: [SweepValue(key: "prior.rotation_sd", value: "\(number)")])
    outcome.resolution = resolution
    outcome.shareAtLimit = resolution == nil ? nil : limit
    outcome.samplingCompensation = resolution == nil ? nil : scf
    outcome.part = fraction.map { ParticlePart(fraction: $0, all: 1000) }
    return outcome
  }

  @Test func theBestOfEachColumnIsFound() {
    let table = SweepTable(
      named: "s",
      [
        outcome(1, 4.004, limit: 0.5, scf: 0.7), outcome(2, 3.996, limit: 0.2, scf: 0.7),
        outcome(3, 5, limit: 0.1, scf: 0.8), outcome(4, nil, status: .failed),
      ])
    // Both show 4.00.
    #expect(table.best(.resolution) == [0, 1])
    #expect(table.best(.shareAtLimit) == [2] && table.best(.samplingCompensation) == [2])
    #expect(table.best(.turned).isEmpty)
    #expect(SweepTable.ranked(table.outcomes) == [1, 0, 2, 3])
    #expect(table.bestRun?.name == "s-2")
    #expect(table.summary == "3 of 4 finished, best 4.00 Å: s-2 (rotation_sd 2)")
  }

  @Test func partsCompareAmongThemselves() {
    let table = SweepTable(
      named: "s",
      [
        outcome(1, 3, fraction: 0.1), outcome(2, 4, fraction: 0.1), outcome(3, 6), outcome(4, 5),
      ])
    #expect(table.best(.resolution) == [3] && table.bestRun?.name == "s-4")
  }

  @Test func tablesForPeopleAndPrograms() throws {
    let table = SweepTable(
      named: "s", [outcome(1, 4), outcome(2, 3.5), outcome(12, nil, status: .queued)])
    let lines = table.text.split(separator: "\n").map(String.init)
    #expect(lines.count == 4 && lines[0].hasPrefix("RUN   rotation_sd"))
    #expect(lines[2].contains("3.50*") && !lines[1].contains("*") && lines[3].hasSuffix("queued"))
    // Numbers stand under each other.
    let place = lines[1].range(of: "4.00")
    let other = lines[2].range(of: "3.50")
    #expect(
      place?.lowerBound.utf16Offset(in: lines[1]) == other?.lowerBound.utf16Offset(in: lines[2]))
    let rows = table.tsv.split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false)
    }
    #expect(rows.allSatisfy { $0.count == rows[0].count })
    let column = try #require(rows[0].firstIndex(of: "resolution_A"))
    #expect(rows.map { String($0[column]) } == ["resolution_A", "4", "3.5", ""])
    #expect(table.json.contains("\"resolution_A\" : [\n      \"s-2\""))
  }

  /// The deviation is that with which crossings of noisy curves scatter.
  @Test func noiseOfTheResolutionIsThatOfCrossings() throws {
    var generator = SeededGenerator(seed: 7)
    var (crossings, deviations): ([Double], [Double]) = ([], [])
    for _ in 0..<400 {
      let curve = (0..<64).map { 1.2 - 0.04 * Double($0) + 0.03 * generator.normal() }
      // Where two neighbours cross, from the fine side, where the scatter is small against the slope.
      let below = try #require(curve.firstIndex { $0 < 0.143 })
      let step = (curve[below - 1] - 0.143) / (curve[below - 1] - curve[below])
      let crossing = Double(below - 1) + step
      crossings.append(crossing)
      deviations.append(
        try #require(ResolutionNoise.deviation(of: curve, crossing: crossing)))
    }
    let mean = crossings.reduce(0, +) / 400
    let scatter = (crossings.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 399).squareRoot()
    let told = deviations.reduce(0, +) / 400
    #expect(abs(told / scatter - 1) < 0.3, "\(told) \(scatter)")
    #expect(ResolutionNoise.deviation(of: [1, 1, 1, 1, 1, 1, 1, 1], crossing: 4) == nil)
  }

  @Test func aChoiceWithinTheNoiseIsDoubted() {
    func outcome(_ number: Int, _ resolution: Double, noise: Double) -> SweepOutcome {
      var outcome = SweepOutcome(
        named: "s-\(number)", number: number, status: .finished, varied: [])
      (outcome.resolution, outcome.resolutionNoise) = (resolution, noise)
      outcome.folder = outcome.name
      return outcome
    }
    let clear = [outcome(1, 3.9, noise: 0.05), outcome(2, 3.5, noise: 0.05)]
    #expect(SweepTable.doubt(clear, keeping: 1) == nil)
    let close = [outcome(1, 3.55, noise: 0.05), outcome(2, 3.5, noise: 0.05)]
    let doubt = SweepTable.doubt(close, keeping: 1)
    #expect(doubt?.hasPrefix("s-2 goes on and s-1 does not, at 3.50 Å and 3.55 Å") == true)
    #expect(doubt?.contains("0.07 Å") == true)
    #expect(SweepTable.doubt(close, keeping: 2) == nil)
    #expect(SweepTable(named: "s", clear).asGood.isEmpty)
    #expect(SweepTable(named: "s", close).asGood == [close[0].folder])
    #expect(SweepTable(named: "s", close).summary.contains("1 more as good within the scatter"))
  }
}
