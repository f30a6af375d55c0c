import CryoEM
import Fourier
import Glibc
import TestSupport
import Testing

@testable import Ground
@testable import Refinement

struct CutOffSearchTests {
  /// The cut-offs of maps in a mask, as places of whole cubes.
  private func found(
    _ bank: FilterBank, _ halves: [Volume], weights: [Double], mask: Volume, awf: Double = 3,
    threads: Int = 2
  ) -> LocalCutOffs {
    let rows = VoxelRows(allOf: mask.size)
    return CutOffSearch(
      bank: bank, transform: RowTransform(rows), awf: awf, threads: threads
    ).cutOffs(halves: Self.halves(halves), weights: weights, mask: mask.voxels)
  }

  /// The spectra of maps, all but the Nyquist frequencies.
  private static func halves(_ maps: [Volume]) -> CutOffSearch.Halves {
    let size = maps[0].size
    let count = size * size * size
    return CutOffSearch.Halves(
      spectra: maps.map { CentredMap.ball($0.voxels, size: size, radius: size) },
      factors: [Float](repeating: 1 / Float(count), count: count))
  }

  private func bank(from floor: Double, to limit: Double, step: Double = 1.15) -> FilterBank {
    FilterBank(from: floor, to: limit, step: step, settings: .init())
  }

  /// Each side is filtered to where its signal ends, and both halves come nearer to the truth than any
  /// one filter brings them.
  @Test func placesFindTheirResolution() {
    let set = NoisyHalves(noise: 0.6)
    let bank = bank(from: 4, to: 22)
    let ones = [Double](repeating: 1, count: 23)
    let found = found(bank, set.halves, weights: ones, mask: set.mask)
    let shells = found.positions.map { Float(bank.cutOff(at: Double($0))) }
    let (fine, coarse) = (
      set.mean(shells, about: set.fine), set.mean(shells, about: set.coarse)
    )
    #expect(abs(fine / set.fineShell - 1) < 0.2, "\(fine)")
    #expect(abs(coarse / set.coarseShell - 1) < 0.3, "\(coarse)")
    let cube = CubeTransform(size: set.size, period: set.size)
    for half in set.halves {
      let filtered = applied(found, to: half, cube)
      for centre in [set.fine, set.coarse] {
        let own = set.error(of: filtered, about: centre)
        for other in [set.fineShell, set.coarseShell] {
          let whole = half.filtered(byShell: { $0 <= other ? 1 : 0 })
          #expect(own < 1.15 * set.error(of: whole, about: centre), "\(own) at \(centre)")
        }
      }
    }
  }

  /// Half-maps of noise alone do not come to agree by sharing their cut-offs.
  @Test func noiseStaysUncorrelated() {
    for weight in [1.0, 0.286] {
      var total = 0.0
      for seed in 1...4 {
        let set = NoisyHalves(noise: 1, hasSignal: false, seed: UInt64(seed))
        let found = found(
          bank(from: 4, to: 22), set.halves, weights: [Double](repeating: weight, count: 23),
          mask: set.mask)
        let cube = CubeTransform(size: set.size, period: set.size)
        let maps = set.halves.map { applied(found, to: $0, cube) }
        let curve = fourierShellCorrelation(maps[0], maps[1], mask: set.mask)
        total += curve.mean(over: 8..<22) / 4
      }
      #expect(abs(total) < 0.03, "\(total) with \(weight)")
    }
  }

  /// The halves' order says nothing, nor does the number of threads.
  @Test func bothHalvesCountAlike() {
    let set = NoisyHalves(noise: 1)
    let weights = [Double](repeating: 0.5, count: 23)
    func positions(_ halves: [Volume], threads: Int) -> [Float] {
      found(bank(from: 4, to: 22), halves, weights: weights, mask: set.mask, threads: threads)
        .positions
    }
    let first = positions(set.halves, threads: 1)
    #expect(positions(set.halves, threads: 3) == first)
    #expect(positions(set.halves.reversed(), threads: 2) == first)
  }

