import Glibc

/// How the chance of many voxels at once is accounted for.
public enum MultipleTesting: String, Sendable, CaseIterable {
  /// Right whatever the dependence of the voxels (Benjamini & Yekutieli, Ann. Stat. 29, 1165, 2001).
  case yekutieli = "by"
  /// For independent or positively dependent voxels (Benjamini & Hochberg, J. R. Stat. Soc. B 57, 289,
  /// 1995).
  case hochberg = "bh"
}

/// The noise of a map as it is outside of the particle: a normal distribution.
public struct BackgroundNoise: Sendable, Equatable {
  /// Mean density.
  public var mean: Double
  /// Standard deviation of the density.
  public var deviation: Double

  public init(mean: Double, deviation: Double) {
    (self.mean, self.deviation) = (mean, deviation)
  }

  /// The noise of a map in the outermost tenth of the sphere in the box.
  ///
  /// - Parameter difference: half the difference of the half-maps, whose deviation is taken since no
  ///   part of a particle that reaches so far is in it.
  /// - Returns: nil where nothing is there, as in a map that has been masked.
  public init?(outside map: Volume, difference: Volume? = nil) {
    let mean = Self.moments(of: map).mean
    let deviation = Self.moments(of: difference ?? map).deviation
    // A masked map has zeros there, and the traces of rounding that transforms leave.
    let range = Double(map.maximum) - Double(map.minimum)
    guard deviation > 1e-5 * range else { return nil }
    (self.mean, self.deviation) = (mean, deviation)
  }

  private static func moments(of map: Volume) -> (mean: Double, deviation: Double) {
    let outer = Double(map.size / 2 - 1) * map.pixelSize
    let (near, far) = (0.81 * outer * outer, outer * outer)
    var (count, sum, squares) = (0.0, 0.0, 0.0)
    map.forEachVoxel { index, position in
      let square = (position * position).sum()
      guard square >= near, square <= far else { return }
      let value = Double(map.voxels[index])
      count += 1
      sum += value
      squares += value * value
    }
    let mean = sum / max(count, 1)
    return (mean, max(0, squares / max(count, 1) - mean * mean).squareRoot())
  }

  /// The chance that noise alone is as high as a density: one side of the normal distribution.
  func chance(of density: Double) -> Double {
    0.5 * erfc((density - mean) / (deviation * 2.0.squareRoot()))
  }

  /// The density that noise alone reaches with a chance, a little below it.
  private func density(ofChance chance: Double) -> Double {
    var (low, high) = (mean, mean + 40 * deviation)
    for _ in 0..<50 {
      let middle = 0.5 * (low + high)
      if self.chance(of: middle) > chance { low = middle } else { high = middle }
    }
    return low - 1e-6 * deviation
  }

  /// The lowest threshold at which at most a share of the voxels above it is expected to be noise,
  /// among all voxels of the sphere in the box; nil where no voxel stands out.
  ///
  /// Voxels are tested against the noise outside of the particle and the many tests are accounted for
  /// as Beckers, Jakobi & Sachse have it (IUCrJ 6, 18, 2019).
  ///
  /// - Parameter rate: the false-discovery rate, above 0 and below 1.
  public func threshold(of map: Volume, rate: Double, testing: MultipleTesting) -> Float? {
    let outer = Double(map.size / 2) * map.pixelSize
    var tests = 0
    map.forEachVoxel { _, position in if (position * position).sum() <= outer * outer { tests += 1 }
    }
    guard tests > 0 else { return nil }
    var level = rate
    if testing == .yekutieli {
      // The harmonic number of the tests.
      let n = Double(tests)
      level /= log(n) + 0.57721566490153286 + 1 / (2 * n)
    }
    // The largest k for which the k-th smallest chance is at most level · k / tests; only densities
    // with chances up to the level can be among them.
    let least = density(ofChance: min(level, 0.5))
    var candidates: [Float] = []
    map.forEachVoxel { index, position in
      let density = map.voxels[index]
      if Double(density) >= least, (position * position).sum() <= outer * outer {
        candidates.append(density)
      }
    }
    candidates.sort(by: >)
    let last = candidates.indices.last {
      chance(of: Double(candidates[$0])) <= level * Double($0 + 1) / Double(tests)
    }
    return last.map { candidates[$0] }
  }
}

extension Volume {
  /// The threshold that parts the positive densities into two classes with the largest variance between
  /// them (Otsu, IEEE Trans. Syst. Man Cybern. 9, 62, 1979), to a part in a thousand of the maximum;
  /// nil where nothing is positive.
  public var classThreshold: Float? {
    let maximum = maximum
    guard maximum > 0 else { return nil }
    let bins = 1000
    var counts = [Double](repeating: 0, count: bins)
    // What is a trace of rounding belongs to the empty part of a masked map.
    for value in voxels where value > 1e-5 * maximum {
      counts[min(bins - 1, Int(value / maximum * Float(bins)))] += 1
    }
    let total = counts.reduce(0, +)
    let moment = counts.indices.reduce(0) { $0 + Double($1) * counts[$1] }
    var best = (variance: -1.0, bin: 0)
    var (below, belowMoment) = (0.0, 0.0)
    for bin in 0..<(bins - 1) {
      below += counts[bin]
      belowMoment += Double(bin) * counts[bin]
      guard below > 0, below < total else { continue }
      let gap = belowMoment / below - (moment - belowMoment) / (total - below)
      let variance = below * (total - below) * gap * gap
      if variance > best.variance { best = (variance, bin + 1) }
    }
    return Float(best.bin) / Float(bins) * maximum
  }

  /// The threshold at which so many voxels are at or above it, those of equal density included.
  public func threshold(enclosing count: Int) -> Float {
    let (low, high) = (minimum, maximum)
    guard count > 0, high > low else { return high }
    // The bin of a histogram in which the voxel lies, and the voxels of that bin in order.
    let bins = 1 << 16
    func bin(_ value: Float) -> Int {
      min(bins - 1, Int(Double(value - low) / Double(high - low) * Double(bins)))
    }
    var counts = [Int](repeating: 0, count: bins)
    for value in voxels { counts[bin(value)] += 1 }
    var above = 0
    for place in (0..<bins).reversed() {
      if above + counts[place] >= count {
        let inBin = voxels.filter { bin($0) == place }.sorted(by: >)
        return inBin[count - above - 1]
      }
      above += counts[place]
    }
    return low
  }
}
