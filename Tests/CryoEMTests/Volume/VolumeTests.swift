import CryoEM
import Glibc
import TestSupport
import Testing

struct VolumeTests {
  @Test func positionsAndIndices() {
    let map = Volume(size: 8, pixelSize: 1.5)
    #expect(map.position(x: 4, y: 4, z: 4) == .zero)
    #expect(map.position(x: 0, y: 5, z: 7) == Vector3(-6, 1.5, 4.5))
    #expect(map.index(of: Vector3(-6, 1.5, 4.5)) == Vector3(0, 5, 7))
    #expect(map.position(ofIndex: Vector3(4.5, 3, 4)) == Vector3(0.75, -1.5, 0))
    var visited = map
    map.forEachVoxel { index, position in
      if position == Vector3(-6, 1.5, 4.5) { visited.voxels[index] = 1 }
    }
    #expect(visited[0, 5, 7] == 1 && visited.sum == 1)
  }

  @Test func centreOfMassOfAGaussianIsItsCentre() throws {
    let centre = Vector3(3.2, -4.1, 1.7)
    let map = gaussianMap(size: 32, pixelSize: 1.3, centre: centre, width: 3)
    let found = try #require(map.centreOfMass)
    #expect(((found - centre) * (found - centre)).sum().squareRoot() < 1e-3)
    #expect(Volume(size: 4, pixelSize: 1).centreOfMass == nil)
  }

  @Test func arithmeticAndStatistics() {
    let a = noiseMap(size: 8, seed: 1)
    let b = noiseMap(size: 8, seed: 2)
    let combined = (a + b) - b
    #expect(largestDifference(combined, a) < 1e-6)
    #expect((2 * a)[3, 1, 2] == 2 * a[3, 1, 2])
    #expect((a * b)[3, 1, 2] == a[3, 1, 2] * b[3, 1, 2])
    #expect(abs(a.standardDeviation - 1) < 0.1)
    #expect(abs(a.correlation(with: 3 * a) - 1) < 1e-12)
    #expect(abs(a.correlation(with: b)) < 0.15)
    #expect(abs(a.correlation(with: a.map { 1 - $0 }) + 1) < 1e-12)
  }
}

struct RadialFilterTests {
  /// A plane wave of an integer frequency, so that a filter is a factor.
  private func wave(_ fx: Int, _ fy: Int, _ fz: Int, size: Int = 16) -> Volume {
    var map = Volume(size: size, pixelSize: 2)
    for z in 0..<size {
      for y in 0..<size {
        for x in 0..<size {
          map[x, y, z] = Float(
            cos(2 * Double.pi * Double(fx * x + fy * y + fz * z) / Double(size) + 0.4))
        }
      }
    }
    return map
  }

  @Test func aFilterIsAFactorOfEachWave() {
    let gain = { (shell: Double) in 1 / (1 + shell) }
    for (x, y, z) in [(0, 0, 1), (3, -2, 1), (-5, 4, 2)] {
      let radius = Double(x * x + y * y + z * z).squareRoot()
      let map = wave(x, y, z)
      let expected = Float(gain(radius)) * map
      #expect(largestDifference(map.filtered(byShell: gain), expected) < 1e-5)
    }
  }

  @Test func frequenciesAreInReciprocalAngstroms() {
    let map = wave(4, 0, 0)
    // Four periods in 16 · 2 Å.
    let filtered = map.filtered(byFrequency: { abs($0 - 4.0 / 32) < 1e-9 ? 3 : 0 })
    #expect(largestDifference(filtered, 3 * map) < 1e-5)
  }

  @Test func lowPassKeepsWhatIsCoarser() {
    #expect(largestDifference(wave(2, 1, 0).lowPassed(to: 7), wave(2, 1, 0)) < 1e-5)
    #expect(wave(6, 0, 0).lowPassed(to: 7).maximum < 1e-5)
  }

  @Test func shellsAreInterpolated() {
    let map = wave(1, 1, 0)
    let shell = 2.0.squareRoot()
    let expected = Float(5 + (shell - 1) * 2) * map
    #expect(largestDifference(map.filtered(byShells: [1, 5, 7, 100]), expected) < 1e-4)
    #expect(largestDifference(wave(6, 0, 0).filtered(byShells: [1, 2]), 2 * wave(6, 0, 0)) < 1e-4)
  }
}

struct ResamplingTests {
  private let centre = Vector3(4, -3, 2)

  @Test(arguments: [24, 48, 32])
  func fourierResamplingKeepsTheDensity(newSize: Int) {
    let map = gaussianMap(size: 32, pixelSize: 2, centre: centre, width: 5)
    let resampled = map.sampled(withSize: newSize)
    #expect(abs(resampled.pixelSize - 64 / Double(newSize)) < 1e-12)
    let expected = gaussianMap(
      size: newSize, pixelSize: resampled.pixelSize, centre: centre, width: 5)
    #expect(largestDifference(resampled, expected) < 1e-3)
  }

  @Test func boxesShareTheirCentre() {
    let map = noiseMap(size: 8, seed: 4)
    let larger = map.boxed(to: 14)
    #expect(larger[7, 7, 7] == map[4, 4, 4] && larger[3, 4, 5] == map[0, 1, 2])
    #expect(larger[2, 7, 7] == 0)
    #expect(larger.boxed(to: 8) == map)
  }

  @Test func anyPixelSizeAndBox() {
    let map = gaussianMap(size: 32, pixelSize: 2, centre: centre, width: 5)
    let resampled = map.resampled(toPixelSize: 1.37, size: 50)
    #expect(abs(resampled.pixelSize / 1.37 - 1) < 1e-4)
    let expected = gaussianMap(
      size: 50, pixelSize: resampled.pixelSize, centre: centre, width: 5)
    #expect(largestDifference(resampled, expected) < 2e-3)
  }
}
