import CryoEM
import Ground
import Surface
import Testing

@testable import Console
@testable import Jobs

/// The masks of several regions in the mask view and over maps.
struct RegionMaskTests {
  private func screen(_ stage: Stage) throws -> MaskScreen {
    try #require(stage.application.screen as? MaskScreen)
  }

  /// The region of the form's row is chosen, the keys go round, and each has its own fulcrum and mask.
  @Test func eachRegionIsSeenInTurn() throws {
    var stage = Stage(.masks, size: Size(width: 120, height: 40))
    #expect(try screen(stage).region == 1)
    #expect(stage.text.contains(" 1 head  [2 body]"), "\(stage.text)")
    #expect(stage.text.contains("Fulcrum     voxel 31,30,48"))
    stage.play("}")
    #expect(try screen(stage).region == 0)
    #expect(stage.text.contains("[1 head]") && stage.text.contains("(the default)"))
    // The mask's centre, 24, 18, 12 Å from that of the box.
    #expect(try screen(stage).cross == SIMD3(32, 30, 28))
    stage.play("{ { Right f")
    let form = try #require(stage.application.screen as? FormScreen)
    #expect(form.job.regions[0][Parameter.fulcrum.coordinates] == Vector3(33, 30, 28))
    #expect(form.job.regions[1][Parameter.fulcrum.coordinates] == Vector3(31, 30, 48))
  }

  /// Without colours regions are told by their numbers and by whole and broken lines, with colours by these.
  @Test func outlinesDiffer() throws {
    var stage = Stage(.masks, size: Size(width: 120, height: 40))
    stage.play("} z")
    let screen = try screen(stage)
    let volumes = try #require(screen.volumes)
    let outlines = RegionOutlines(count: 2, chosen: 0) { region, plane in
      SliceReader.plane(
        plane, of: volumes.masks[region].mask?.voxels ?? [], mask: nil, size: 48, at: screen.cross
      ).values
    }.outlines(0)
    var image = ImageSlice(
      width: 48, height: 48, pixels: [Float](repeating: 0, count: 48 * 48), range: 0...1,
      mask: outlines[0].mask)
    (image.maskRole, image.others) = (.series1, [outlines[1]])
    func styles(_ colours: ColourLevel, _ image: ImageSlice) -> (Grid, Appearance) {
      var surroundings = Surroundings(folder: "/")
      surroundings.colours = colours
      var frame = Frame(size: Size(width: 50, height: 25), look: surroundings.appearance)
      frame.draw(picture: image, in: frame.grid.bounds)
      return (frame.grid, surroundings.appearance)
    }
    let (coloured, look) = styles(.truecolor, image)
    let used = Set(coloured.cells.flatMap { [$0.style.foreground, $0.style.background] })
    #expect(used.contains(look[.series1].foreground) && used.contains(look[.series2].foreground))
    func dots(_ grid: Grid) -> Int {
      grid.text.unicodeScalars.filter { (0x2800...0x28FF).contains($0.value) }
        .reduce(0) { $0 + ($1.value - 0x2800).nonzeroBitCount }
    }
    // The other's line has half of its dots.
    let both = dots(styles(.none, image).0)
    var alone = image
    alone.others = []
    let first = dots(styles(.none, alone).0)
    alone.mask = outlines[1].mask
    let second = dots(styles(.none, alone).0)
    #expect(both > first && both < first + 3 * second / 4, "\(both) of \(first) and \(second)")
  }

  @Test func numbersStandInsideTheirRegion() {
    // A ring has its middle outside of itself.
    let ring = (0..<100).map { index -> Float in
      let (x, y) = (index % 10, index / 10)
      return (x == 1 || x == 8) && (1...8).contains(y) || (y == 1 || y == 8) && (1...8).contains(x)
        ? 1 : 0
    }
    let middle = SliceView.middle(of: ring, width: 10)
    #expect(middle.map { ring[$0.y * 10 + $0.x] } == 1)
    #expect(SliceView.middle(of: [0, 0, 0, 0], width: 2) == nil)
  }

  /// All regions' masks are on the shelf of the maps: one is the veil, all colour the surface.
  @Test func mapsShowTheRegions() throws {
    var stage = Stage(.masks, size: Size(width: 120, height: 40), colours: .truecolor)
    stage.play("V")
    func maps() throws -> MapScreen { try #require(stage.application.screen as? MapScreen) }
    #expect(try maps().view.shelf.masks.count == 2 && maps().view.chosen == 1)
    #expect(try maps().view.shelf.fulcra.count == 2 && maps().view.fulcrum != nil)
    #expect(try maps().view.missing.isEmpty, "all are read")
    let body = try #require(try maps().view.mask?.map)
    #expect(try #require(body.density(at: Vector3(-12, -6, -3))) > 0.9)
    #expect(try maps().view.colourings == [.plain, .halves, .regions])
    stage.play("}")
    let head = try #require(try maps().view.mask?.map)
    #expect(try maps().view.showsMask && maps().view.chosen == 0)
    #expect(try #require(head.density(at: Vector3(24, 18, 12))) > 0.9)
    #expect(try maps().view.cross == maps().view.fulcrum)
    stage.play("c c")
    #expect(try maps().view.colouring == .regions)
    #expect(stage.text.contains("1 head") && stage.text.contains("2 body"))
  }

  /// A region without a mask leaves no other's colour to it.
  @Test func aMaskThatIsMissingShiftsNone() throws {
    var job = SampleRuns.regionJob()
    job.regions[0][Parameter.input.mask] = nil
    let shelf = try #require(MapShelf(job, fulcra: [nil, nil], chosen: 1))
    #expect(shelf.masks.isEmpty && shelf.chosen == 0)
  }
}
