import CryoEM
import Testing

@testable import Refinement

/// What a refinement is said to take.
struct EstimateTests {
  private func estimate(
    count: Int, box: Int, pixelSize: Double, radius: Double, resolution: Double?,
    maximumResolution: Double? = nil, threads: Int = 2, slower: Double = 1
  ) -> Estimate {
    let mask = Volume.sphere(
      size: box, pixelSize: pixelSize, radius: radius, outerRadius: radius + 10)
    var settings = RefinementSettings()
    (settings.threads, settings.maximumResolution) = (threads, maximumResolution)
    let geometry = Geometry(box: box, mask: mask, fulcrum: .zero, shiftExtent: 10)
    let plan = MemoryPlan(
      particles: count, geometry: geometry, settings: settings, hasHalfMaps: true,
      resolution: resolution)
    return Estimate(
      particles: count, geometry: geometry, settings: settings, plan: plan,
      isPackedInFile: false, resolution: resolution,
      pace: MachinePace(
        perArea: slower * 34e-9, transform: slower * Double(box * box) * 2.4e-9, travel: 40e-9))
  }

  /// Half the processor time that simulated sets took on two threads of the machine whose pace this is.
  @Test(arguments: [
    (4000, 128, 1.5, 53.0, 4.73, 19.0), (20_000, 96, 2.0, 45.0, 4.96, 60.0),
    (2000, 256, 0.9, 60.0, 4.08, 45.0),
  ])
  func theRangeHoldsWhatWasMeasured(
    count: Int, box: Int, pixelSize: Double, radius: Double, resolution: Double, measured: Double
  ) {
    let range = estimate(
      count: count, box: box, pixelSize: pixelSize, radius: radius, resolution: resolution
    ).seconds
    #expect(range.lowerBound / 1.5 < measured && measured < 1.5 * range.upperBound, "\(range)")
    #expect(range.upperBound < 6 * range.lowerBound, "\(range)")
  }

  @Test func aSlowerMachineAndMoreImagesTakeLonger() {
    let one = estimate(count: 5000, box: 64, pixelSize: 4, radius: 50, resolution: 12).seconds
    let slow = estimate(
      count: 5000, box: 64, pixelSize: 4, radius: 50, resolution: 12, slower: 3
    ).seconds
    #expect(abs(slow.lowerBound / one.lowerBound - 3) < 0.01)
    #expect(abs(slow.upperBound / one.upperBound - 3) < 0.01)
    let limited = estimate(
      count: 5000, box: 64, pixelSize: 4, radius: 50, resolution: 12, maximumResolution: 12
    ).seconds
    #expect(limited.upperBound < one.upperBound && limited.lowerBound == one.lowerBound)
  }

  /// The pace is that of the machine: of the right size, and the same when it is measured again.
  @Test func thePaceIsMeasured() {
    let mask = Volume.sphere(size: 64, pixelSize: 4, radius: 50, outerRadius: 60)
    let geometry = Geometry(box: 64, mask: mask, fulcrum: .zero, shiftExtent: 10)
    let pace = MachinePace.measured(geometry)
    // A pixel of a slice takes some nanoseconds, π/2 of them a squared shell.
    #expect(pace.perArea > 1e-9 && pace.perArea < 1e-5, "\(pace)")
    #expect(pace.transform > 1e-7 && pace.transform < 1e-1, "\(pace)")
    // Some 40 bytes are read and written a sample.
    #expect(pace.travel > 1e-9 && pace.travel < 1e-5, "\(pace)")
  }

  /// What ranks save is less than all by what each does for itself and what they tell each other: of an
  /// iteration's sums 26 bytes a sample of half a ball, at 10 Gb/s.
  @Test func ranksSaveLessThanAll() {
    func efficiency(_ ranks: Int, count: Int) -> Double {
      let mask = Volume.sphere(size: 64, pixelSize: 4, radius: 50, outerRadius: 60)
      var settings = RefinementSettings()
      settings.threads = 8
      let geometry = Geometry(box: 64, mask: mask, fulcrum: .zero, shiftExtent: 10)
      let plan = MemoryPlan(
        particles: count, geometry: geometry, settings: settings, hasHalfMaps: true, resolution: 12)
      return Estimate(
        particles: count, ranks: ranks, geometry: geometry, settings: settings, plan: plan,
        isPackedInFile: false, resolution: 12,
        pace: MachinePace(perArea: 34e-9, transform: 64 * 64 * 2.4e-9, travel: 40e-9)
      ).efficiency
    }
    #expect(efficiency(1, count: 10_000) == 1)
    let few = [2, 4, 8].map { efficiency($0, count: 10_000) }
    let many = [2, 4, 8].map { efficiency($0, count: 1_000_000) }
    #expect(few[0] > few[1] && few[1] > few[2] && few[2] > 0.125)
    #expect(zip(few, many).allSatisfy { $0 < $1 } && many[2] < 1)
  }
}
