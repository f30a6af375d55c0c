import Ground
import Surface
import TestSupport
import Testing

@testable import Console
@testable import Runs

/// A run of several regions on the screen.
struct RegionScreenTests {
  private let temporary: TemporaryFolder
  private let run: String

  init() throws {
    temporary = try TemporaryFolder()
    run = temporary("two")
    try makeFolder(run)
    try temporary.write("{}", to: "two/run.json")
  }

  private var regions: [RunManifest.Region] {
    [
      RunManifest.Region(
        name: "small", iteration: 4, startResolution: 12.2, resolution: 9.13, rotation: 4.26,
        shift: 2.66, shareAtLimit: 0),
      RunManifest.Region(
        name: "large", iteration: 4, startResolution: 9.1, resolution: 8.69, rotation: 1.03,
        shift: 0.92, shareAtLimit: 0.12),
    ]
  }

  /// The screen with what its folder says.
  private func news(_ screen: inout RunScreen, _ surroundings: inout Surroundings) -> [Effect] {
    var snapshot = SampleRuns.snapshot(name: "small", status: .running)
    snapshot.folder = screen.view.folder
    snapshot.manifest?.regions = regions
    return screen.receive(.run(snapshot), &surroundings)
  }

  private func opened(_ effects: [Effect]) -> String? {
    effects.compactMap {
      if case .outside(.read(.run(let folder, true))) = $0 { folder } else { nil }
    }.first
  }

  /// Of a run as a whole its first region is shown; the keys go round; what is asked is asked of the run.
  @Test func regionsAreShownInTurn() throws {
    var surroundings = Surroundings(folder: temporary.path)
    var screen = RunScreen(folder: run)
    #expect(screen.obstacle(to: "next-region") != nil)
    #expect(opened(news(&screen, &surroundings)) == run + "/regions/small")
    _ = news(&screen, &surroundings)
    #expect(screen.title == "two small")
    #expect(opened(screen.perform("next-region", &surroundings) ?? []) == run + "/regions/large")
    _ = news(&screen, &surroundings)
    #expect(opened(screen.perform("next-region", &surroundings) ?? []) == run + "/regions/small")
    _ = news(&screen, &surroundings)
    #expect(
      opened(screen.perform("previous-region", &surroundings) ?? []) == run + "/regions/large")
    _ = news(&screen, &surroundings)
    let asked = (screen.perform("pause", &surroundings) ?? []).compactMap { effect -> String? in
      if case .outside(.change(.control(let folder, _))) = effect { folder } else { nil }
    }
    #expect(asked == [run])
  }

  /// The line of regions: all of them where there is room, the shown one always, and how many are not seen.
  @Test(arguments: [80, 40])
  func theLineOfRegionsKeepsTheShownOne(width: Int) throws {
    var surroundings = Surroundings(folder: temporary.path)
    var screen = RunScreen(folder: run)
    _ = news(&screen, &surroundings)
    _ = screen.show(region: "large")
    _ = news(&screen, &surroundings)
    var frame = Frame(
      size: Size(width: width, height: 24), look: surroundings.appearance)
    screen.view.drawRegions(in: Rect(x: 0, y: 0, width: width, height: 1), of: &frame)
    let line = frame.grid.text.split(separator: "\n").first.map(String.init) ?? ""
    #expect(line.contains("[large 8.69 Å 1.03° 0.92 Å"), "\(line)")
    #expect(line.contains("small 9.13 Å 4.26° 2.66 Å") == (width == 80), "\(line)")
    #expect(width == 80 || line.contains("1 ‹"), "\(line)")
  }
}
