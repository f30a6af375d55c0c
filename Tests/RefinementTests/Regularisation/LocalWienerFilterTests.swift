import CryoEM
import Fourier
import Glibc
import TestSupport
import Testing

@testable import Ground
@testable import Refinement

/// The non-uniform filter of references.
struct LocalWienerFilterTests {
  private func bank(from floor: Double, to limit: Double, step: Double = 1.4) -> FilterBank {
    FilterBank(from: floor, to: limit, step: step, settings: .init())
  }

  /// A map filtered in a mask, all frequencies but Nyquist's.
  private func filtered(
    _ map: Volume, _ bank: FilterBank, fsc: [Double], mask: Volume, awf: Double = 1.5,
    factors: [Float]? = nil, threads: Int = 2
  ) -> Volume {
    let (size, count) = (map.size, map.voxels.count)
    let cube = CubeTransform(size: size, period: size)
    let workspace = cube.workspace()
    workspace.spectrum.values.copy(
      from: CentredMap.ball(map.voxels, size: size, radius: size).values.array)
    let filter = LocalWienerFilter(
      bank: bank, fsc: fsc, mask: mask.voxels,
      factors: factors ?? [Float](repeating: 1, count: count), cube: cube,
      radius: size / 2 - 1, awf: awf, threads: threads)
    filter.apply(to: workspace, of: cube, radius: size / 2 - 1, filter.room(cube))
    return Volume(
      size: size, pixelSize: map.pixelSize,
      voxels: workspace.real.array.map { $0 / Float(count) })
  }

  /// A map with the Wiener weights of its shells.
  private func weighted(_ map: Volume, _ fsc: [Double]) -> Volume {
    map.filtered(byShell: { shell in
      let nearest = Int(shell.rounded())
      return nearest < fsc.count ? max(0, fsc[nearest]) : 0
    })
  }

  /// With one side finer than the other both come nearer to the truth than with the weights of the shells.
  @Test func eachPlaceTakesWhatIsSignal() {
    let set = NoisyHalves(noise: 1)
    let fsc = Array(
      fourierShellCorrelation(set.halves[0], set.halves[1], mask: set.mask).prefix(23))
    for half in set.halves {
      let map = weighted(half, fsc)
      let found = filtered(map, bank(from: 4, to: 22), fsc: fsc, mask: set.mask)
      let fine = (set.error(of: found, about: set.fine), set.error(of: map, about: set.fine))
      #expect(fine.0 < 0.9 * fine.1, "\(fine)")
      let coarse = (set.error(of: found, about: set.coarse), set.error(of: map, about: set.coarse))
      #expect(coarse.0 < 0.7 * coarse.1, "\(coarse)")
    }
  }

  /// Half-maps of noise alone do not come to agree: each is filtered by itself.
  @Test func noiseStaysUncorrelated() {
    var total = 0.0
    for seed in 1...4 {
      let set = NoisyHalves(noise: 1, hasSignal: false, seed: UInt64(seed))
      let maps = set.halves.map {
        filtered(
          $0, bank(from: 4, to: 22), fsc: [Double](repeating: 0.2, count: 23), mask: set.mask)
      }
      let curve = fourierShellCorrelation(maps[0], maps[1], mask: set.mask)
      total += curve.mean(over: 6..<22) / 4
    }
    #expect(abs(total) < 0.03, "\(total)")
  }

  /// Bands, windows and gains, against sums over all voxels.
  @Test func gainsAreThoseOfTheFormula() {
    let size = 12
    var generator = SeededGenerator(seed: 9)
    let mask = Volume.sphere(size: size, pixelSize: 1, radius: 4, outerRadius: 6)
    let map = Volume(size: size, pixelSize: 1).map { _ in Float(generator.normal()) }
      .filtered(byShell: { $0 <= 5 ? 1 : 0 })
    let factors = map.map { _ in 1 + 0.5 * Float(generator.uniform()) }
    let fsc = [1, 0.9, 0.8, 0.6, 0.5, 0.3]
    let (bank, awf) = (bank(from: 2, to: 5), 1.2)
    let found = filtered(
      map, bank, fsc: fsc, mask: mask, awf: awf, factors: factors.voxels, threads: 3)

    var expected = map.filtered(byShell: { bank.gain(of: 0, shell: $0) })
    var largest = 0.0
    for filter in 1..<bank.count {
      func gain(_ shell: Double) -> Double {
        bank.gain(of: filter, shell: shell) - bank.gain(of: filter - 1, shell: shell)
      }
      let band = map.filtered(byShell: gain)
      let density = band * factors
      let power = windowed(
        density * density, mask, awf * Double(size) / bank.cutOffs[filter] / 5.0.squareRoot())
      func sum(_ volume: Volume) -> Double { volume.voxels.reduce(0) { $0 + Double($1) } }
      let weights = (1...5).map { gain(Double($0)) * gain(Double($0)) * Double($0 * $0) * fsc[$0] }
      let correlation =
        (1...5).reduce(0) { $0 + weights[$1 - 1] * fsc[$1] } / weights.reduce(0, +)
      let noise = (1 - correlation) * sum(mask * density * density) / sum(mask)
      let gains = power.map { Float(max(0, 1 - noise / Double($0))) }
      let bound = max(correlation, sum(mask * gains) / sum(mask))
      for voxel in mask.voxels.indices where mask.voxels[voxel] > 0 {
        let share = Double(gains.voxels[voxel]) / bound
        largest = max(largest, share)
        expected.voxels[voxel] += Float(share) * band.voxels[voxel]
      }
    }
    #expect(largest > 1.1, "no place stands out")
    for voxel in mask.voxels.indices where mask.voxels[voxel] > 0 {
      let (a, b) = (found.voxels[voxel], expected.voxels[voxel])
      #expect(abs(a - b) < 0.03, "\(voxel): \(a), \(b)")
    }
    let one = filtered(
      map, bank, fsc: fsc, mask: mask, awf: awf, factors: factors.voxels, threads: 1)
    #expect(one == found)
  }

  /// w ∗ (m · f) / (w ∗ m) with a periodic Gaussian w, by sums over all voxels.
  private func windowed(_ field: Volume, _ mask: Volume, _ deviation: Double) -> Volume {
    let size = field.size
    let window = (0..<size).map { offset -> Double in
      (-3...3).reduce(0) { sum, turn in
        let d = Double(offset + turn * size) / deviation
        return sum + exp(-0.5 * d * d)
      }
    }
    func smoothed(_ map: Volume) -> [Double] {
      (0..<size * size * size).map { target in
        let (x, y, z) = (target % size, target / size % size, target / (size * size))
        var sum = 0.0
        for index in map.voxels.indices where map.voxels[index] != 0 {
          let (a, b, c) = (index % size, index / size % size, index / (size * size))
          sum +=
            window[(a - x + size) % size] * window[(b - y + size) % size]
            * window[(c - z + size) % size] * Double(map.voxels[index])
        }
        return sum
      }
    }
    let (above, below) = (smoothed(field * mask), smoothed(mask))
    var result = field
    for voxel in result.voxels.indices {
      result.voxels[voxel] = Float(above[voxel] / max(below[voxel], 1e-9))
    }
    return result
  }
}
