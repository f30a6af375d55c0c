import CryoEM
import Glibc
import Ground
import Testing

@testable import Motion

struct MotionAnalysisTests {
  /// A body that turns by 5° about one axis and 0.8° about the others, and whose hinge moves by 1 Å.
  private struct Hinge {
    let axis = Vector3(0.3, 0.9, 0.3) / 0.99.squareRoot()
    var point = Vector3(15, -2, 14)
    var large = 5.0
    var small = 0.8
    var shift = 1.0
    var fulcrum = Vector3(60, 2, 27)

    func motion(_ generator: inout SeededGenerator) -> (Vector3, Vector3) {
      let turn =
        generator.normalVector3() * radians(small) + axis * (radians(large) * generator.normal())
      return (
        turn,
        SimulatedMotion.translation(
          of: fulcrum, turn: turn, hinge: point, moved: generator.normalVector3() * shift)
      )
    }
  }

  private func analysed(
    _ regions: [MovingRegion], threads: Int = 2
  ) throws -> MotionAnalysis {
    try MotionAnalysis(regions, box: 128, pixelSize: 2.8, threads: threads)
  }

  private func angle(_ axis: [Double], _ other: Vector3) -> Double {
    let dot = (Vector3(axis[0], axis[1], axis[2]) * other).sum()
    return degrees(acos(min(1, abs(dot))))
  }

  /// Share of the mean square displacement along the first principal component of true motions.
  private func trueShare(_ truth: [[(Vector3, Vector3)]], _ regions: [MovingRegion]) -> Double {
    let size = 6 * (regions.count - 1)
    var covariance = Matrix(size, size)
    for moves in truth {
      let x = moves.flatMap { [$0.x, $0.y, $0.z, $1.x, $1.y, $1.z] }
      for row in 0..<size {
        for column in 0..<size { covariance[row, column] += x[row] * x[column] }
      }
    }
    return MotionModes(covariance, regions: regions).share(0)
  }

  /// Axis, hinge and share come out within their errors, from good images and from weak ones, whose
  /// found poses vary as much by noise as by motion.
  @Test(arguments: [1.0, 2])
  func findsTheHinge(noise: Double) throws {
    let hinge = Hinge()
    var simulation = SimulatedMotion()
    (simulation.rotationNoise, simulation.shiftNoise) = (2 * noise, 1.5 * noise)
    let (regions, truth) = simulation.regions(1000) { [hinge.motion(&$0)] }
    let analysis = try analysed(regions)
    let mode = try #require(analysis.report.modes.first)
    let part = try #require(mode.parts.first)
    #expect(mode.isClaimed && analysis.report.claimed >= 1)
    #expect(angle(part.axis, hinge.axis) < 0.5 + 3 * noise, "\(part)")
    #expect(angle(part.axis, hinge.axis) < 4 * part.axisError + 0.3, "\(part)")
    let share = trueShare(truth, regions)
    #expect(abs(mode.share.value - share) < 0.03 + 0.03 * noise * noise, "\(mode.share), \(share)")
    #expect(abs(part.rotation.value - 5) < 4 * part.rotation.error + 0.1, "\(part)")
    let point = Vector3(part.hinge[0].value, part.hinge[1].value, part.hinge[2].value)
    let across = point - hinge.point - hinge.axis * ((point - hinge.point) * hinge.axis).sum()
    #expect((across * across).sum().squareRoot() < 3 * noise, "\(part.hinge)")
    for (voxel, place) in zip(part.hingeVoxel, part.hinge) {
      #expect(abs((voxel - 64) * 2.8 - place.value) < 1e-9)
    }
    // Each particle is where it is along the mode, as sure as is said.
    var square = 0.0
    for (index, moves) in truth.enumerated() {
      let amplitude = (moves[0].0 * hinge.axis).sum() / radians(part.rotation.value)
      let off = analysis.amplitudes[0][index] - amplitude
      square += off * off / (analysis.deviations[0][index] * analysis.deviations[0][index])
    }
    #expect(abs(square / Double(truth.count) - 1) < 0.25, "\(square)")
    #expect(mode.histogram.reduce(0, +) >= 995)
  }

