import CryoEM
import Refinement
import Testing

@testable import Ground
@testable import Report
@testable import Runs

struct FormatTests {
  @Test(arguments: [
    (3.14159, 2, "3.14"), (-0.004, 2, "0.00"), (-0.006, 2, "-0.01"), (2.5, 0, "3"),
    (0.05, 1, "0.1"), (1234.5, 3, "1234.500"), (.infinity, 2, "inf"), (.nan, 1, "nan"),
    (1e20, 1, "1e+20"),
  ])
  func numbersHaveFixedDecimals(value: Double, decimals: Int, text: String) {
    #expect(Format.fixed(value, decimals) == text)
  }

  @Test func durationsBytesAndCounts() {
    #expect(
      [0.4, 59.4, 60, 3599, 3600, 36061].map(Format.duration) == [
        "0 s", "59 s", "1:00", "59:59", "1:00:00", "10:01:01",
      ])
    #expect(
      [12, 3400, 56_000_000, 2_100_000_000].map(Format.bytes) == [
        "12 B", "3.4 kB", "56 MB", "2.1 GB",
      ])
    #expect([0, 999, 1000, -1_234_567].map(Format.count) == ["0", "999", "1,000", "-1,234,567"])
  }

  @Test func aMeterMeasuresThePaceOfAStage() throws {
    var meter = ProgressMeter()
    meter.take(.stage(.search, iteration: 3), at: 10)
    #expect(meter.progress?.fraction == nil)
    meter.take(.progress(.search, done: 50, total: 200), at: 15)
    let progress = try #require(meter.progress)
    #expect(progress.iteration == 3)
    #expect(progress.perSecond == 10)
    #expect(progress.secondsLeft == 15)
    #expect(progress.fraction == 0.25)
    meter.take(.progress(.reconstruction, done: 1, total: 2), at: 20)
    #expect(meter.progress?.stage == .reconstruction)
  }

  /// A share of the work counts before the number of particles, and what passes in a pause does not.
  @Test func aMeterKnowsSharesAndPauses() throws {
    var meter = ProgressMeter()
    meter.take(.stage(.final, iteration: 3), at: 10)
    meter.take(.progress(.final, done: 200, total: 200, share: 0.4), at: 18)
    let before = try #require(meter.progress)
    #expect(before.fraction == 0.4)
    #expect(before.perSecond == 25)
    // Four tenths took 8 s: six take 12.
    #expect(abs((before.secondsLeft ?? 0) - 12) < 1e-9)
    meter.setPaused(true, at: 20)
    meter.take(.progress(.final, done: 200, total: 200, share: 0.5), at: 25)
    #expect(abs((meter.progress?.secondsLeft ?? 0) - 10) < 1e-9)
    meter.setPaused(false, at: 100)
    meter.take(.progress(.final, done: 200, total: 200, share: 0.8), at: 106)
    #expect(abs((meter.progress?.secondsLeft ?? 0) - 4) < 1e-9)
    meter.take(.progress(.final, done: 200, total: 200, share: 1), at: 110)
    #expect(meter.progress?.secondsLeft == nil)
  }

  @Test func theVerdictSaysWhatHappened() {
    #expect(
      RunSummary.verdict(
        converged: true, iterations: 6, before: 3.21, after: 2.94, shareAtLimit: 0.004)
        == "converged at iteration 6: 3.21 → 2.94 Å inside the mask, 0.4% of particles at the "
        + "search limit")
  }

  @Test func curvesAreWrittenByShell() {
    let report = FSCReport(noMask: [1, 0.5], tight: [1, 0.75], corrected: [1], resolution143: 8)
    let table = FSCTable(report: report, edge: 20)
    let lines = table.tsv.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[2] == "1\t0.050000\t20.0000\t0.500000\tnan\tnan\t0.750000\tnan")
    #expect(table.star(bFactor: -50).contains("\n1 0.050000 20.000000 nan 0.500000 0.750000\n"))
    #expect(table.xml.contains("<x>0.000000</x>\n    <y>1.000000</y>"))
  }
}
