import CryoEM
import Ground
import Testing

@testable import Motion

/// Where regions are along a mode, told by a report alone.
struct ArrangementTests {
  /// The report moves points of a region as the analysis does whose report it is, but for the mean.
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
            moved: generator.normalVector3() * 0.5)
        )
      ]
    }
    let analysis = try MotionAnalysis(regions, box: 128, pixelSize: 2.8, threads: 2)
    let report = analysis.report
    #expect(report.arrangement(mode: 0, amplitude: 1)[0] == FrameChange())
    #expect(report.arrangement(mode: 0, amplitude: 0)[1].isNearlyNothing)
    for mode in 0..<report.claimed {
      for amplitude in [-2.0, 1, 2] {
        // Read backwards: the point of the map as refined that is seen at a place.
        let moved = analysis.arrangement(mode: mode, amplitude: amplitude)[1]
        let rest = analysis.arrangement(mode: mode, amplitude: 0)[1]
        let told = report.arrangement(mode: mode, amplitude: amplitude)[1]
        // A turn about the hinge bends where the analysis goes straight on: by half its square times the
        // hinge's distance.
        let turn = amplitude * radians(report.modes[mode].parts[0].rotation.value)
        let bend = 0.5 * turn * turn * 47
        for offset in [Vector3(0, 0, 0), Vector3(30, 0, 0), Vector3(0, -30, 20)] {
          let point = Vector3(60, 2, 27) + offset
          let wanted = moved.new(point) - rest.new(point)
          let found = told.new(point) - point
          let error = wanted - found
          #expect(
            (error * error).sum().squareRoot() < 0.05 + bend, "\(mode), \(amplitude): \(error)")
        }
      }
    }
    #expect(report.claimed > 0)
  }
}

extension FrameChange {
  fileprivate var isNearlyNothing: Bool {
    let moved = new(Vector3(10, 20, 30)) - Vector3(10, 20, 30)
    return (moved * moved).sum() < 1e-12
  }
}
