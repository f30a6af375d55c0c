import CryoEM
import EMFiles
import Foundation
import Ground
import Surface
import TestSupport
import Testing
import Tools

@testable import Console
@testable import Jobs

/// Masks made by keys alone.
struct MaskMakerTests {
  /// A large ball and a small one.
  private var map: Volume {
    var map = Volume(size: 48, pixelSize: 3)
    let empty = map
    empty.forEachVoxel { index, place in
      let (a, b) = (place - Vector3(-18, 0, 0), place - Vector3(42, 6, 0))
      map.voxels[index] = Float(exp(-(a * a).sum() / 700) + 0.8 * exp(-(b * b).sum() / 150))
    }
    return map
  }

  private func stage() -> Stage {
    var stage = Stage(.form)
    stage.show(
      MaskMakerScreen(job: SampleRuns.job(), map: map, resolution: 6, hair: CrossHair()))
    return stage
  }

  private func screen(_ stage: Stage) throws -> MaskMakerScreen {
    try #require(stage.application.screen as? MaskMakerScreen)
  }

  @Test func theThresholdIsMovedTypedAndTakenBack() throws {
    var stage = stage()
    let first = try screen(stage).sketch.threshold
    #expect(stage.text.contains("(automatic)"))
    stage.play("> > >")
    let raised = try screen(stage)
    #expect(raised.sketch.threshold > first)
    #expect(raised.currentPieces != nil)
    #expect(!stage.text.contains("(automatic)"))
    stage.play("t Ctrl-U \"0.5\" Enter")
    #expect(try screen(stage).sketch.threshold == 0.5)
    // Protein in everything above it, by counting.
    let low = map.lowPassed(to: 15)
    let mass = 0.81e-3 * 27 * Double(low.voxels.filter { $0 >= 0.5 }.count)
    let shown = try #require(try screen(stage).filtered).mass(above: 0.5)
    #expect(abs(shown - mass) < 0.01 * mass)
    stage.play("u u u u")
    #expect(try screen(stage).sketch.threshold == first)
    #expect(stage.text.contains("(automatic)"))
    stage.play("t \"much\" Enter")
    #expect(stage.text.contains("a number is needed"))
  }

  @Test func piecesArePickedByKeys() throws {
    var stage = stage()
    stage.play("t Ctrl-U \"0.3\" Enter n n")
    #expect(stage.text.contains("piece 2") && stage.text.contains("not kept"))
    #expect(stage.text.contains("kept 1 of 2 pieces"))
    stage.play("p")
    #expect(stage.text.contains("kept 2 of 2 pieces"))
    // A pick is a place: it stays with its piece at another threshold.
    stage.play("t Ctrl-U \"0.35\" Enter")
    #expect(stage.text.contains("kept 2 of 2 pieces"))
    stage.play("n p")
    let kept = try screen(stage)
    #expect(kept.sketch.kept(of: try #require(kept.currentPieces)) == [1])
    stage.play("A")
    #expect(stage.text.contains("kept 2 of 2 pieces"))
    stage.play("e Ctrl-U \"1,1,1\" Enter p")
    #expect(stage.text.contains("There is no piece under the cross"))
  }

  @Test func thePreviewIsTheMask() throws {
    var stage = stage()
    stage.play("t Ctrl-U \"0.3\" Enter g Ctrl-U \"5\" Enter w Ctrl-U \"9\" Enter")
    stage.play("b r Ctrl-U \"12\" Enter s e Ctrl-U \"12,24,24\" Enter x v")
    let made = try screen(stage)
    let preview = try #require(made.preview)
    // What is painted last counts, by the formula of the distance to the region.
    var region = RegionPieces(of: Region(of: map.lowPassed(to: 15), threshold: 0.3))
      .region(of: [0]).holesFilled
    region.addSphere(centre: .zero, radius: 12)
    var erased = Region(size: 48, pixelSize: 3)
    erased.addSphere(centre: Vector3(-36, 0, 0), radius: 12)
    let expected = region.subtracting(erased).softMask(near: 5, far: 14)
    #expect(preview.mask == expected)
    #expect(stage.text.contains("2 spheres painted"))
    #expect(stage.text.contains(MaskReport(of: expected).summary))
    // A change takes the old one away until the new one is made.
    stage.play("u")
    #expect(try screen(stage).preview?.mask != expected)
    stage.play("Esc")
    #expect(try !screen(stage).showsPreview)
  }

  @Test func theMaskIsUsedInTheForm() throws {
    var stage = Stage(.form)
    stage.play("m n Enter Ctrl-U \"masks/new.mrc\" Enter")
    let form = try #require(stage.application.screen as? FormScreen)
    #expect(form.job[Parameter.input.mask] == "masks/new.mrc")
  }

  @Test func saveNeverTakesWhatIsThere() throws {
    let folder = try TemporaryFolder()
    let (input, output) = (folder("map.mrc"), folder("mask.mrc"))
    let map = map
    try MRCVolume.write(
      map.voxels, size: SIMD3(repeating: 48), voxelSize: 3, origin: SIMD3(1, 2, 3), to: input)
    let sketch = MaskSketch(lowPass: 0, threshold: 0.3, edge: 12)
    let pieces = RegionPieces(of: Region(of: map, threshold: 0.3))
    func save(_ path: String, replacing: Bool = false) throws -> MakerTask.Result {
      try MakerTask.save(
        sketch, pieces, map: input, path: path, replacing: replacing, isUsed: false
      ).done()
    }
    guard case .saved = try save(output) else {
      Issue.record("not saved")
      return
    }
    let file = try MRCVolume(path: output)
    #expect(file.voxels == sketch.mask(of: pieces).voxels)
    #expect(file.header.origin == SIMD3(1, 2, 3))
    #expect(FileManager.default.fileExists(atPath: output + ".toml"))
    guard case .exists = try save(output) else {
      Issue.record("not exists")
      return
    }
    guard case .saved = try save(output, replacing: true) else {
      Issue.record("not saved")
      return
    }
    #expect(throws: Problem.self) { try save(input, replacing: true) }
  }

  /// The fulcrum that the job has stays seen while its mask is made.
  @Test func theFulcrumThatIsSetIsDrawn() {
    var stage = Stage(.form)
    stage.play("m n b + + +")
    #expect(!stage.text.contains("○"))
    stage.play("Esc e \"10,20,30\" Enter f m n b + + +")
    #expect(stage.text.contains("Mask maker") && stage.text.contains("○"))
  }

  /// Before anything is read the screen says so, and no key asks for more.
  @Test func keysWaitForTheMap() throws {
    var screen = MaskMakerScreen(
      job: SampleRuns.job(), map: map, resolution: nil, hair: CrossHair())
    let commands: [Command] = [
      "pick-piece", "preview-mask", "save", "use-mask", "raise-threshold",
    ]
    for command in commands {
      #expect(screen.obstacle(to: command) == "The map is being filtered")
    }
    var surroundings = Surroundings()
    _ = screen.perform("paint-sphere", &surroundings)
    #expect(screen.sketch.strokes.count == 1)
  }
}
