import Glibc
import Refinement
import Surface
import Testing

@testable import Console
@testable import Ground
@testable import Report
@testable import Runs

/// Numbers that the screens make of what runs say.
@Suite struct JudgementTests {
  @Test func verdictSpeaksOfTheTrend() {
    func headline(_ metrics: [IterationMetrics]) -> Headline {
      Headline(trend: metrics, objections: RunFacts(metrics: metrics).verdicts)
    }
    let all = SampleRuns.metrics(iterations: 3)
    #expect(headline([]).text.contains("no iteration yet"))
    #expect(headline(Array(all.prefix(1))).text == "start: 4.20 Å inside the mask")
    #expect(headline(all).text.hasPrefix("improving: 4.20 → 3.36 Å in the mask"))
    #expect(headline(all).role == .good)
    // A step back of less than a twentieth is no objection, yet not green; and no contradiction of
    // the resolution being better than at the start.
    var worse = all
    worse[3].fsc.resolution143 = 1.03 * worse[2].fsc.resolution143
    #expect(headline(worse).text.contains("worse than the iteration before: 4.20 → "))
    #expect(headline(worse).role == .warning)
    worse[3].fsc.resolution143 = 4
    #expect(headline(worse).text.contains("worse than at iteration 2"))
    #expect(headline(worse).role == .warning)
    worse[3].shareAtLimit = 0.7
    #expect(headline(worse).role == .bad)
  }

  /// A finished run has one resolution: header, verdict, table, FSC panel, Runs and Compare say the same
  /// number, that of the final maps; and the final step comes after the last iteration.
  @Test func aRunHasOneResolution() throws {
    let run = SampleRuns.snapshot(name: "body", status: .finished, iterations: 6)
    let last = try #require(run.metrics.last)
    #expect(last.fsc.resolution143 != 3.33)
    var screen = RunScreen(folder: run.folder)
    screen.view.snapshot = run
    #expect(run.resolution == 3.33 && screen.status.hasSuffix("3.33 Å"))
    #expect(Headline(run).text.contains("3.33"))
    #expect(screen.view.metrics?.isFinal == true && screen.view.metrics?.fsc.resolution143 == 3.33)
    screen.arrangement.focus(on: .resolution)
    let rows = try #require(screen.exported(Surroundings()).table)
    #expect(Array(rows.last?.prefix(2) ?? []) == ["final", "3.3300"])
    #expect(rows.dropLast().last?.first == "\(last.iteration)")
    let lines = Dictionary(
      uniqueKeysWithValues: ResultLine.all.map { ($0.name, $0.value(run)) })
    #expect(lines["Å at 0.143"] == "3.33" && lines["Å at 0.5"] == "4.10")
    #expect(lines["Iterations"] == "6" && lines["Å at start"] == "4.20")
  }

  /// Nothing about a run that has ended badly, was ended early or ran into a limit is green.
  @Test func onlyCleanRunsAreGreen() {
    var snapshot = SampleRuns.snapshot(name: "body", status: .finished, iterations: 6)
    #expect(snapshot.statusLook?.role == .good)
    #expect(Headline(snapshot).role == .good)
    let changes: [(inout RunSummary) -> Void] = [
      { $0.converged = false }, { $0.shareAtLimit = 0.66 }, { $0.resolutionAfter = 5.2 },
      { $0.resolutionAfter = 4.4 },
    ]
    for change in changes {
      var other = snapshot
      if var summary = other.summary {
        change(&summary)
        other.summary = summary
      }
      #expect(other.statusLook?.role != .good)
      #expect(other.statusLook?.symbol == .warning)
      #expect(Headline(other).role != .good)
      let listing = RunListing(
        entry: RunCatalogue.Entry(
          folder: RunFolder("/x"), manifest: other.manifest, status: .finished, note: "",
          problem: nil), job: other.job, summary: other.summary)
      #expect(listing.statusLook?.role != .good)
    }
    snapshot.status = .stopped
    #expect(snapshot.statusLook?.role == .warning)
    // An end before its time is told with what is to be known before one goes on.
    snapshot.manifest?.message = "Stopped by SIGTERM"
    #expect(Headline(snapshot).text == "Stopped by SIGTERM")
    snapshot.metrics[snapshot.metrics.count - 1].shareAtLimit = 0.6
    for status in [RunStatus.stopped, .failed, .interrupted] {
      snapshot.status = status
      #expect(Headline(snapshot).text.contains("60.0% of particles are at the search limit"))
      #expect(Headline(snapshot).role == .bad)
    }
  }

