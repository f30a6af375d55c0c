import CryoEM
import Testing

@testable import Refinement

struct MaskChoiceTests {
  private let region = Volume.sphere(size: 32, pixelSize: 3, radius: 30, outerRadius: 42)
  /// A ball of density off the centre, and its opposite on the other side.
  private var halves: [Volume] {
    let ball = { (x: Double) in
      Volume.sphere(size: 32, pixelSize: 3, radius: 9, outerRadius: 15, centre: Vector3(x, 0, 0))
    }
    let map = ball(-18) - 0.8 * ball(18)
    return [map, map]
  }

  private func choice(
    resolution: Double, hasStarted: Bool = false, _ change: (inout RefinementSettings) -> Void
  ) -> MaskChoice {
    var settings = RefinementSettings()
    settings.mask = .dynamic
    change(&settings)
    return MaskChoice(
      halves: halves, region: region, resolution: resolution, hasStarted: hasStarted,
      settings: settings)
  }

  @Test func aStaticMaskStaysAsItIs() {
    for mode in [RefinementSettings.MaskMode.staticMask, .none] {
      let found = choice(resolution: 4, hasStarted: true) { $0.mask = mode }
      #expect(found.mask == region && !found.isDynamic && found.event == nil)
    }
  }

  @Test func dynamicMasksStartAtTheirResolution() {
    let before = choice(resolution: 12.5) { _ in }
    #expect(before.mask == region && !before.hasStarted)
    let after = choice(resolution: 11.5) { _ in }
    #expect(after.isDynamic && after.hasStarted && after.mask != region)
    // Once begun they go on, whatever the resolution does.
    #expect(choice(resolution: 14, hasStarted: true) { _ in }.isDynamic)
  }

  @Test func theMaskFollowsTheDensityInsideTheInputMask() {
    let found = choice(resolution: 8) { _ in }.mask
    #expect(found[10, 16, 16] == 1 && found[22, 16, 16] == 0)
    #expect(zip(found.voxels, region.voxels).allSatisfy { $0 <= $1 })
    let both = choice(resolution: 8) { $0.maskAbsolute = true }.mask
    #expect(both[10, 16, 16] == 1 && both[22, 16, 16] == 1)
    let wider = choice(resolution: 8) { ($0.maskNear, $0.maskFar) = (9, 20) }.mask
    #expect(wider.sum > 1.2 * found.sum)
    #expect(choice(resolution: 8) { $0.maskThreshold = 0.8 }.mask.sum < found.sum)
  }

  @Test func anEmptyMaskIsReportedAndNotUsed() {
    var settings = RefinementSettings()
    settings.mask = .dynamic
    let nothing = Volume(size: 32, pixelSize: 3).map { _ in -1 }
    let found = MaskChoice(
      halves: [nothing, nothing], region: region, resolution: 8, hasStarted: false,
      settings: settings)
    #expect(found.mask == region && !found.isDynamic && found.hasStarted)
    guard case .warning(let text) = found.event else {
      Issue.record("no warning")
      return
    }
    #expect(text.contains("mask.threshold"))
  }
}
