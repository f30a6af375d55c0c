import CryoEM
import Images
import Testing

@testable import Viewing

/// Shades, hues and veils against formulas.
struct SurfacePictureTests {
  private let ink = SurfaceInk(
    hues: [IndexedImage.RGB(255, 255, 255)], cut: IndexedImage.RGB(255, 0, 0),
    ground: IndexedImage.RGB(0, 0, 40), veil: IndexedImage.RGB(0, 255, 0), shades: 64)

  private func scene(_ colours: SurfaceColours = .plain) -> SurfaceScene {
    SurfaceScene(
      map: SurfaceHitsTests.map { 30 - SurfaceHitsTests.length($0) }, level: 10,
      camera: ViewCamera(reach: 30), colours: colours)
  }

  /// A ball of radius 20 has Lambert's shades, which fall by a third from front to rim; nothing stands
  /// beside anything.
  @Test func aBallIsShaded() {
    let picture = scene().picture(width: 60, height: 60, ink: ink)
    #expect(picture[0, 0] == ink.ground)
    var met = 0
    for y in 0..<60 {
      for x in 0..<60 {
        let (across, up) = (Double(x) - 29.5, 29.5 - Double(y))
        let square = 400 - across * across - up * up
        guard square > 60 else { continue }
        met += 1
        let normal = Vector3(across, up, square.squareRoot()) / 20
        let lambert = (normal * Vector3(-0.36, 0.48, 0.8)).sum()
        let distance = (20 - square.squareRoot()) / 20
        let light = (0.7 * max(0, lambert) + 0.3 * normal.z) * (1 - distance / 3)
        let index = Int(picture.indices[y * 60 + x]) - 4
        #expect(abs(Double(index) / Double(ink.shades - 1) - light) < 0.05, "at \(x), \(y)")
      }
    }
    #expect(met > 800)
  }

  @Test func huesFollowValuesRegionsAndMotion() {
    let hues = (0..<10).map { IndexedImage.RGB(UInt8(20 * $0), 100, 100) }
    var ink = ink
    ink = SurfaceInk(hues: hues, cut: ink.cut, ground: ink.ground, veil: ink.veil, shades: 8)
    /// The number of the hue in the middle row, a place right of the middle.
    func hue(_ colours: SurfaceColours, at across: Int) -> Int {
      let picture = scene(colours).picture(width: 60, height: 60, ink: ink)
      return (Int(picture.indices[30 * 60 + 30 + across]) - 4) / ink.shades
    }
    // x from −36 to 36 Å.
    let slope = SurfaceHitsTests.map { $0.x }
    #expect(hue(.values(slope, -20...20), at: -15) == 1)
    #expect(hue(.values(slope, -20...20), at: 13) == 8)
    #expect(hue(.values(slope, -5...5), at: 15) == 9)
    let right = SurfaceHitsTests.map { $0.x > 6 ? 1 : 0 }
    #expect(hue(.regions([right]), at: 12) == 1 && hue(.regions([right]), at: -12) == 0)
    // At the fulcrum only the shift: √3 · 1 Å; 20 Å away a turn of 6°: √(2 · (0.1047 · 20)² + 3) Å.
    let sway = BodySway(fulcrum: Vector3(0, 0, 20), rotation: 6, shift: 1)
    #expect(abs(sway.distance(at: Vector3(0, 0, 20)) - 3.0.squareRoot()) < 1e-9)
    #expect(abs(sway.distance(at: Vector3(0, 0, 0)) - 3.4312) < 1e-3)
    #expect(hue(.motion(sway, nil, 0...10), at: 0) == 1)
    #expect(hue(.motion(sway, right, 0...10), at: -12) == 0)
  }

  @Test func aVeilCoversWhatIsBehindItAlone() {
    var scene = scene()
    scene.veil = SurfaceHitsTests.map {
      SurfaceHitsTests.length($0 - Vector3(12, 0, 14)) < 12 ? 1 : 0
    }
    let picture = scene.picture(width: 60, height: 60, ink: ink)
    let plain = SurfacePictureTests().scene().picture(width: 60, height: 60, ink: ink)
    let (x, y) = (42, 30)
    let bare = plain[x, y]
    #expect(picture[x, y] == bare.mixed(with: ink.veil, 0.35))
    #expect(picture[15, 30] == plain[15, 30])
    // Behind the ball it is not seen.
    scene.camera = scene.camera.turned(about: 1, by: 180)
    let behind = scene.picture(width: 60, height: 60, ink: ink)
    #expect(behind[20, 30] == plain[20, 30] || behind.indices[30 * 60 + 20] < 4 + 64)
  }

  @Test func cutsHaveTheirColour() {
    var scene = scene()
    scene.camera.clip = 3
    let picture = scene.picture(width: 60, height: 60, ink: ink)
    #expect(picture[30, 30] == ink.cut)
    #expect(picture[1, 1] == ink.ground)
  }

  /// A place beside a wall gets less light: three of its eight neighbours stand on the wall, 20 Å nearer
  /// to the eye and one or two pixels beside.
  @Test func cornersAreDark() {
    let step = SurfaceHitsTests.map { place in
      place.z - (place.x > 0 ? 15 : -5) < 0 ? 1 : 0
    }
    let camera = ViewCamera(reach: 20)
    let hits = step.hits(at: 0.5, from: camera, width: 40, height: 40)
    let shading = Shading(hits)
    #expect(abs(shading.occlusion(20, 20, 1, camera) - 0.5 * 3 / 8) < 1e-9)
    #expect(shading.occlusion(8, 20, 1, camera) == 0)
    #expect(shading.occlusion(30, 20, 1, camera) == 0)
  }

  @Test func levelsMeanWhatIsCounted() {
    let map = SurfaceHitsTests.map { 30 - SurfaceHitsTests.length($0) }
    let table = map.levels
    let voxels = map.volume.voxels
    let mean = voxels.reduce(0) { $0 + Double($1) } / Double(voxels.count)
    #expect(abs(table.mean - mean) < 1e-3)
    let square = voxels.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    let deviation = (square / Double(voxels.count)).squareRoot()
    #expect(abs(table.deviations(of: Float(mean + 2 * deviation)) - 2) < 1e-3)
    #expect(abs(Double(table.level(deviations: 1.5)) - mean - 1.5 * deviation) < 1e-3)
    for level in [Float(-10), 5, 12, 25] {
      let counted = Double(voxels.filter { $0 >= level }.count) * 3.375 * 0.81e-3
      #expect(abs(table.mass(above: level) - counted) < 0.01 * counted + 0.02)
      #expect(abs(table.level(mass: counted) - level) < 0.1)
    }
    #expect(table.mass(above: 31) == 0)
  }
}
