import CryoEM
import Glibc
import Testing

@testable import Ground
@testable import Refinement

struct MagnificationTests {
  private let elements = [1.05, 0.04, -0.02, 0.96]

  /// The stretch is the largest |M·k| of unit vectors k, found by trying directions.
  @Test func stretchIsTheLargestOfAllDirections() {
    let lengths = (0..<3600).map { step -> Double in
      let angle = Double(step) / 3600 * .pi
      let (x, y) = (cos(angle), sin(angle))
      return hypot(elements[0] * x + elements[1] * y, elements[2] * x + elements[3] * y)
    }
    let longest = lengths.max() ?? 0
    #expect(abs(Magnification(elements).stretch - longest) < 1e-6)
    #expect(abs(Magnification.identity.stretch - 1) < 1e-12)
  }

  /// M·k · p = k · (Mᵀ p).
  @Test func positionsFollowThePhases() {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<20 {
      let (k, p) = (generator.normalVector2(), generator.normalVector2())
      let moved = Vector2(
        elements[0] * k.x + elements[1] * k.y, elements[2] * k.x + elements[3] * k.y)
      let position = Magnification(elements).position(of: p)
      #expect(abs((moved * p).sum() - (k * position).sum()) < 1e-12)
    }
  }

  /// Grids of references and accumulators hold every stretched point of every band.
  @Test(arguments: [1.0, 1.02, 1.1])
  func gridsHoldStretchedPoints(stretch: Double) {
    for window in [24, 32, 50] {
      let geometry = Geometry(
        box: 64, pixelSize: 2, window: window, period: 48, centre: .zero, fulcrum: .zero,
        maskDiameter: 20, stretch: stretch)
      let points = SamplingPoints(window: window, maximumShell: geometry.maximumShell)
      for band in [1, window / 4, geometry.maximumShell] {
        let farthest =
          (0..<points.count(upTo: band)).map { hypot(points.kx[$0], points.ky[$0]) }.max() ?? 0
        let reach = Double(farthest) * geometry.oversampling * stretch
        #expect(reach < Double(geometry.clampedGridRadius(ofShell: band)) + 1)
      }
    }
  }
}
