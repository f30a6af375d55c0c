import Glibc
import Ground
import Testing

@testable import CryoEM

struct ViewStatisticsTests {
  private func statistics(_ views: [Vector3], _ group: PointGroup = .c1) throws -> ViewStatistics {
    try #require(ViewStatistics(views: views, symmetry: group, scheduler: oneAfterTheOther))
  }

  private func ring(_ count: Int) -> [Vector3] {
    (0..<count).map { index in
      let angle = 2 * Double.pi * (Double(index) + 0.3) / Double(count)
      return Vector3(cos(angle), sin(angle), 0)
    }
  }

  @Test func viewsFromEverywhereAreOne() throws {
    let all = try statistics(halfSphere(count: 20_000))
    #expect(abs(all.samplingCompensation - 1) < 0.01 && all.unseen == 0)
    #expect(all.effectiveDirections > 0.97 * Double(all.cells))
  }

  /// Side views all around: a direction at an angle θ from the axis is sampled as 1/sin θ, so that the
  /// factor is 8/π².
  @Test func sideViewsAreEightOverPiSquared() throws {
    let side = try statistics(ring(30_000))
    #expect(abs(side.samplingCompensation - 8 / (Double.pi * Double.pi)) < 0.01)
    #expect(abs(side.effectiveDirections - 48) < 1)
  }

  /// Top views alone leave all but the equator unseen.
  @Test func oneViewSeesOnePlane() throws {
    let top = try statistics([Vector3](repeating: Vector3(0, 0, 1), count: 500))
    #expect(abs(top.unseen - 0.99) < 0.002)
    #expect(top.samplingCompensation < 0.01)
    #expect(top.effectiveDirections == 1)
    #expect(ViewStatistics(views: [], scheduler: oneAfterTheOther) == nil)
  }

  /// Symmetry multiplies views: twofold axes along x, y and z make four directions of one.
  @Test func symmetryMultipliesViews() throws {
    let view = Vector3(0.3, 0.5, 0.66.squareRoot())
    let one = [Vector3](repeating: view, count: 300)
    let four = try statistics(one, try PointGroup("D2"))
    #expect(abs(four.effectiveDirections - 4) < 0.05)
    #expect(four.unseen < (try statistics(one)).unseen - 0.02)
  }

  /// The formula over samplings counted one by one in double precision.
  @Test func itIsTheFormula() throws {
    var generator = SeededGenerator(seed: 4)
    let views = (0..<700).map { _ -> Vector3 in
      let v = Vector3(generator.normal(), 0.3 * generator.normal(), 0.1 * generator.normal())
      return v / (v * v).sum().squareRoot()
    }
    let sampling = halfSphere(count: 5000).map { direction in
      Double(views.filter { abs(($0 * direction).sum()) * 50 < 0.5 }.count)
    }
    let seen = sampling.filter { $0 > 0 }
    let mean = sampling.reduce(0, +) / 5000
    let plain = min(1, 1 / (mean * seen.map { 1 / $0 }.reduce(0, +) / Double(seen.count)))
    let missing = Double(5000 - seen.count) / Double(seen.count)
    let expected = plain / (1 + missing * mean * plain / 2)
    let found = try statistics(views)
    #expect(abs(found.samplingCompensation - expected) < 1e-3 && expected < 0.8)
    #expect(abs(found.unseen - Double(5000 - seen.count) / 5000) < 1e-3)
  }
}