  /// Poses that differ by noise alone: no mode is claimed, however weak the images.
  @Test(arguments: [0.5, 1, 4])
  func noiseIsNoMode(noise: Double) throws {
    var simulation = SimulatedMotion()
    (simulation.rotationNoise, simulation.shiftNoise) = (2 * noise, 1.5 * noise)
    simulation.shapes.append(
      RegionShape(volume: 3e5, centre: Vector3(0, 50, -40), scatter: SimulatedMotion.ball(500)))
    let (regions, _) = simulation.regions(400) { _ in [(.zero, .zero), (.zero, .zero)] }
    let report = try analysed(regions).report
    #expect(report.claimed == 0, "\(report.modes.map(\.gain)) \(report.modes[0].leastGain)")
    #expect(report.text.contains("no mode"))
  }

  /// Three bodies: two that move together make one mode, a third by itself another one.
  @Test func bodiesThatMoveTogetherShareAMode() throws {
    var simulation = SimulatedMotion()
    simulation.shapes += [
      RegionShape(volume: 5e5, centre: Vector3(0, 70, -20), scatter: SimulatedMotion.ball(900)),
      RegionShape(volume: 2e5, centre: Vector3(-60, -60, 0), scatter: SimulatedMotion.ball(400)),
    ]
    let (together, alone) = (Vector3(0, 0, 1), Vector3(1, 0, 0))
    let (regions, _) = simulation.regions(800) { generator in
      let (first, second) = (generator.normal(), generator.normal())
      func move(_ turn: Vector3, _ point: Vector3) -> (Vector3, Vector3) {
        (turn, SimulatedMotion.translation(of: point, turn: turn, hinge: .zero, moved: .zero))
      }
      return [
        move(together * (radians(5) * first), Vector3(60, 2, 27)),
        move(together * (radians(-3) * first), Vector3(0, 70, -20)),
        move(alone * (radians(4) * second), Vector3(-60, -60, 0)),
      ]
    }
    let report = try analysed(regions).report
    #expect(report.claimed == 2, "\(report.modes.map(\.gain))")
    let (first, second) = (report.modes[0].parts, report.modes[1].parts)
    #expect(angle(first[0].axis, together) < 3 && angle(first[1].axis, together) < 4)
    // The two turn against each other, 5 to 3.
    #expect((first[0].axis[2] > 0) != (first[1].axis[2] > 0))
    #expect(abs(first[1].rotation.value / first[0].rotation.value - 0.6) < 0.05)
    #expect(first[2].displacement < 0.15 * first[0].displacement)
    #expect(angle(second[2].axis, alone) < 4 && second[0].displacement < 0.5)
    #expect(report.motions.map(\.name) == ["region1", "region2", "region3"])
  }

  /// A share of wholly wrong poses does not make the motion wider or turn its axis.
  @Test func wrongPosesAreOutliers() throws {
    let hinge = Hinge()
    let (regions, truth) = SimulatedMotion().regions(1000) { generator in
      guard generator.uniform() >= 0.04 else {
        return [
          (generator.normalVector3() * radians(15), generator.normalVector3() * 12)
        ]
      }
      return [hinge.motion(&generator)]
    }
    let report = try analysed(regions).report
    let part = report.modes[0].parts[0]
    #expect(truth.count == 1000 && abs(report.outliers - 0.04) < 0.015, "\(report.outliers)")
    #expect(angle(part.axis, hinge.axis) < 2 && abs(part.rotation.value - 5) < 0.5, "\(part)")
    #expect(report.modes[0].share.value > 0.8)
  }

