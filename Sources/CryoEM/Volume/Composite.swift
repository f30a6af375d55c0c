import Glibc
import Ground

/// A map made of the maps of several regions.
///
/// Each voxel belongs to the regions whose masks cover it: with the masks m_i, and q_i = d_i⁻³ for the
/// local resolution d_i, the number of independent Fourier samples of a volume, it is
///
///     T Σ m_i q_i V_i / Σ m_i q_i + (1 − T) V,    T = min(1, Σ m_i),
///
/// with the consensus map V. Soft masks make soft joints, and maps that agree give what they agree on.
public struct Composite: Sendable {
  /// A region's map.
  public struct Part: Sendable {
    public var map: Volume
    /// From 0 to 1.
    public var mask: Volume
    /// Å at each voxel, zero where it is not known; nil where it is known nowhere.
    public var localResolution: Volume?

    public init(map: Volume, mask: Volume, localResolution: Volume? = nil) {
      (self.map, self.mask, self.localResolution) = (map, mask, localResolution)
    }
  }

  /// What became of a part.
  public struct Share: Sendable, Equatable {
    /// The factor that brought it to the consensus' scale.
    public var scale: Double
    /// The median local resolution in its mask, Å; nil where it is not known.
    public var resolution: Double?
  }

  /// T Σ …, T and the divisor.
  private var weighted: Volume, ownership: Volume, divisor: Volume
  private let consensus: Volume?
  private let scales: Bool
  public private(set) var shares: [Share] = []

  /// A composite without parts.
  ///
  /// - Parameters:
  ///   - like: a map of its box and pixel size.
  ///   - consensus: what is outside of all regions; nil for zero.
  ///   - scales: whether parts are brought to the consensus' scale, or to that of the parts before where
  ///     they overlap.
  public init(like map: Volume, consensus: Volume?, scales: Bool = true) {
    let empty = Volume(size: map.size, pixelSize: map.pixelSize)
    (weighted, ownership, divisor) = (empty, empty, empty)
    (self.consensus, self.scales) = (consensus, scales)
  }

  /// Adds a region's map, of the box of the composite.
  public mutating func add(_ part: Part) {
    let known =
      part.localResolution.map { local in
        zip(local.voxels, part.mask.voxels).filter { $0 > 0 && $0.isFinite && $1 >= 0.5 }.map(\.0)
          .sorted()
      } ?? []
    let median = known.isEmpty ? nil : known[known.count / 2]
    let scale = scales ? scale(of: part) : 1
    for index in part.mask.voxels.indices {
      let mask = min(max(part.mask.voxels[index], 0), 1)
      guard mask > 0 else { continue }
      var resolution = median ?? 1
      if let local = part.localResolution?.voxels[index], local > 0, local.isFinite {
        resolution = local
      }
      let weight = mask / (resolution * resolution * resolution)
      weighted.voxels[index] += weight * Float(scale) * part.map.voxels[index]
      divisor.voxels[index] += weight
      ownership.voxels[index] += mask
    }
    shares.append(Share(scale: scale, resolution: median.map(Double.init)))
  }

  /// The composite of the parts so far.
  public var map: Volume {
    var result = weighted
    for index in result.voxels.indices {
      let share = min(ownership.voxels[index], 1)
      let divisor = divisor.voxels[index]
      let inside = divisor > 0 ? weighted.voxels[index] / divisor : 0
      result.voxels[index] = share * inside + (1 - share) * (consensus?.voxels[index] ?? 0)
    }
    return result
  }

  /// The factor that gives a part the scale of what is there already, by the ratio of the densities' sd
  /// inside its mask below 1/(8 voxels), where noise and differences of sharpening count little.
  private func scale(of part: Part) -> Double {
    guard let reference = consensus ?? (shares.isEmpty ? nil : map) else { return 1 }
    var region = part.mask
    if consensus == nil { region = region.combined(with: ownership) { $1 > 0.5 ? $0 : 0 } }
    guard region.voxels.contains(where: { $0 > 0.5 }) else { return 1 }
    func deviation(_ map: Volume) -> Double {
      let low = map.lowPassed(to: 8 * map.pixelSize)
      var (weight, sum, squares) = (0.0, 0.0, 0.0)
      for (value, share) in zip(low.voxels, region.voxels) where share > 0.5 {
        weight += 1
        sum += Double(value)
        squares += Double(value) * Double(value)
      }
      return max(0, squares / weight - (sum / weight) * (sum / weight)).squareRoot()
    }
    let (own, wanted) = (deviation(part.map), deviation(reference))
    return own > 0 && wanted > 0 ? wanted / own : 1
  }
}
