import CryoEM
import Fourier
import Glibc
import Ground
import Testing

/// Conical FSC beside a direct evaluation over all frequencies, and on phantoms whose answer is known.
struct ConicalFSCTests {
  private let size = 32
  private let pixelSize = 2.0
  private let mask = Volume.sphere(size: 32, pixelSize: 2, radius: 24, outerRadius: 31)

  /// Half-maps of white signal that keeps `gain` of a frequency, in shells along x, y and z, and of noise.
  private func halves(seed: UInt64 = 11, noise: Double = 0.02, _ gain: (Vector3) -> Double) -> (
    Volume, Volume
  ) {
    var generator = SeededGenerator(seed: seed)
    func white(_ deviation: Double) -> Volume {
      Volume(size: size, pixelSize: pixelSize).map { _ in Float(deviation * generator.normal()) }
    }
    var spectrum = (white(1) * mask).spectrum
    var values = spectrum.values
    spectrum.forEachFrequency { index, x, y, z, _ in
      let kept = Float(gain(Vector3(Double(x), Double(y), Double(z))))
      values[index] = values[index].times(ComplexFloat(kept, 0))
    }
    spectrum.values = values
    let signal = Volume(spectrum: spectrum, pixelSize: pixelSize)
    return (signal + white(noise), signal + white(noise))
  }

  /// Fine across z, coarse along it.
  private func flat(_ k: Vector3) -> Double {
    exp(-pow((k.x * k.x + k.y * k.y).squareRoot() / 13, 6) - pow(abs(k.z) / 7, 6))
  }

  @Test func curvesAreThoseOfADirectEvaluation() {
    let (a, b) = halves(flat)
    let cones = ConicalFSC(halfA: a, halfB: b, mask: mask)
    let (first, second) = ((a * mask).spectrum, (b * mask).spectrum)
    let least = cos(radians(20))
    var areas: [Double] = []
    for (axis, curve) in zip(cones.axes, cones.curves) {
      var sums = [Vector3](repeating: .zero, count: size / 2)
      first.forEachFrequency { index, x, y, z, _ in
        let k = Vector3(Double(x), Double(y), Double(z))
        let length = (k * k).sum().squareRoot()
        let shell = Int(length.rounded())
        guard shell > 0, shell < size / 2, abs((k * axis).sum()) >= least * length - 1e-6 else {
          return
        }
        let (p, q) = (first.values[index], second.values[index])
        let weight = x == 0 ? 0.5 : 1.0
        sums[shell] +=
          weight
          * Vector3(
            Double((p * q).sum()), Double((p * p).sum()), Double((q * q).sum()))
      }
      var (area, hasEnded) = (0.0, false)
      for shell in 1..<(size / 2) where sums[shell].y > 0 {
        let value = sums[shell].x / (sums[shell].y * sums[shell].z).squareRoot()
        #expect(abs(value - curve[shell]) < 2e-3, "axis \(axis), shell \(shell)")
        hasEnded = hasEnded || value <= 0.143
        if !hasEnded { area += value * Double(shell * shell) }
      }
      areas.append(area)
    }
    let expected = (areas.min() ?? 0) / (areas.max() ?? 1)
    #expect(abs(cones.statistics.areaRatio - expected) < 0.01)
    #expect(expected < 0.5)
  }

  /// The axes along z are the coarse ones, those across it the fine ones.
  @Test func theWeakDirectionIsFound() throws {
    let (a, b) = halves(flat)
    let cones = ConicalFSC(halfA: a, halfB: b, mask: mask)
    let range = try #require(cones.statistics.range)
    for (axis, resolution) in zip(cones.axes, cones.resolutions) {
      if axis.z > 0.97 { #expect(resolution > 0.8 * range.upperBound) }
      if axis.z < 0.1 { #expect(resolution < 1.4 * range.lowerBound) }
    }
    let map = cones.statistics.map(columns: 8, rows: 8)
    func mean(ofRow row: Int) -> Double { map[8 * row..<8 * row + 8].reduce(0, +) / 8 }
    #expect(mean(ofRow: 0) > 1.05 * mean(ofRow: 4), "\(map)")
    #expect(mean(ofRow: 7) > 1.05 * mean(ofRow: 3), "\(map)")
  }

  @Test func whatIsAlikeAllAroundIsOne() {
    let (a, b) = halves { exp(-pow(($0 * $0).sum().squareRoot() / 11, 6)) }
    let ratio = ConicalFSC(halfA: a, halfB: b, mask: mask).statistics.areaRatio
    #expect(ratio > 0.6 && ratio <= 1, "\(ratio)")
  }

  /// Half-maps that are alike in all directions, in a small mask and weak: their ratios are far below 1 by
  /// chance, and below what is said of chance in about one of 20.
  @Test func chanceIsTold() {
    let small = Volume.sphere(size: size, pixelSize: pixelSize, radius: 12, outerRadius: 16)
    var (below, ratios, said): (Int, [Double], [Double]) = (0, [], [])
    for seed in 1...20 {
      let (a, b) = halves(seed: UInt64(seed), noise: 0.05) { exp(-pow(($0 * $0).sum() / 90, 2)) }
      let statistics = ConicalFSC(halfA: a, halfB: b, mask: small).statistics
      let even = statistics.evenAreaRatio ?? 0
      if statistics.areaRatio < even { below += 1 }
      ratios.append(statistics.areaRatio)
      said.append(even)
    }
    let (median, chance) = (ratios.sorted()[10], said.sorted()[10])
    #expect(below <= 3, "\(below) of 20; \(median), \(chance)")
    #expect(median < 0.85 && chance > 0.5 * median, "\(median), \(chance)")
  }

  /// What has a direction is flagged in spite of chance, and what has none is not.
  @Test func onlyMoreThanChanceIsUneven() {
    let (a, b) = halves(flat)
    #expect(ConicalFSC(halfA: a, halfB: b, mask: mask).statistics.isUneven)
    let (c, d) = halves { exp(-pow(($0 * $0).sum() / 90, 2)) }
    #expect(!ConicalFSC(halfA: c, halfB: d, mask: mask).statistics.isUneven)
    #expect(ConeStatistics.isUneven(0.45, even: 0.46))
    #expect(!ConeStatistics.isUneven(0.45, even: 0.44))
    #expect(!ConeStatistics.isUneven(0.55, even: 0.9))
    #expect(ConeStatistics.isUneven(0.45, even: nil))
  }

  @Test func threadsChangeNothing() {
    let (a, b) = halves(flat)
    let one = ConicalFSC(halfA: a, halfB: b, mask: mask)
    let many = ConicalFSC(halfA: a, halfB: b, mask: mask, scheduler: scheduler(threads: 4))
    #expect(one.areas == many.areas)
  }
}
