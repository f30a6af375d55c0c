import CryoEM
import Glibc
import Ground
import Testing

@testable import Motion

struct MotionEvidenceTests {
  /// The pose of a region for a motion and a first region's pose, and its five parameters against one.
  private func pose(_ x: [Double], _ region: MovingRegion, held: Pose) -> Pose {
    Pose(
      rotation: held.rotation * Rotation(rotationVector: Vector3(x[0], x[1], x[2])),
      placing: region.fulcrum, at: held.position(of: region.fulcrum + Vector3(x[3], x[4], x[5])))
  }

  private func change(from old: Pose, to new: Pose, _ fulcrum: Vector3) -> [Double] {
    let turn = (old.rotation.transposed * new.rotation).rotationVector
    let shift = new.position(of: fulcrum) - old.position(of: fulcrum)
    return [turn.x, turn.y, turn.z, shift.x, shift.y]
  }

  /// Derivatives of a region's pose by its motion and by the first region's pose, against differences.
  @Test func derivativesAreThoseOfThePose() {
    var generator = SeededGenerator(seed: 2)
    let simulation = SimulatedMotion()
    for _ in 0..<20 {
      let (regions, _) = simulation.regions(1) { _ in
        [(generator.normalVector3() * radians(12), generator.normalVector3() * 6)]
      }
      let (first, region) = (regions[0], regions[1])
      let held = first.poses[0]
      let view = RelativeView(of: region, against: held, first.fulcrum, particle: 0)
      let step = 1e-5
      for parameter in 0..<6 {
        var x = view.found
        x[parameter] += step
        let there = change(
          from: region.poses[0], to: pose(x, region, held: held), region.fulcrum)
        for row in 0..<5 {
          #expect(abs(there[row] / step - view.byMotion[row, parameter]) < 1e-3)
        }
      }
      for parameter in 0..<5 {
        var g = [Double](repeating: 0, count: 5)
        g[parameter] = step
        let moved = Pose(
          rotation: held.rotation * Rotation(rotationVector: Vector3(g[0], g[1], g[2])),
          placing: first.fulcrum,
          at: held.position(of: first.fulcrum) + Vector2(g[3], g[4]))
        let there = change(
          from: region.poses[0], to: pose(view.found, region, held: moved), region.fulcrum)
        for row in 0..<5 {
          #expect(abs(there[row] / step - view.byFirst[row, parameter]) < 1e-2)
        }
      }
    }
  }

  /// With the first region's pose integrated over: what is left is the maximum over it, which a climb by
  /// coordinates finds from the poses themselves.
  @Test func theFirstRegionIsIntegratedOver() throws {
    let simulation = SimulatedMotion()
    let (regions, _) = simulation.regions(3) { generator in
      [(generator.normalVector3() * 0.05, generator.normalVector3() * 2)]
    }
    for particle in 0..<3 {
      let said = try #require(MotionEvidence(regions, particle: particle))
      func quadratic(_ evidence: PoseEvidence, _ c: [Double]) -> Double {
        (0..<5).reduce(0.0) { sum, row in
          sum + Double(evidence.slope[row]) * c[row]
            - 0.5 * (0..<5).reduce(0.0) { $0 + c[row] * evidence.information(row, $1) * c[$1] }
        }
      }
      let held = regions[0].poses[particle]
      let view = RelativeView(
        of: regions[1], against: held, regions[0].fulcrum, particle: particle)
      /// The log likelihood of a motion, at the best pose of the first region.
      func best(_ x: [Double]) -> Double {
        func value(_ g: [Double]) -> Double {
          let off = view.byMotion * zip(x, view.found).map { $0 - $1 }
          let c = zip(off, view.byFirst * g).map { $0 + $1 }
          return quadratic(regions[0].evidence[particle], g)
            + quadratic(regions[1].evidence[particle], c)
        }
        var g = [Double](repeating: 0, count: 5)
        for _ in 0..<400 {
          for row in 0..<5 {
            let step = row < 3 ? 1e-3 : 1e-1
            var (up, down) = (g, g)
            up[row] += step
            down[row] -= step
            let (a, b, c) = (value(up), value(g), value(down))
            g[row] += step * 0.5 * (a - c) / (2 * b - a - c)
          }
        }
        return value(g)
      }
      func marginal(_ x: [Double]) -> Double {
        zip(x, said.vector).reduce(0) { $0 + $1.0 * $1.1 }
          - 0.5 * zip(x, said.information * x).reduce(0) { $0 + $1.0 * $1.1 }
      }
      let (one, other) = ([0.02, -0.03, 0.01, 1, -2, 0.5], [-0.01, 0.02, 0.04, -1, 0.3, 2])
      let direct = best(one) - best(other)
      #expect(abs(marginal(one) - marginal(other) - direct) < 1e-3 * max(1, abs(direct)))
    }
  }

