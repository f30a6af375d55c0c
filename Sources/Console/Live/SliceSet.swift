/// Which maps the slices show.
enum SliceSource: String, Sendable, Hashable, CaseIterable {
  case map, halfA = "half-map A", halfB = "half-map B", difference = "A − B"

  var title: String { rawValue }

  /// The one after.
  var next: SliceSource {
    let all = Self.allCases
    return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
  }
}

/// Slices that a screen wants to be read.
struct SliceRequest: Sendable, Hashable {
  var folder: String
  /// The iteration; nil for the final maps.
  var iteration: Int?
  var source: SliceSource
  /// Voxels from the mask's centre, along each axis.
  var step = 0
}

/// A plane through a volume: values row by row, and the mask on it.
struct Plane: Sendable, Hashable {
  var width: Int
  var height: Int
  var values: [Float]
  /// The mask's values on the plane; empty without a mask.
  var mask: [Float] = []

  static let empty = Plane(width: 0, height: 0, values: [])
}

/// Three orthogonal slices through the mask's centre, or through the centre of the box, and the
/// projections along the same axes.
struct SliceSet: Sendable {
  var request: SliceRequest
  /// Along z, y, x.
  var planes: [Plane]
  var projections: [Plane] = []
  /// The voxel at which they meet.
  var centre: SIMD3<Int>
  var pixelSize: Double
  /// Why there are none; empty when there are.
  var problem = ""
}

extension Plane {
  /// The names of the planes along z, y and x, with the axis that a slice's number counts along.
  static let names = ["xy, z", "xz, y", "yz, x"]

  /// The densities shown as black and white: a little under the mean, and so many standard
  /// deviations above it.
  func contrast(width: Float) -> ClosedRange<Float>? {
    var sum: Double = 0
    var squares: Double = 0
    var count = 0.0
    for value in values where value.isFinite {
      sum += Double(value)
      squares += Double(value) * Double(value)
      count += 1
    }
    guard count > 0 else { return nil }
    let mean = sum / count
    let spread = max(0, squares / count - mean * mean).squareRoot()
    guard spread > 0 else { return nil }
    return Float(mean - Double(width) / 8 * spread)...Float(mean + Double(width) * spread)
  }
}