  /// Errors, windows and their minimum, against sums over all voxels.
  @Test func positionsAreThoseOfTheFormula() {
    let size = 12
    var generator = SeededGenerator(seed: 9)
    let mask = Volume.sphere(size: size, pixelSize: 1, radius: 4, outerRadius: 6)
    let common = Volume(size: size, pixelSize: 1).map { _ in Float(generator.normal()) }
    let halves = (0..<2).map { _ in
      let noise = Volume(size: size, pixelSize: 1).map { _ in Float(generator.normal()) }
      return (common + noise * mask.map { 1.5 - $0 }).filtered(byShell: { $0 <= 5 ? 1 : 0 })
    }
    let bank = bank(from: 2, to: 5, step: 1.4)
    let weights = [1, 0.9, 0.8, 0.7, 0.6, 0.5]
    let awf = 1.5
    let found = found(bank, halves, weights: weights, mask: mask, awf: awf)

    func filtered(_ map: Volume, _ filter: Int) -> Volume {
      map.filtered(byShell: { shell in
        let nearest = Int(shell.rounded())
        return nearest < 6 ? weights[nearest] * bank.gain(of: filter, shell: shell) : 0
      })
    }
    func errors(_ filter: Int) -> Volume {
      let forth = filtered(halves[0], filter) - halves[1]
      let back = filtered(halves[1], filter) - halves[0]
      return forth * forth + back * back
    }
    var (sum, best) = (Volume(size: size, pixelSize: 1), Volume(size: size, pixelSize: 1))
    var place = best
    func deviation(_ filter: Int) -> Double {
      awf * Double(size) / bank.cutOffs[filter] / 5.0.squareRoot()
    }
    for filter in 1..<bank.count {
      sum = sum + windowed(errors(filter) - errors(filter - 1), mask, deviation(filter))
      for index in sum.voxels.indices where sum.voxels[index] < best.voxels[index] {
        best.voxels[index] = sum.voxels[index]
        place.voxels[index] = Float(filter)
      }
    }
    let expected = windowed(place, mask, deviation(bank.count - 1) / 2)
    var largest: Float = 0
    for index in expected.voxels.indices where mask.voxels[index] > 0 {
      largest = max(largest, abs(expected.voxels[index] - found.positions[index]))
    }
    #expect(largest < 0.02, "\(largest)")
    #expect(Set(place.voxels.filter { $0 > 0 }).count > 1, "one filter for all")
  }

  /// w ∗ (m · f) / (w ∗ m) with a periodic Gaussian w, by sums along the axes.
  private func windowed(_ field: Volume, _ mask: Volume, _ deviation: Double) -> Volume {
    let size = field.size
    let window = (0..<size).map { offset -> Float in
      var sum = 0.0
      for turn in -3...3 {
        let d = Double(offset + turn * size) / deviation
        sum += exp(-0.5 * d * d)
      }
      return Float(sum)
    }
    func smoothed(_ map: Volume) -> Volume {
      var map = map
      for axis in 0..<3 {
        let before = map
        for z in 0..<size {
          for y in 0..<size {
            for x in 0..<size {
              var sum: Float = 0
              for offset in 0..<size {
                var p = [x, y, z]
                p[axis] = (p[axis] + offset) % size
                sum += window[offset] * before[p[0], p[1], p[2]]
              }
              map[x, y, z] = sum
            }
          }
        }
      }
      return map
    }
    return smoothed(field * mask).combined(with: smoothed(mask)) { $0 / $1 }
  }

  private func applied(_ cutOffs: LocalCutOffs, to map: Volume, _ cube: CubeTransform) -> Volume {
    let workspace = cube.workspace()
    let halves = Self.halves([map])
    workspace.spectrum.values.copy(from: halves.spectra[0].values.array)
    cutOffs.apply(
      to: workspace, of: cube, radius: map.size, FFTBuffer(count: cutOffs.rows.count))
    return Volume(
      size: map.size, pixelSize: map.pixelSize,
      voxels: workspace.real.array.map { $0 * halves.factors[0] })
  }

  /// One place in the bank for all voxels is one filter for the map; between two of them, their mean.
  @Test func aFilterForAllIsAFilter() {
    let set = NoisyHalves(noise: 1)
    let map = set.halves[0].filtered(byShell: { $0 <= Double(set.size / 2 - 1) ? 1 : 0 })
    let bank = bank(from: 4, to: 22)
    let cube = CubeTransform(size: set.size, period: set.size)
    func all(_ position: Double) -> Volume {
      let cutOffs = LocalCutOffs(
        bank: bank, rows: VoxelRows(allOf: set.size),
        positions: set.mask.voxels.map { _ in Float(position) }, mask: set.mask.voxels,
        radius: set.size)
      return applied(cutOffs, to: map, cube)
    }
    func expected(_ position: Double) -> Volume {
      let below = Int(position)
      return map.filtered(byShell: { shell in
        let above = min(below + 1, bank.count - 1)
        let share = position - Double(below)
        return (1 - share) * bank.gain(of: below, shell: shell) + share
          * bank.gain(of: above, shell: shell)
      })
    }
    for position in [0, 3, 5.25, Double(bank.count) - 1.5, Double(bank.count - 1)] {
      let (found, truth) = (all(position), expected(position))
      #expect((found - truth).voxels.allSatisfy { abs($0) < 1e-4 }, "\(position)")
    }
  }
}
