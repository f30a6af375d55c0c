import CryoEM
import Ground
import Surface
import TestSupport
import Testing
import Viewing

@testable import Console
@testable import Motion
@testable import Refinement
@testable import Runs

/// Learnt hinges, and the colours of slices, in the pictures of maps.
struct HingeTests {
  /// A hinge at (12, 0, 0) Å whose axis lies along x.
  private func hinge(axisError: Double = 10) throws -> LearntHinge {
    typealias Measured = BodyMotion.Measured
    func principal(_ value: Double, _ direction: [Double]) -> BodyMotion.Principal {
      .init(deviation: Measured(value: value, error: 0.3), direction: direction)
    }
    let rotations = [
      principal(5.2, [1, 0, 0]), principal(1, [0, 1, 0]), principal(0.5, [0, 0, 1]),
    ]
    let hinge = [
      Measured(value: 12, error: 6), Measured(value: 0, error: 0.3), Measured(value: 0, error: 0.3),
    ]
    let motion = BodyMotion(
      rotations: rotations, translations: rotations, axisError: axisError,
      share: Measured(value: 0.9, error: 0.02), hinge: hinge, hingeVoxel: hinge, hingeDistance: 12,
      outliers: 0.01, particles: 900)
    return try #require(LearntHinge(motion))
  }

  private func stage(_ hinge: LearntHinge?, colours: ColourLevel = .none) -> Stage {
    var stage = Stage(.results, size: Size(width: 120, height: 40), colours: colours)
    var shelf = MapShelf(MapChoice(maps: ["a.mrc"], masks: ["head.mrc", "body.mrc"]))
    shelf.hinges = [hinge]
    stage.show(MapScreen(shelf: shelf))
    return stage
  }

  /// Ends of the axis are as far as was told, and its cone is as wide as it is uncertain.
  @Test func itsPointsAreWhereTheyAreTold() throws {
    let points = HingeFigure(hinge: try hinge(), length: 40).points(steps: 20)
    let axis = points.filter { $0.part == .axis }.map(\.point)
    #expect(axis.first == Vector3(-28, 0, 0) && axis.last == Vector3(52, 0, 0))
    #expect(points.first { $0.part == .end }?.point == Vector3(52, 0, 0))
    for point in points.filter({ $0.part == .cone }).map(\.point) {
      let arm = point - Vector3(12, 0, 0)
      #expect(abs(abs(arm.x) / 40 - 0.9848) < 1e-3 && abs((arm * arm).sum() - 1600) < 1e-6)
    }
    let errors = points.filter { $0.part == .error }.map(\.point)
    #expect(errors.contains(Vector3(18, 0, 0)) && errors.contains(Vector3(12, -0.3, 0)))
    let blurred = HingeFigure(hinge: try hinge(axisError: 80), length: 40).points(steps: 20)
    #expect(!blurred.contains { $0.part == .axis || $0.part == .cone })
  }

  /// On the slice of the hinge the axis is a row of signs; on one beside it they are hollow, and a key takes
  /// them away.
  @Test func itIsDrawnOverSlices() throws {
    var stage = stage(try hinge())
    // The voxel of the hinge is 24 + 12 / 3.
    #expect(stage.text.contains("Hinge      ◆ voxel 28.0,24.0,24.0 ± 2.0; turns 5.2 ± 0.3°"))
    #expect(stage.text.contains("about 1.00,0.00,0.00 (to 10°)"))
    stage.play("Tab z e Ctrl-U \"28,24,24\" Enter")
    func row() -> Substring? {
      stage.text.split(separator: "\n").first { $0.contains("◆ ") == false && $0.contains("◆") }
    }
    let line = try #require(row())
    #expect(line.filter { $0 == "•" }.count > 12, "\(line)")
    stage.play("+ + +")
    let beside = stage.text
    #expect(beside.contains("◇") && !beside.contains("•"))
    stage.play("H")
    #expect(!stage.text.contains("◇") && !stage.text.contains("◆ voxel"))
    stage = self.stage(nil)
    stage.play("H")
    #expect(stage.text.contains("No hinge is known"))
  }

