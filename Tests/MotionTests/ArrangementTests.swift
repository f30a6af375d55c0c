import CryoEM
import Ground
import Testing

@testable import Motion

/// Where regions are along a mode, told by a report alone.
struct ArrangementTests {
  /// The report moves points of a region as the analysis does whose report it is.
  @Test func reportsMoveRegionsAsTheAnalysisDoes() throws {
    let axis = Vector3(0.6, 0, 0.8)
    let (regions, _) = SimulatedMotion().regions(400) { generator in
      let turn = axis * (radians(4) * generator.normal())
      let point = Vector3(60, 2, 27)
      return [
        (
          turn,
          SimulatedMotion.translation(
            of: point, turn: turn, hinge: Vector3(15, -2, 14),
            moved: generator.normalVector3() * 0.5 + Vector3(0, 4, 0))
        )
      ]
    }
    let analysis = try MotionAnalysis(regions, box: 128, pixelSize: 2.8, threads: 2)
    let report = analysis.report
    #expect(report.arrangement(mode: 0, amplitude: 1)[0] == FrameChange())
    for mode in 0..<report.claimed {
      for amplitude in [-2.0, 0, 1, 2] {
        // Read backwards: the point of the map as refined that is seen at a place.
        let moved = analysis.arrangement(mode: mode, amplitude: amplitude)[1]
        let told = report.arrangement(mode: mode, amplitude: amplitude)[1]
        for offset in [Vector3(0, 0, 0), Vector3(30, 0, 0), Vector3(0, -30, 20)] {
          let point = Vector3(60, 2, 27) + offset
          let error = moved.new(point) - told.new(point)
          #expect((error * error).sum().squareRoot() < 1e-6, "\(mode), \(amplitude): \(error)")
        }
      }
    }
    // The mean is no small thing: the region is 4 Å from where the consensus has it.
    let rest = report.arrangement(mode: 0, amplitude: 0)[1]
    let away = rest.new(Vector3(60, 2, 27)) - Vector3(60, 2, 27)
    #expect(abs((away * away).sum().squareRoot() - 4) < 0.5, "\(away)")
    // A report of an earlier version has none, and begins from there.
    var old = report
    old.means = nil
    #expect(old.arrangement(mode: 0, amplitude: 0)[1].isNearlyNothing)
    #expect(report.claimed > 0)
  }
}

extension FrameChange {
  fileprivate var isNearlyNothing: Bool {
    let moved = new(Vector3(10, 20, 30)) - Vector3(10, 20, 30)
    return (moved * moved).sum() < 1e-12
  }
}
