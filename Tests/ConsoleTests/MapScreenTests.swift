import CryoEM
import EMFiles
import Foundation
import Ground
import Images
import Surface
import Terminal
import TestSupport
import Testing
import Viewing

@testable import Console

/// Looking at maps by keys and mouse.
struct MapScreenTests {
  private func stage(
    _ size: Size = Size(width: 120, height: 40), colours: ColourLevel = .truecolor
  ) -> Stage {
    var stage = Stage(.results, size: size, colours: colours)
    stage.play("V")
    return stage
  }

  private func screen(_ stage: Stage) throws -> MapScreen {
    try #require(stage.application.screen as? MapScreen)
  }

  @Test func arrowsTurnAndTheWheelZooms() throws {
    var stage = stage()
    let before = try #require(try screen(stage).surface.camera)
    stage.play("Right Up")
    let after = try #require(try screen(stage).surface.camera)
    let wanted = before.turned(about: 1, by: 10).turned(about: 0, by: -10)
    #expect(abs((after.rotation.row2 * wanted.rotation.row2).sum() - 1) < 1e-9)
    stage.play("+")
    #expect(abs(try #require(try screen(stage).surface.camera).reach * 1.2 - after.reach) < 1e-9)
    stage.take(.mouse(MouseEvent(.wheelDown, column: 20, row: 10)))
    #expect(abs(try #require(try screen(stage).surface.camera).reach - after.reach) < 1e-9)
    // A drag over the whole width is half a turn.
    stage.play("a")
    let rect = try #require(
      stage.application.draw().targets.first { $0.target == .row(pane: "surface", 0) }?.rect)
    stage.take(.mouse(MouseEvent(.press, column: rect.x, row: rect.y)))
    stage.take(.mouse(MouseEvent(.drag, column: rect.right - 1, row: rect.y)))
    stage.take(.mouse(MouseEvent(.release, column: rect.right, row: rect.y)))
    let turned = try #require(try screen(stage).surface.camera)
    #expect(turned.rotation.row2.z < -0.99)
  }

  /// A click puts the cross-hair on the surface, where the density is the level.
  @Test func aClickFindsTheSurface() throws {
    var stage = stage()
    let rect = try #require(
      stage.application.draw().targets.first { $0.target == .row(pane: "surface", 0) }?.rect)
    stage.take(
      .mouse(MouseEvent(.press, column: rect.x + rect.width / 2, row: rect.y + rect.height / 2)))
    let screen = try screen(stage)
    let cross = try #require(screen.view.cross)
    let value = try #require(screen.view.shown?.map.density(at: cross))
    let level = try #require(screen.view.density)
    #expect(abs(value - level) < 0.02 * abs(level) + 1e-3)
    #expect(stage.text.contains("voxel \(screen.hair.text)"))
  }

  @Test func levelsAreTypedInThreeUnits() throws {
    var stage = stage()
    stage.play("t Ctrl-U \"0.5\" Enter")
    #expect(try screen(stage).view.density == 0.5)
    stage.play("t Ctrl-U \"2 sd\" Enter")
    let table = try #require(try screen(stage).view.shown).map.levels
    let level = try #require(try screen(stage).view.density)
    #expect(abs(table.deviations(of: level) - 2) < 1e-4)
    stage.play("> >")
    let raised = try #require(try screen(stage).view.density)
    #expect(abs(table.deviations(of: raised) - 2.25) < 1e-4)
    stage.play("t Ctrl-U \"100 kDa\" Enter")
    let massive = try #require(try screen(stage).view.density)
    #expect(abs(table.mass(above: massive) - 100) < 1)
    stage.play("t Ctrl-U \"lots\" Enter")
    #expect(stage.text.contains("a level is needed"))
  }

  /// One key to the map before the refinement and back, with the camera where it was.
  @Test func mapsBlink() throws {
    var stage = stage()
    stage.play("Right Right")
    let camera = try screen(stage).surface.camera
    #expect(try screen(stage).view.steps.title == "final")
    stage.play("b")
    #expect(try screen(stage).view.steps.title == "consensus")
    #expect(stage.text.contains("b blinks with final"))
    #expect(try screen(stage).surface.camera == camera)
    stage.play("b [")
    #expect(try screen(stage).view.steps.title == "iteration 7")
    stage.play("] w")
    #expect(try screen(stage).view.shown?.request.kind == .halfA)
  }

  @Test func theCrossHairIsLinked() throws {
    var stage = stage()
    stage.play("Tab e Ctrl-U \"30,20,10\" Enter + Right")
    let screen = try screen(stage)
    #expect(screen.hair.text == "31,20,11")
    // 3 Å voxels from the box centre at 24.
    #expect(screen.view.cross == Vector3(21, -12, -39))
    for title in ["xy, z = 11", "xz, y = 20", "yz, x = 31"] { #expect(stage.text.contains(title)) }
    stage.play("p")
    #expect(stage.text.contains("xy along z"))
  }

  /// The mouse's plane and the keys' pane are the same.
  @Test func slicesTakeTheMouse() throws {
    var stage = stage()
    let place = try #require(
      stage.application.draw().targets.first { $0.target == .row(pane: "plane", 1) }?.rect)
    stage.take(.mouse(MouseEvent(.press, column: place.x, row: place.y)))
    let screen = try screen(stage)
    #expect(screen.pane == .second && screen.hair.voxel.x < 3 && screen.hair.voxel.z > 44)
  }

  @Test func coloursAreOffered() throws {
    var stage = stage()
    stage.play("c")
    #expect(try screen(stage).view.colouring == .halves)
    #expect(stage.text.contains("difference of the halves  0"))
    stage.play("c c")
    #expect(try screen(stage).view.colouring == .motion)
    let screen = try screen(stage)
    // Histograms of lengths: each of three axes has a third of the mean square.
    let metrics = SampleRuns.metrics(iteration: 7, seed: 1).rotationFromStart
    let width = (metrics.upper - metrics.lower) / Double(metrics.counts.count)
    let squares = metrics.counts.enumerated().reduce(0.0) { sum, bin in
      sum + Double(bin.element) * pow(metrics.lower + (Double(bin.offset) + 0.5) * width, 2)
    }
    let mean = squares / Double(metrics.counts.reduce(0, +))
    #expect(abs((screen.view.shelf.sway?.rotation ?? 0) - (mean / 3).squareRoot()) < 0.05)
    // With few colours shades are all there is.
    let plain = self.stage(colours: .c16)
    #expect(plain.text.contains("shades alone"))
  }

  /// Half of the picture is nearer than the cut and is gone.
  @Test func theCutFollowsItsKeys() throws {
    var stage = stage()
    stage.play("e Ctrl-U \"24,24,24\" Enter x")
    #expect(abs(try #require(try screen(stage).surface.camera?.clip)) < 1e-9 + 12)
    let before = try #require(try screen(stage).surface.camera?.clip)
    stage.play("PgDn")
    #expect(abs(try #require(try screen(stage).surface.camera?.clip) - before + 72 / 32) < 1e-9)
    stage.play("x")
    #expect(try screen(stage).surface.camera?.clip == nil)
  }

  /// A turned surface is drawn in fewer colours at first, and finely half a second later.
  @Test func whatTurnsIsADraft() throws {
    var stage = stage()
    stage.play("z")
    func colours() -> Int { Set(stage.grid.cells.map(\.style)).count }
    let fine = colours()
    stage.play("Right Left")
    #expect(colours() < fine / 2)
    _ = stage.application.handle(.time(stage.application.surroundings.now + 1))
    #expect(colours() > fine / 2)
    // Frames that are too large make the next draft coarser.
    stage.application.surroundings.traffic.lastFrameBytes = 9000
    stage.play("Right Left")
    #expect(try screen(stage).surface.turning.coarseness == 1)
    stage.application.surroundings.traffic.lastFrameBytes = 4000
    stage.play("Right Left")
    #expect(try screen(stage).surface.turning.coarseness == 1)
  }

  @Test func picturesInPixelsCoverTheSurface() throws {
    var stage = stage()
    stage.take(.pictures(.kitty))
    stage.play("z")
    let picture = try #require(stage.application.draw().pictures.first)
    #expect(picture.width * picture.height >= 400_000)
    #expect(picture.image.width * picture.image.height <= 400_000)
    // The cross-hair is in the picture itself.
    #expect(picture.image.palette.count > 4 + 2 * 24)
  }

  /// Maps of any shape; parts of a box lie where their header says.
  @Test func mapsOfAnyShapeAreRead() throws {
    let folder = try TemporaryFolder()
    let size = SIMD3(9, 12, 7)
    var voxels = [Float](repeating: 1, count: 9 * 12 * 7)
    voxels[(3 * 12 + 6) * 9 + 4] = 8
    voxels[0] = .nan
    try MRCVolume.write(
      voxels, size: size, voxelSize: 2, origin: SIMD3(30, 28, 33), to: folder("part.mrc"))
    let whole = try MapReader.read(MapRequest(files: [folder("part.mrc")], kind: .map))
    #expect(whole.map.volume.size == 12)
    // The voxel size/2 of each axis comes to that of the cube.
    #expect(whole.map.volume[6, 6, 6] == 8)
    #expect(whole.map.volume.voxels.allSatisfy { $0.isFinite })
    let part = try MapReader.read(
      MapRequest(files: [folder("part.mrc")], kind: .map, wholeEdge: 80))
    // 30 + 4 · 2 − 40 and so on.
    #expect(part.map.centre == Vector3(-2, 0, -1))
    let missing = MapRequest(files: [folder("none.mrc")], kind: .map)
    #expect(throws: Problem.self) { try MapReader.read(missing) }
  }

  @Test func meansAndDifferencesOfHalves() throws {
    let folder = try TemporaryFolder()
    for (name, value) in [("a", Float(3)), ("b", 1)] {
      var voxels = [Float](repeating: 0, count: 64)
      voxels[21] = value
      try MRCVolume.write(
        voxels, size: SIMD3(repeating: 4), voxelSize: 2, origin: .zero, to: folder(name + ".mrc"))
    }
    let files = [folder("a.mrc"), folder("b.mrc")]
    let mean = try MapReader.read(MapRequest(files: files, kind: .map))
    let difference = try MapReader.read(MapRequest(files: files, kind: .difference))
    #expect(mean.map.volume.voxels[21] == 2 && difference.map.volume.voxels[21] == 2)
    #expect(mean.map.volume.voxels[20] == 0)
  }

  @Test(arguments: [(137.0, 100.0), (99, 50), (20, 20), (0.7, 0.5), (3, 2)])
  func scaleBarsAreRound(most: Double, length: Double) {
    #expect(abs(Frame.roundLength(upTo: most) - length) < 1e-9)
  }
}
