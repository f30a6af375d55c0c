import CryoEM
import Ground
import Motion
import Surface
import TestSupport
import Testing

@testable import Console
@testable import Runs

/// How regions move, on the screen.
struct ModesScreenTests {
  private func screen(_ stage: Stage) throws -> ModesScreen {
    try #require(stage.application.screen as? ModesScreen)
  }

  private func expression(_ stage: Stage) throws -> String? {
    let screen = try screen(stage)
    return screen.panes.histogram.expression(screen.view)
  }

  private func stage(_ keys: String = "") -> Stage {
    var stage = Stage(.modes, size: Size(width: 120, height: 40), colours: .truecolor)
    stage.play(keys)
    return stage
  }

  /// The modes that are more than noise are listed with their errors, and chosen by keys.
  @Test func modesAreListedWithTheirErrors() throws {
    var stage = stage()
    #expect(stage.text.contains("72±2%") && stage.text.contains("5.00±0.20°"))
    #expect(stage.text.contains("0.00,0.60,0.80") && stage.text.contains("26,23,24"))
    #expect(stage.text.contains("The other 1 mode, 8.0%, are within noise."), "\(stage.text)")
    stage.play("Down Down Down")
    #expect(try screen(stage).view.mode == 1)
    #expect(try screen(stage).view.complex.maps?.view.shelf.title == "mode 2 of two")
  }

  /// Steps go along the mode from end to end; what is composed is asked for at the amplitude that is shown.
  @Test func stepsGoAlongTheMode() throws {
    var stage = stage()
    let middle = try #require(screen(stage).view.complex.maps)
    #expect(middle.view.steps.title == "0.0 sd" && middle.view.shelf.steps.count == 9)
    #expect(middle.view.shelf.steps.first?.title == "−2.0 sd")
    let moments = middle.view.shelf.steps.map { middle.view.cache[$0.maps[.map]] }
    #expect(
      middle.view.missing.isEmpty && !moments.contains { $0 == nil },
      "all moments are composed at once, and stay")
    stage.play("] ] ] ] ] ]")
    let end = try #require(screen(stage).view.complex.maps)
    #expect(end.view.steps.title == "2.0 sd")
    #expect(end.view.steps.wanted?.request.frame?.amplitude == 2)
    stage.play("x")
    #expect(try screen(stage).view.complex.maps?.view.steps.wanted?.request.frame?.amplitude == 4)
    #expect(
      try screen(stage).view.complex.maps?.view.level == end.view.level, "one level for all moments"
    )
  }

  /// Playing goes to and fro with the clock, and a hold stays where it has come to.
  @Test func itPlaysToAndFro() throws {
    var stage = stage("[ [ [ [ Space")
    #expect(try screen(stage).isMoving)
    var surroundings = stage.application.surroundings
    let start = surroundings.now
    let steps = try (0...17).map { tick -> Int in
      surroundings.now = start + (Double(tick) + 0.5) / 5
      return try screen(stage).view.complex.step(surroundings)
    }
    #expect(steps == [0, 1, 2, 3, 4, 5, 6, 7, 8, 7, 6, 5, 4, 3, 2, 1, 0, 1])
    var held = try screen(stage)
    surroundings.now = start + 0.7
    held.view.complex.hold(surroundings)
    #expect(held.view.complex.maps?.view.steps.index == 3 && !held.isMoving)
    stage.play("?")
    #expect(!stage.application.isMoving, "not behind a pop-up")
  }

  /// A range of the histogram becomes an expression with about so many particles, which is counted in the
  /// run's particles.
  @Test func aRangeKeepsParticles() throws {
    var stage = stage("Tab Tab Right Right Right Right (")
    #expect(try expression(stage) == "mode1 >= 1")
    stage.play("Right Right Right Right )")
    #expect(try expression(stage) == "mode1 >= 1 and mode1 <= 2")
    let report = try #require(screen(stage).view.motion?.report)
    let counts = report.modes[0].histogram[20..<24].reduce(0, +)
    #expect(stage.text.contains("about \(counts) particles"), "\(stage.text)")
    // The expression is proposed, counted in the run's particles, and the command that keeps them shown.
    stage.play("W Enter")
    #expect(stage.text.contains("1,203 of 2,500 particles"))
    #expect(
      stage.text.contains("fulcrum select runs/two 'mode1 >= 1 and mode1 <= 2'"), "\(stage.text)")
    stage.play("Esc Up Down Tab Tab Down")
    #expect(try expression(stage) == nil, "another mode has no range yet")
  }

  /// Parts of bins count by their share.
  @Test func countsFollowTheHistogram() throws {
    let report = try #require(SampleRuns.motion().report)
    let histogram = report.modes[0].histogram
    let all = histogram.reduce(0, +)
    #expect(report.count(mode: 0, from: -.infinity, to: .infinity) == all)
    #expect(report.count(mode: 0, from: 0, to: 0.25) == histogram[16])
    #expect(report.count(mode: 0, from: 0.125, to: 0.25) == (histogram[16] + 1) / 2)
    #expect(
      report.count(mode: 0, from: 2, to: 1) == 0 && report.count(mode: 9, from: 0, to: 1) == 0)
  }

  /// Directions lie where they are seen from, and cones at their angle.
  @Test func theSphereShowsWhereAxesPoint() throws {
    let rect = Rect(x: 0, y: 0, width: 42, height: 22)
    let sphere = AxisSphere(rotation: .identity, rect: rect)
    let middle = try #require(sphere.cell(of: Vector3(0, 0, 1)))
    #expect(middle.cell == Point(x: 21, y: 11) && middle.isSeen)
    #expect(sphere.cell(of: Vector3(0, 0, -1))?.isSeen == false)
    let right = try #require(sphere.cell(of: Vector3(1, 0, 0)))
    #expect(right.cell.x == 41 && right.cell.y == 11)
    #expect(try #require(sphere.cell(of: Vector3(0, 1, 0))).cell.y < 2, "y is up")
    for axis in [Vector3(0, 0, 1), Vector3(0.6, 0, 0.8), Vector3(-1, 0, 0)] {
      for direction in AxisSphere.cone(axis, 0.4, count: 7) {
        #expect(abs((direction * axis).sum() - 0.921061) < 1e-6)
        #expect(abs((direction * direction).sum() - 1) < 1e-9)
      }
    }
    // The chosen mode's axis, 0.6 up and 0.8 toward the eye, with its number and sign.
    #expect(stage("Tab Tab Tab z").text.contains("1+"))
  }

  @Test func whatIsMissingIsSaid() throws {
    let folder = try TemporaryFolder()
    let nothing = RegionMotion(reading: folder.path)
    #expect(nothing.problem?.what.contains("does not say how its regions move") == true)
    var stage = stage()
    var motion = SampleRuns.motion()
    (motion.report, motion.problem) = (nil, nothing.problem)
    stage.tell(.motion(motion))
    #expect(stage.text.contains("does not say how its regions move"))
    motion = SampleRuns.motion()
    for mode in motion.report?.modes.indices ?? 0..<0 {
      motion.report?.modes[mode].isClaimed = false
    }
    stage.tell(.motion(motion))
    #expect(stage.text.contains("no more than the poses' noise"))
  }
}