  /// The motion that an independent implementation (NumPy, 40,000 iterations at most, to the last
  /// digits) learns from the same numbers.
  @Test func learnsWhatAnotherImplementationLearns() throws {
    let count = 60
    var first = MovingRegion(
      name: "a", fulcrum: Vector3(-20, 5, 3),
      shape: RegionShape(volume: 1, centre: Vector3(-20, 5, 3), scatter: SimulatedMotion.ball(300)),
      poses: [], evidence: [])
    var second = MovingRegion(
      name: "b", fulcrum: Vector3(40, 10, -15),
      shape: RegionShape(
        volume: 1, centre: Vector3(45, 8, -12),
        scatter: [Vector3(400, 0, 0), Vector3(0, 200, 0), Vector3(0, 0, 300)]),
      poses: [], evidence: [])
    func evidence(_ diagonal: [Double], _ v: [Double], _ slope: [Double]) -> PoseEvidence {
      var evidence = PoseEvidence()
      var next = 0
      for row in 0..<5 {
        evidence.slope[row] = Float(slope[row])
        for column in row..<5 {
          evidence.information[next] = Float(
            v[row] * v[column] + (row == column ? diagonal[row] : 0))
          next += 1
        }
      }
      return evidence
    }
    for index in 0..<count {
      let i = Double(index)
      let held = Pose(
        rotation: Rotation(
          rot: fmod(137.5 * i, 360), tilt: 180 * fmod(i * 0.618, 1), psi: fmod(53 * i, 360)),
        origin: Vector2(sin(i), cos(2 * i)))
      let turn = Vector3(5 * sin(1.3 * i), 3 * sin(2.1 * i + 1), 2 * cos(0.7 * i))
      first.poses.append(held)
      second.poses.append(
        Pose(
          rotation: held.rotation * Rotation(rotationVector: turn * (.pi / 180)),
          placing: second.fulcrum,
          at: held.position(of: second.fulcrum)
            + Vector2(2 * sin(0.9 * i), 1.5 * cos(1.7 * i))))
      first.evidence.append(
        evidence(
          [4000, 4000, 4000, 2, 2], [0, 0, 0, 0, 0], [1, 0, -1, 0.05, 0]))
      second.evidence.append(
        evidence(
          [3000, 3500, 2500, 1.2, 1].map { $0 * (1 + 0.5 * sin(i)) },
          [20 * sin(i), 10, 5 * cos(i), 0.3, 0.2],
          [3 * sin(2 * i), -2 * cos(3 * i), 1, 0.1 * sin(i), -0.05]))
    }
    let regions = [first, second]
    let said = (0..<count).compactMap { MotionEvidence(regions, particle: $0) }
    let learning = JointLearning(observed: said, threads: 2)
    var start = JointMotion(
      mean: [Double](repeating: 0, count: 6), covariance: .identity(6) * 0.01)
    for row in 3..<6 { start.covariance[row, row] = 4 }
    let motion = learning.learnt(
      from: start, cycles: 1000, tolerance: 1e-9, leastGain: -.infinity
    ).motion
    let mean = [
      1.001700820e-03, -6.616496711e-05, 4.846478856e-04, -4.605272460e-02, 1.634514135e-01,
      6.384544689e-01,
    ]
    let variances = [
      3.157786804e-03, 9.918504759e-04, 3.736194206e-04, 3.786452698e-01, 3.539561621e-01,
      3.813007263e-01,
    ]
    for row in 0..<6 {
      #expect(abs(motion.mean[row] - mean[row]) < 1e-4 * variances[row].squareRoot())
      #expect(abs(motion.covariance[row, row] / variances[row] - 1) < 1e-4)
    }
    #expect(abs(motion.covariance[0, 4] - 0.0108838621) < 1e-6)
    #expect(motion.outliers == 0.002)
    let modes = MotionModes(motion.covariance, regions: regions)
    let squares = [1.667902694, 0.963380915, 0.303350056, 0.277734476, 0.207779126, 0.184893959]
    for (found, square) in zip(modes.squares, squares) { #expect(abs(found / square - 1) < 1e-4) }
    let whole = learning.evidence(mean: motion.mean, factor: modes.columns, outliers: motion)
    let gains = [217.125220218, 45.67084634]
    for (mode, gain) in gains.enumerated() {
      let less = learning.evidence(
        mean: motion.mean, factor: modes.columns(without: mode), outliers: motion)
      #expect(abs(2 * (whole - less) - gain) < 0.02)
    }
  }
}
