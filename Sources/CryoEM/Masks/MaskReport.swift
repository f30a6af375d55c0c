import Glibc

/// What can be said about a mask with values from 0 to 1 before it is used.
public struct MaskReport: Sendable, Equatable {
  /// Whether no voxel is above 0.5.
  public var isEmpty: Bool
  /// Whether there is no value strictly between 0 and 1: the mask has no soft edge.
  public var isBinary: Bool
  /// Volume inside the 0.5 level, Å³.
  public var volume: Double
  /// Width of the edge from 1 to 0, voxels.
  public var softness: Double
  /// Centre of mass of the mask, Å from the box centre.
  public var centre: Vector3
  /// Twice the distance from the centre to the farthest voxel above 0.5, Å.
  public var diameter: Double
  /// Distance from the centre to the farthest voxel that is not zero, Å.
  public var supportRadius: Double
  /// Whether the mask reaches the sphere inscribed in the box.
  public var touchesSphere: Bool

  /// Protein inside the 0.5 level at 0.81 Da/Å³ (1.35 g/cm³), kDa.
  /// Protein inside the 0.5 level, kDa.
  public var enclosedMass: Double { Self.mass(ofVolume: volume) }

  /// Mass of protein that fills a volume (Å³), kDa.
  public static func mass(ofVolume volume: Double) -> Double {
    volume * daltonPerCubicAngstrom / 1000
  }

  /// The density of protein, Da/Å³: a partial specific volume of 0.74 cm³/g (1.35 g/cm³; Fischer et al.,
  /// Protein Sci. 13, 2825, 2004, have 1.35 to 1.41 g/cm³).
  public static let daltonPerCubicAngstrom = 0.81

  /// The report of a mask.
  public init(of mask: Volume) {
    let tolerance: Float = 1e-3
    let inside = mask.voxels.reduce(0) { $0 + ($1 >= 0.5 ? 1 : 0) }
    volume = Double(inside) * pow(mask.pixelSize, 3)
    isEmpty = inside == 0
    isBinary = !mask.voxels.contains { $0 > tolerance && $0 < 1 - tolerance }
    softness = mask.edgeWidth(tolerance: tolerance)
    let centre = mask.centreOfMass ?? .zero
    self.centre = centre
    diameter = 2 * mask.supportRadius(about: centre, level: 0.5)
    supportRadius = mask.supportRadius(about: centre, level: tolerance)
    let reach = mask.supportRadius(about: .zero, level: 0.01)
    touchesSphere = reach >= Double(mask.size / 2 - 1) * mask.pixelSize
  }

  /// The smallest softness that leaves no trace at a resolution: five times the resolution, voxels.
  public static func advisedSoftness(resolution: Double, pixelSize: Double) -> Double {
    5 * resolution / pixelSize
  }

  /// Mass under which the pose of a body is hard to find, kDa.
  public static let advisedMass = 150.0
}

extension Volume {
  /// Distance (Å) from a point to the farthest voxel at or above a level; 0 where there is none.
  public func supportRadius(about centre: Vector3, level: Float = 1e-3) -> Double {
    var largest = 0.0
    forEachVoxel { index, position in
      guard voxels[index] >= level else { return }
      let offset = position - centre
      largest = max(largest, (offset * offset).sum())
    }
    return largest.squareRoot()
  }

  /// The mean width of the edge, voxels: the volume of the edge divided by its area, which is the
  /// integral of the gradient's length (the areas of all levels from 0 to 1 averaged).
  func edgeWidth(tolerance: Float) -> Double {
    var edgeVoxels = 0
    var area = 0.0
    for z in 1..<(size - 1) {
      for y in 1..<(size - 1) {
        for x in 1..<(size - 1) {
          let index = (z * size + y) * size + x
          if voxels[index] > tolerance && voxels[index] < 1 - tolerance { edgeVoxels += 1 }
          let gradient =
            0.5
            * SIMD3(
              voxels[index + 1] - voxels[index - 1], voxels[index + size] - voxels[index - size],
              voxels[index + size * size] - voxels[index - size * size])
          area += Double((gradient * gradient).sum().squareRoot())
        }
      }
    }
    guard area > 0 else { return 0 }
    // A cosine edge is within the tolerance of 0 or 1 over this part of its width.
    let hidden = 2 * acos(1 - 2 * Double(tolerance)) / Double.pi
    return Double(edgeVoxels) / area / (1 - hidden)
  }
}
