import CryoEM
import Testing

@testable import Jobs
@testable import Refinement

/// What several regions take together.
struct RegionEstimateTests {
  private func estimate(memory: Int, held: Int, radius: Double) -> Estimate {
    let mask = Volume.sphere(size: 64, pixelSize: 4, radius: radius, outerRadius: radius + 10)
    let geometry = Geometry(box: 64, mask: mask, fulcrum: .zero, shiftExtent: 10)
    let settings = RefinementSettings()
    var estimate = Estimate(
      particles: 1000, geometry: geometry, settings: settings,
      plan: MemoryPlan(
        particles: 1000, geometry: geometry, settings: settings, hasHalfMaps: true, regions: 3,
        resolution: 12),
      isPackedInFile: false, resolution: 12,
      pace: MachinePace(perArea: 34e-9, transform: 1e-5, travel: 40e-9))
    #expect(estimate.held > 0 && estimate.held < estimate.memory)
    (estimate.memory, estimate.held) = (memory, held)
    return estimate
  }

  /// One region is worked on while what stays of the others is held; times and disks add up.
  @Test func oneRegionIsWorkedOnAtATime() {
    let regions = [(100, 40), (90, 60), (30, 10)].map {
      estimate(memory: $0, held: $1, radius: Double($0))
    }
    let worst = max(100 + 60 + 10, 90 + 40 + 10, 30 + 40 + 60)
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
      let sum = order.dropFirst().reduce(regions[order[0]]) { $0.and(regions[$1]) }
      #expect(sum.memory == worst && sum.held == 110)
      #expect(sum.disk == regions.reduce(0) { $0 + $1.disk })
    }
  }
}
