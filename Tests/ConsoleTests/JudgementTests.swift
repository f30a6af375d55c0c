import Glibc
import Refinement
import Runs
import Surface
import Testing

@testable import Console

/// Numbers that the screens make of what runs say.
@Suite struct JudgementTests {
  @Test func verdictSpeaksOfTheTrend() {
    let all = SampleRuns.metrics(iterations: 3)
    #expect(Verdict(trend: []).text.contains("no iteration yet"))
    #expect(Verdict(trend: Array(all.prefix(1))).text == "start: 4.20 Å inside the mask")
    #expect(Verdict(trend: all).text.hasPrefix("improving: 4.20 → 3.36 Å in the mask"))
    var worse = all
    worse[3].fsc.resolution143 = 5
    #expect(Verdict(trend: worse).text.hasPrefix("getting worse"))
    #expect(Verdict(trend: worse).role == .warning)
  }

  @Test func verdictWarnsOfTheSearchLimit() {
    var all = SampleRuns.metrics(iterations: 2)
    all[2].shareAtLimit = 0.31
    #expect(Verdict(trend: all).text.contains("31.0% of particles at a search limit"))
  }

  @Test func verdictFindsAnFSCThatRisesAgain() throws {
    var metrics = SampleRuns.metrics(iteration: 3, seed: 0)
    #expect(Verdict.lateRise(metrics) == nil)
    metrics.fsc.corrected = (0..<64).map { $0 < 30 ? 1 : $0 > 50 && $0 < 56 ? 0.4 : 0 }
    metrics.bandShell = 40
    // Shells 51, 52, 53 are the first three: 192 Å / 51.
    let rise = try #require(Verdict.lateRise(metrics))
    #expect(abs(rise - 192.0 / 51) < 1e-9)
    #expect(Verdict(trend: [metrics]).role == .warning)
  }

  /// A curve that stays above 0.143 to the last shell gives no resolution, however good its number.
  @Test func verdictDistrustsAnFSCThatNeverFalls() {
    var all = SampleRuns.metrics(iterations: 2)
    all[2].fsc.corrected = (0..<64).map { 1 - Double($0) / 80 }
    #expect(Verdict(trend: all).role == .bad)
    #expect(Verdict(trend: all).text.contains("NEVER FALLS (0.21 at the finest shell)"))
    all[2].fsc.corrected[40] = 0.1
    #expect(Verdict(trend: all).role != .bad)
    var snapshot = SampleRuns.snapshot(status: .finished)
    #expect(Verdict(snapshot).role == .good)
    snapshot.summary?.fscEnd = 0.21
    #expect(Verdict(snapshot).role == .bad)
  }

  /// Views from everywhere sample all directions alike; side views around one axis give the factor
  /// 0.81 of Baldwin and Lyumkis; views along one axis leave directions empty.
  @Test func samplingCompensationKnowsTheLimits() throws {
    func metrics(_ count: (_ elevation: Double) -> Double) -> IterationMetrics {
      var metrics = SampleRuns.metrics(iteration: 1, seed: 0)
      metrics.orientationAzimuths = 72
      metrics.orientationCounts = (0..<36).flatMap { row -> [Int] in
        let elevation = (Double(row) + 0.5) / 36 * .pi - .pi / 2
        return Array(repeating: Int(count(elevation).rounded()), count: 72)
      }
      return metrics
    }
    let even = try #require(OrientationScore.samplingCompensation(of: metrics { 1000 * cos($0) }))
    #expect(even > 0.98)
    let side = try #require(
      OrientationScore.samplingCompensation(of: metrics { abs($0) < 0.1 ? 1000 : 0 }))
    #expect(abs(side - 0.81) < 0.05)
    let top = try #require(
      OrientationScore.samplingCompensation(of: metrics { $0 > 1.5 ? 1000 : 0 }))
    #expect(top < 0.01)
    #expect(OrientationScore.samplingCompensation(of: metrics { _ in 0 }) == nil)
  }

  @Test(arguments: [0.0, 951_782_400, 1_795_252_800, 1_709_210_096, 4_102_444_799])
  func datesAreThoseOfTheLibrary(_ time: Double) {
    var seconds = time_t(time)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    let date = CalendarDate(time, offset: 0)
    #expect(date.year == Int(parts.tm_year) + 1900)
    #expect(date.month == Int(parts.tm_mon) + 1)
    #expect(date.day == Int(parts.tm_mday))
    #expect(date.hour == Int(parts.tm_hour))
    #expect(date.minute == Int(parts.tm_min))
    #expect(date.second == Int(parts.tm_sec))
  }

  @Test func particlesAreFilteredAndSorted() throws {
    var page = ParticlePage()
    page.receive(SampleRuns.particles(of: "x", iteration: 1))
    page.filter = "turned > 7.5"
    page.sorting = (0, true)
    page.arrange()
    let table = try #require(page.table)
    let values = page.order.map { table.columns[0].values[$0] }
    let expected = table.columns[0].values.filter { $0 > 7.5 }.sorted(by: >)
    #expect(values == expected)
    page.filter = "nonsense"
    page.arrange()
    #expect(page.order.count == table.count)
  }

  @Test func slicesHaveTheirAxesTheRightWayRound() {
    // Voxel values tell their own coordinates.
    let size = 4
    let voxels = (0..<64).map { Float($0) }
    let centre = SIMD3(1, 2, 3)
    let xy = SliceReader.plane(0, of: voxels, mask: nil, size: size, at: centre)
    // Top row: y = 3, z = 3, x = 0…3.
    #expect(Array(xy.values.prefix(4)) == [60, 61, 62, 63])
    let xz = SliceReader.plane(1, of: voxels, mask: nil, size: size, at: centre)
    // Top row: z = 3, y = 2.
    #expect(Array(xz.values.prefix(4)) == [56, 57, 58, 59])
    let yz = SliceReader.plane(2, of: voxels, mask: nil, size: size, at: centre)
    // Top row: z = 3, x = 1, y = 0…3.
    #expect(Array(yz.values.prefix(4)) == [49, 53, 57, 61])
  }

  @Test func panelsShareTheScreenWithoutGapsOrOverlaps() {
    for width in stride(from: 20, through: 220, by: 20) {
      for height in stride(from: 5, through: 60, by: 5) {
        let rect = Rect(x: 3, y: 2, width: width, height: height)
        let places = PanelLayout.places(of: Panel.allCases, focus: .log, in: rect)
        #expect(places.contains { $0.panel == .log })
        let area = places.reduce(0) { $0 + $1.rect.width * $1.rect.height }
        #expect(area == width * height, "\(width)x\(height)")
        for (index, place) in places.enumerated() {
          #expect(place.rect.intersection(rect) == place.rect)
          for other in places.dropFirst(index + 1) {
            #expect(place.rect.intersection(other.rect).isEmpty)
          }
        }
      }
    }
  }
}