  /// A region's own prior tells of it, or how it moves against the first.
  @Test func itIsSaidAgainstWhat() throws {
    let folder = try TemporaryFolder()
    let report = try #require(SampleRuns.motion().report)
    #expect(report.motions.isEmpty)
    let own = try hinge()
    #expect(own.against == nil && own.turn == 5.2 && own.hasAxis)
    #expect(
      own.text(voxel: Vector3(1, 2, 3), pixelSize: 2)
        == "voxel 1.0,2.0,3.0 ± 3.0; turns 5.2 ± 0.3° about 1.00,0.00,0.00 (to 10°)")
    #expect(RunFolder(folder.path).learntHinges(of: []).isEmpty)
    #expect(
      try hinge(axisError: 75).text(voxel: .zero, pixelSize: 2).contains("no axis of its own"))
  }

  // MARK: Slices in colours

  /// A slice is coloured by the region that holds a voxel, as a look into the masks says.
  @Test func slicesAreColouredByRegion() throws {
    var stage = stage(nil, colours: .truecolor)
    stage.play("Tab c")
    let screen = try #require(stage.application.screen as? MapScreen)
    #expect(screen.view.colouring == .regions)
    let shown = try #require(screen.view.shown)
    let tint = try #require(
      screen.view.tint(0, at: screen.hair.voxel, shown, stage.application.surroundings.appearance))
    #expect(tint.columns == 48 && tint.rows == 48 && tint.hues.count == 2)
    let masks = SampleRuns.volumes(of: SampleRuns.regionJob()).masks.compactMap(\.mask)
    let depth = screen.hair.voxel.z
    var seen = Set<Int>()
    for row in 0..<48 {
      for column in 0..<48 {
        let region = masks.firstIndex { $0[column, 47 - row, depth] >= 0.5 }
        seen.insert(region ?? -1)
        #expect(Int(tint.numbers[row * 48 + column]) == (region ?? -1) + 1)
      }
    }
    #expect(seen.count == 3)
    stage.play("F6")
    let fewer = stage.application.surroundings.appearance
    #expect(fewer.colours == .c256)
    #expect(screen.view.tint(0, at: screen.hair.voxel, shown, fewer) != nil)
    var mono = fewer
    mono = Appearance(colours: .c16)
    #expect(screen.view.tint(0, at: screen.hair.voxel, shown, mono) == nil)
  }

  // MARK: Motions outside of runs

  /// Opened by itself the screen has to ask for what it shows.
  @Test func aFolderOfMotionIsAskedForWhenItIsOpened() throws {
    let (screen, effects) = try Application.opening(
      .motion(folder: "/data/moved"), options: Application.Options())
    #expect((screen as? ModesScreen)?.view.folder == "/data/moved")
    #expect(
      effects.contains {
        if case .outside(.read(.motion("/data/moved"))) = $0 { true } else { false }
      })
  }

  /// A folder of fulcrum motion names the maps that it was made of; what is kept is of its own particles.
  @Test func aFolderOfMotionIsRead() throws {
    let folder = try TemporaryFolder()
    let report = try #require(SampleRuns.motion().report)
    var inputs = ""
    try makeFolder(folder("moved"))
    for name in ["head", "body"] {
      try makeFolder(folder("\(name)/final"))
      for file in ["particles.star", "map.mrc", "mask.mrc"] {
        let path = try folder.write("x", to: "\(name)/final/\(file)")
        inputs += "\n[[input]]\npath = \"\(path)\"\n"
      }
    }
    try folder.write(JSONFile.text(report), to: "moved/motion.json")
    try folder.write("command = \"fulcrum motion\"\n" + inputs, to: "moved/provenance.toml")
    try folder.write("data_", to: "moved/particles.star")
    let motion = RegionMotion(reading: folder("moved"))
    #expect(motion.problem == nil && motion.modes.count == 2)
    #expect(motion.regions.map(\.name) == ["head", "body"])
    #expect(motion.regions[1].source.mask == folder("body/final/mask.mrc"))
    let choice = ParticleChoice(
      folder: try #require(motion.particles), title: "moved", job: nil, isOfRegions: true)
    let line = choice.keepPrompt("mode1 > 1", "3 of 9.", Surroundings(folder: folder.path))
      .editor.text
    #expect(line.contains("moved_kept.star") && !line.contains("--as-input"), "\(line)")
    // Without its maps the modes are still told.
    try folder.write("", to: "moved/provenance.toml")
    let alone = RegionMotion(reading: folder("moved"))
    #expect(alone.problem == nil && alone.modes.count == 2 && alone.regions.isEmpty)
  }
}