  /// Motion along the beam only is invisible where all views are one, and made up by nothing.
  @Test func whatNoImageShowsIsNotTold() throws {
    var (regions, _) = SimulatedMotion().regions(300) { _ in [(.zero, .zero)] }
    for region in regions.indices {
      for particle in regions[region].poses.indices {
        let held = regions[0].poses[particle].rotation
        // All particles seen along z of the reference, the second region as it was against the first.
        let pose = regions[region].poses[particle]
        let turn = region == 0 ? Rotation.identity : held.transposed * pose.rotation
        regions[region].poses[particle] = Pose(rotation: turn, origin: pose.origin)
      }
    }
    for particle in 0..<20 {
      let said = try #require(MotionEvidence(regions, particle: particle))
      for other in 0..<6 { #expect(abs(said.information[5, other]) < 1e-9) }
      #expect(abs(said.vector[5]) < 1e-9 && said.information[3, 3] > 0.01)
    }
  }

  @Test func threadsLearnAlike() throws {
    let hinge = Hinge()
    let (regions, _) = SimulatedMotion().regions(300) { [hinge.motion(&$0)] }
    let one = try analysed(regions, threads: 1)
    let three = try analysed(regions, threads: 3)
    #expect(one.report == three.report && one.amplitudes == three.amplitudes)
  }

  /// A point of a region is where its motion takes it, at the mean and along a mode.
  @Test func regionsAreWhereTheModePutsThem() throws {
    let hinge = Hinge()
    let (regions, _) = SimulatedMotion().regions(300) { [hinge.motion(&$0)] }
    let analysis = try analysed(regions)
    let middle = analysis.arrangement(mode: 0, amplitude: 0)
    let away = analysis.arrangement(mode: 0, amplitude: 2)
    #expect(middle[0] == FrameChange() && away[0] == FrameChange())
    let part = analysis.report.modes[0].parts[0]
    let turned = (middle[1].rotation.transposed * away[1].rotation).rotationVector
    #expect(abs(degrees((turned * turned).sum().squareRoot()) - 2 * part.rotation.value) < 0.1)
    // The hinge stays, the centre moves.
    let point = Vector3(part.hinge[0].value, part.hinge[1].value, part.hinge[2].value)
    let still = away[1].new(point) - middle[1].new(point)
    let centre = regions[1].shape.centre
    let moved = away[1].new(centre) - middle[1].new(centre)
    // A turn by twice the deviation is no small one; it lies on a circle, not on its tangent.
    #expect((still * still).sum().squareRoot() < 0.8 + 2 * abs(part.slide), "\(still)")
    #expect((moved * moved).sum().squareRoot() > 5)
    let frame = MotionAnalysis.frame(
      rotation: Vector3(0, 0, .pi / 2), translation: Vector3(1, 2, 3), fulcrum: Vector3(10, 0, 0))
    // p − f = (1, 0, 0) turns to (0, 1, 0).
    let there = frame.new(Vector3(11, 0, 0)) - Vector3(11, 3, 3)
    #expect((there * there).sum() < 1e-18)
  }

  @Test func tooFewParticlesAreRefused() {
    let (regions, _) = SimulatedMotion().regions(12) { _ in [(.zero, .zero)] }
    #expect(throws: Problem.self) { try analysed(regions) }
  }

  /// The report reads well and holds together.
  @Test func theReportIsATable() throws {
    let hinge = Hinge()
    let (regions, _) = SimulatedMotion().regions(400) { [hinge.motion(&$0)] }
    let report = try analysed(regions).report
    let lines = report.text.split(separator: "\n")
    #expect(lines.count >= 3 && lines.allSatisfy { $0.count <= 80 }, "\(report.text)")
    let rows = report.tsv.split(separator: "\n").map { $0.split(separator: "\t") }
    #expect(rows.count == 7 && rows.allSatisfy { $0.count == rows[0].count })
    #expect(abs(report.modes.reduce(0) { $0 + $1.share.value } - 1) < 1e-9)
  }
}