  /// The straight line of a map whose power falls as exp(−B/2 · 1/d²) has that B.
  @Test func guinierFindsTheBFactor() throws {
    var metrics = SampleRuns.metrics(iteration: 3, seed: 0)
    metrics.fsc.corrected = Array(repeating: 1, count: 64)
    metrics.fsc.resolution143 = 4
    metrics.guinier = (0..<64).map { shell in
      let k = Double(shell) * metrics.frequencyStep
      return 9 - 120 / 2 * k * k
    }
    let fit = try #require(metrics.guinierFit)
    #expect(abs(fit.bFactor + 120) < 1e-6)
    #expect(abs(fit.intercept - 4.5) < 1e-9)
  }

  @Test func verdictFindsAnFSCThatRisesAgain() throws {
    var metrics = SampleRuns.metrics(iteration: 3, seed: 0)
    #expect(metrics.lateRise() == nil)
    metrics.fsc.corrected = (0..<64).map { $0 < 30 ? 1 : $0 > 50 && $0 < 56 ? 0.4 : 0 }
    metrics.bandShell = 40
    // Shells 51, 52, 53 are the first three: 192 Å / 51.
    let rise = try #require(metrics.lateRise())
    #expect(abs(rise - 192.0 / 51) < 1e-9)
  }

  /// A curve that stays above 0.143 to the last shell gives no resolution, however good its number.
  @Test func verdictDistrustsAnFSCThatNeverFalls() {
    var all = SampleRuns.metrics(iterations: 2)
    all[2].fsc.corrected = (0..<64).map { 1 - Double($0) / 80 }
    func headline(_ metrics: [IterationMetrics]) -> Headline {
      Headline(trend: metrics, objections: RunFacts(metrics: metrics).verdicts)
    }
    #expect(headline(all).role == .bad)
    #expect(headline(all).text.contains("NEVER FALLS (0.21 at the finest shell)"))
    all[2].fsc.corrected[40] = 0.1
    #expect(headline(all).role != .bad)
    var snapshot = SampleRuns.snapshot(status: .finished)
    #expect(Headline(snapshot).role == .good)
    snapshot.summary?.fscEnd = 0.21
    #expect(Headline(snapshot).role == .bad)
  }

  /// Views from everywhere sample all directions alike; side views around one axis give the factor
  /// 0.81 of Baldwin and Lyumkis; views along one axis leave directions empty.
  @Test func samplingCompensationKnowsTheLimits() throws {
    func metrics(_ count: (_ elevation: Double) -> Double) -> IterationMetrics {
      var metrics = SampleRuns.metrics(iteration: 1, seed: 0)
      // As in runs of earlier versions.
      metrics.views = nil
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
    // Several ways to say the same.
    for filter in ["half 1", "half=1", "half == 1", "half <= 1"] {
      page.filter = filter
      page.arrange()
      #expect(page.order.count == 150, "\(filter)")
      #expect(!page.condition.isEmpty)
    }
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

  /// A larger screen never shows fewer panes, and from 120x40 on all of them are there.
  @Test func largerScreensShowMorePanes() {
    let panels = Panel.sets[0].panels.sorted { $0.rawValue < $1.rawValue }
    func count(_ width: Int, _ height: Int) -> Int {
      let body = RunScreen.parts(of: Rect(x: 0, y: 1, width: width, height: height - 2)).body
      return PanelLayout.places(of: panels, focus: .fsc, in: body).count
    }
    for width in stride(from: 60, through: 240, by: 1) {
      for height in stride(from: 20, through: 90, by: 1) {
        #expect(count(width, height) <= count(width, height + 1), "\(width)x\(height)")
        #expect(count(width, height) <= count(width + 1, height), "\(width)x\(height)")
      }
    }
    for (width, height) in [(120, 40), (140, 45), (150, 48), (160, 50), (170, 52), (200, 60)] {
      #expect(count(width, height) == panels.count, "\(width)x\(height)")
    }
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
