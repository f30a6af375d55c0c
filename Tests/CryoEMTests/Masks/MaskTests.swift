import CryoEM
import Glibc
import Ground
import TestSupport
import Testing

struct DistanceTransformTests {
  @Test(arguments: [0.002, 0.02, 0.4])
  func distancesEqualBruteForce(share: Double) {
    let size = 14
    var generator = SeededGenerator(seed: 11)
    var inside = (0..<(size * size * size)).map { _ in generator.uniform() < share }
    inside[(3 * size + 9) * size + 5] = true
    let points = inside.indices.filter { inside[$0] }.map {
      SIMD3($0 % size, $0 / size % size, $0 / size / size)
    }
    let distances = squaredDistances(toInside: inside, size: size)
    for index in inside.indices {
      let voxel = SIMD3(index % size, index / size % size, index / size / size)
      let nearest = points.map { ($0 &- voxel) &* ($0 &- voxel) }.map { $0.wrappedSum() }.min()
      #expect(Int(distances[index]) == nearest)
    }
  }

  @Test func withNothingInsideAllIsInfinitelyFar() {
    let distances = squaredDistances(toInside: [Bool](repeating: false, count: 64), size: 4)
    #expect(distances.allSatisfy { $0 == .infinity })
  }
}

struct SoftMaskTests {
  @Test func aPointGrowsToASoftBall() {
    var map = Volume(size: 24, pixelSize: 1.5)
    map[12, 12, 12] = 1
    let mask = map.softMask(threshold: 0.5, near: 5, far: 11)
    mask.forEachVoxel { index, position in
      let distance = (position * position).sum().squareRoot()
      let expected =
        distance <= 5 ? 1 : distance >= 11 ? 0 : 0.5 + 0.5 * cos(.pi * (distance - 5) / 6)
      #expect(abs(Double(mask.voxels[index]) - expected) < 1e-5)
    }
  }

  @Test func dilationIsAboutTheHalfLevel() {
    let mask = Volume.sphere(size: 32, pixelSize: 2, radius: 8, outerRadius: 16)
    // The 0.5 level is at 12 Å; voxel centres make it up to a voxel's diagonal uncertain.
    let grown = mask.dilated(near: 4, far: 10)
    #expect(grown[16 + 7, 16, 16] == 1)
    #expect(grown[16 + 12, 16, 16] == 0)
    #expect(mask.looseMask.sum > mask.dilated(near: 6, far: 12).sum)
  }

  @Test func dynamicMaskFollowsTheDensityInItsRegion() throws {
    let size = 32
    let body = gaussianMap(size: size, pixelSize: 3, centre: Vector3(-18, 0, 0), width: 5)
    let other = gaussianMap(size: size, pixelSize: 3, centre: Vector3(27, 0, 0), width: 5)
    let region = Volume.sphere(
      size: size, pixelSize: 3, radius: 30, outerRadius: 36, centre: Vector3(-18, 0, 0))
    let mask = try #require(
      (body + 4 * other).dynamicMask(
        inside: region, threshold: 0.2, resolution: 12, near: 3, far: 12))
    #expect(mask[10, 16, 16] == 1)
    #expect(mask[25, 16, 16] == 0)
    #expect(zip(mask.voxels, region.voxels).allSatisfy { $0 <= $1 })
    func negative(absolute: Bool) -> Volume? {
      Volume(size: size, pixelSize: 3).map { _ in -1 }.combined(with: body) { $0 - $1 }
        .dynamicMask(
          inside: region, threshold: 0.2, resolution: 12, near: 3, far: 12, absolute: absolute)
    }
    #expect(try #require(negative(absolute: true))[10, 16, 16] == 1)
    #expect(negative(absolute: false) == nil)
  }
}

struct MaskReportTests {
  @Test func aSoftSphere() {
    let centre = Vector3(6, -4, 2)
    let mask = Volume.sphere(
      size: 64, pixelSize: 2, radius: 30, outerRadius: 46, centre: centre)
    let report = MaskReport(of: mask)
    let volume = 4 / 3 * Double.pi * pow(38, 3)
    #expect(abs(report.volume / volume - 1) < 0.01)
    #expect(abs(report.enclosedMass - volume * 0.81e-3) < 0.01 * volume * 0.81e-3)
    #expect(abs(report.softness - 8) < 0.4)
    #expect(abs(report.diameter - 76) < 3)
    #expect(abs(report.supportRadius - 46) < 3)
    #expect((report.centre - centre).max() < 0.05)
    #expect(!report.isEmpty && !report.isBinary && !report.touchesSphere)
  }

  @Test(arguments: [4.0, 6, 12])
  func softnessIsTheWidthOfTheEdge(width: Double) {
    let mask = Volume.sphere(size: 64, pixelSize: 1, radius: 14, outerRadius: 14 + width)
    #expect(abs(MaskReport(of: mask).softness - width) < 0.08 * width)
  }

  @Test func whatIsWrongIsSeen() {
    let sphere = Volume.sphere(size: 32, pixelSize: 1, radius: 6, outerRadius: 10)
    let binary = MaskReport(of: sphere.map { $0 > 0.5 ? 1 : 0 })
    #expect(binary.isBinary && binary.softness == 0 && !binary.isEmpty)
    #expect(MaskReport(of: Volume(size: 8, pixelSize: 1)).isEmpty)
    let wide = Volume.sphere(size: 32, pixelSize: 1, radius: 12, outerRadius: 18)
    #expect(MaskReport(of: wide).touchesSphere)
  }
}
