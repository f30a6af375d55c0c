import CryoEM

/// What levels of a map mean: in standard deviations, and as the mass of protein above them.
public struct LevelTable: Sendable, Hashable {
  public let minimum: Float, maximum: Float
  /// Mean and standard deviation of all voxels.
  public let mean: Double, deviation: Double
  /// Å³.
  private let voxelVolume: Double
  /// How many voxels have at least the density of each step from the minimum to the maximum.
  private let counts: [Int]

  private static let steps = 4096

  public init(_ map: Volume) {
    var (low, high) = (Float.infinity, -Float.infinity)
    var (sum, squares) = (0.0, 0.0)
    for value in map.voxels {
      low = min(low, value)
      high = max(high, value)
      sum += Double(value)
      squares += Double(value) * Double(value)
    }
    let count = Double(max(1, map.voxels.count))
    mean = sum / count
    deviation = max(0, squares / count - mean * mean).squareRoot()
    (minimum, maximum) = low <= high ? (low, high) : (0, 0)
    voxelVolume = map.pixelSize * map.pixelSize * map.pixelSize
    var counts = [Int](repeating: 0, count: Self.steps + 1)
    let scale = high > low ? Float(Self.steps) / (high - low) : 0
    for value in map.voxels { counts[min(Self.steps, Int((value - low) * scale))] += 1 }
    for step in (0..<Self.steps).reversed() { counts[step] += counts[step + 1] }
    self.counts = counts
  }

  /// A level in standard deviations above the mean.
  public func deviations(of level: Float) -> Double {
    deviation > 0 ? (Double(level) - mean) / deviation : 0
  }

  /// The level so many standard deviations above the mean.
  public func level(deviations: Double) -> Float { Float(mean + deviations * deviation) }

  /// Protein in everything at or above a level, kDa.
  public func mass(above level: Float) -> Double {
    guard maximum > minimum else { return 0 }
    let share = Double(level - minimum) / Double(maximum - minimum)
    if share > 1 { return 0 }
    let place = max(0, share) * Double(Self.steps)
    let step = min(Int(place), Self.steps - 1)
    let part = place - Double(step)
    let count = (1 - part) * Double(counts[step]) + part * Double(counts[step + 1])
    return MaskReport.mass(ofVolume: count * voxelVolume)
  }

  /// The level above which there is a mass of protein (kDa): the lowest or highest where there is not so
  /// much, or so little.
  public func level(mass: Double) -> Float {
    var (low, high) = (minimum, maximum)
    for _ in 0..<40 {
      let middle = 0.5 * (low + high)
      if self.mass(above: middle) > mass { low = middle } else { high = middle }
    }
    return 0.5 * (low + high)
  }

  /// A level at which most particles show: 2.5 standard deviations above the mean, or 5 of the noise
  /// outside where the map has more of it; always well inside the map's range.
  public static func usual(for map: Volume, _ table: LevelTable) -> Float {
    let noise = BackgroundNoise(outside: map).map { Float($0.mean + 5 * $0.deviation) }
    let level = max(table.level(deviations: 2.5), noise ?? -.infinity)
    let top = table.minimum + 0.6 * (table.maximum - table.minimum)
    return min(max(level, table.minimum), top)
  }
}
