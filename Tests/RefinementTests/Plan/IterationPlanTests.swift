import Testing

@testable import Ground
@testable import Refinement

struct IterationPlanTests {
  /// Sizes of a window of 48 pixels in a period of 60, by hand: 1.25 grid units a shell.
  @Test func sizesAreThoseOfTheFormulas() {
    let geometry = Geometry(
      box: 64, pixelSize: 3, window: 48, period: 60, centre: .zero, fulcrum: .zero,
      maskDiameter: 30)
    let plan = IterationPlan(geometry, band: 9)
    // Six shells beyond; half a shell for a shell's width, rounded up, and one unit more.
    #expect(plan.inserted == 15)
    #expect(plan.sumsRadius == 21 && plan.referenceRadius == 13)
    // Of all bands from which insertions go that far the first.
    #expect(IterationPlan(geometry, inserted: 15) == plan)
    // Three shells of fall-off: 12 · 1.25.
    #expect(plan.lastShell == 15)
    // A cube holds twice its radius and what its edge rounds to.
    #expect(plan.measuredSize >= 2 * 21 && plan.referenceSize(lastShell: 15) >= 2 * 17)
    #expect(plan.referenceSize(lastShell: 15) < plan.measuredSize)
    // References never reach beyond the sums of which they are made.
    let all = IterationPlan(geometry, band: 23)
    #expect(all.inserted == 23 && all.referenceSize(lastShell: 40) == all.measuredSize)
    #expect(plan.spectrumRadius(lastShell: 15) == 17 && plan.spectrumRadius(lastShell: 20) == 21)
  }

  /// What an iteration makes is as large as it says: that is what memory and time are told by.
  @Test func anIterationMakesWhatIsPlanned() throws {
    var regions = TwoRegions(count: 80, box: 32, pixelSize: 6)
    regions.set.settings.maximumIterations = 2
    var body = try regions.refiner().bodies[0]
    for _ in 0..<2 {
      let inserted = body.loop.inserted
      let made = try body.reconstruct(hand: 0)
      let plan = IterationPlan(
        body.context.frame.geometry, band: body.state.band, inserted: inserted)
      let (size, radius) = (body.loop.metrics.last?.boxSize, made.references.map(\.radius))
      if body.state.iteration > 0 { #expect(size == plan.measuredSize) }
      #expect(radius.allSatisfy { $0 == plan.referenceRadius }, "\(radius) \(plan.referenceRadius)")
      try body.advance(made)
    }
  }
}
