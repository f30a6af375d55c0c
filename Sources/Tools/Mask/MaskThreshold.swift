import CryoEM
import Ground

/// Where a map is cut to give the region of a mask.
public enum MaskThreshold: Sendable, Hashable {
  /// By the noise outside of the particle at a false-discovery rate; in a map without noise outside, by
  /// two classes of density.
  case automatic(rate: Double, testing: MultipleTesting)
  /// At a density.
  case density(Double)
  /// Where the pieces that stay enclose so much protein, kDa.
  case mass(Double)
}

/// The threshold that was taken, and how it was found.
public struct FoundThreshold: Sendable, Equatable {
  public var density: Float
  /// In words.
  public var how: String
  /// The noise that it was judged by.
  public var noise: BackgroundNoise?
}

extension MaskThreshold {
  /// Finds the threshold of a map.
  ///
  /// - Parameters:
  ///   - difference: half the difference of the half-maps, filtered as the map is; nil for one map.
  ///   - pieces: which pieces stay, for a mass.
  /// - Throws: a problem where no voxel stands out, or where the box holds less than the mass.
  public func found(
    in map: Volume, difference: Volume? = nil, pieces: PieceChoice
  ) throws(Problem) -> FoundThreshold {
    switch self {
    case .density(let value):
      return FoundThreshold(density: Float(value), how: "as given")
    case .mass(let mass):
      return FoundThreshold(
        density: try threshold(of: map, enclosing: mass, pieces),
        how: "encloses \(Format.short(mass)) kDa")
    case .automatic(let rate, let testing):
      guard let noise = BackgroundNoise(outside: map, difference: difference) else {
        guard let threshold = map.classThreshold else {
          throw Problem(
            "the map has no density above zero", whatToDo: "Give a map with density in it.")
        }
        return FoundThreshold(
          density: threshold, how: "between two classes of density: there is no noise outside")
      }
      guard let threshold = noise.threshold(of: map, rate: rate, testing: testing) else {
        throw Problem(
          "no density stands out from the noise at a false-discovery rate of "
            + "\(Format.short(100 * rate))%",
          whatToDo: "Give a threshold (--threshold), a mass (--mass), or a coarser --lowpass.")
      }
      let name = testing == .yekutieli ? "Benjamini-Yekutieli" : "Benjamini-Hochberg"
      return FoundThreshold(
        density: threshold,
        how: "\(Format.short(100 * rate))% false discoveries (\(name)), "
          + "\(Format.fixed((Double(threshold) - noise.mean) / noise.deviation, 1)) sd of the noise",
        noise: noise)
    }
  }

  /// The threshold at which the pieces that stay enclose a mass.
  private func threshold(
    of map: Volume, enclosing mass: Double, _ pieces: PieceChoice
  ) throws(Problem) -> Float {
    let voxel = map.pixelSize * map.pixelSize * map.pixelSize
    let count = Int((mass * 1000 / MaskReport.daltonPerCubicAngstrom / voxel).rounded())
    guard count >= 1, count < map.voxels.count else {
      throw Problem(
        "\(Format.short(mass)) kDa are \(count < 1 ? "less than a voxel" : "more than the box holds")",
        whatToDo: "Give the mass of the particle in kDa.")
    }
    if pieces == .all { return map.threshold(enclosing: count) }
    // The pieces hold a part of what is above: the more is above, the more they hold.
    var (low, high) = (count, map.voxels.count / 2)
    var best = map.threshold(enclosing: count)
    for _ in 0..<24 where high > low + low / 500 {
      let middle = low + (high - low) / 2
      let threshold = map.threshold(enclosing: middle)
      let found = RegionPieces(of: Region(of: map, threshold: threshold))
      var kept = 0
      if case .ranks(let ranks) = pieces {
        for rank in ranks where rank <= found.pieces.count { kept += found.pieces[rank - 1].count }
      }
      if kept < count { low = middle } else { (high, best) = (middle, threshold) }
    }
    return best
  }
}
