import Fourier
import Glibc
import Ground

/// The Fourier shell correlation of two maps inside cones about many axes: how the resolution depends on
/// direction (Tan et al., Nature Methods 14, 793, 2017).
///
/// A cone has two halves, since the transform of a real map has nothing new at the opposite of a
/// frequency.
public struct ConicalFSC: Sendable {
  /// The axes, unit vectors in the frame of the maps.
  public let axes: [Vector3]
  /// For each axis the correlation of each shell: Re Σ a·b* / √(Σ|a|² Σ|b|²) over the samples of the
  /// cone, nan where there are none or a map has no power; 1 in shell 0.
  public let curves: [RadialCurve]
  /// Of the samples of a transform, the share that the mask leaves independent: (Σm²)²/Σm⁴ of all voxels.
  public let independentShare: Double
  let halfAngle: Double

  /// The curves of two maps.
  ///
  /// - Parameters:
  ///   - mask: by which both are multiplied, in their box.
  ///   - count: of axes, spread evenly over half a sphere.
  ///   - halfAngle: of the cones, radians.
  public init(
    halfA a: Volume, halfB b: Volume, mask: Volume, count: Int = 256,
    halfAngle: Double = radians(20), scheduler: Scheduler = oneAfterTheOther
  ) {
    precondition(a.size == b.size && a.size == mask.size)
    self.halfAngle = halfAngle
    independentShare = Self.independentShare(of: mask)
    axes = halfSphere(count: count)
    let transform = RowTransform(VoxelRows(of: mask.voxels, size: a.size))
    // The last shell reaches half a sample beyond its number.
    let radius = a.size / 2
    let spectra = collected(2, scheduler) { half in
      var values = transform.rows.values(of: half == 0 ? a.voxels : b.voxels)
      let weights = transform.rows.values(of: mask.voxels)
      for index in values.indices { values[index] *= weights[index] }
      let spectrum = BallSpectrum(size: transform.rows.size, radius: radius)
      values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        transform.forward(base, transform.workspace(radius: radius), into: spectrum)
      }
      return spectrum
    }
    let cones = ConeSums(axes: axes, halfAngle: halfAngle, shells: radius)
    curves = cones.curves(spectra[0], spectra[1], scheduler).map {
      RadialCurve($0, edge: a.edge)
    }
  }

  /// The correlation at which a direction's resolution ends.
  public static let threshold = 0.143

  /// For each axis Σ s² FSC(s) over the shells s before its curve falls to 0.143, an area weighted as the
  /// shells are large; shells without samples are left out. (SIMPLE, policy of the FSC area score.)
  public var areas: [Double] {
    curves.map { curve in
      Self.area(under: curve.values)
    }
  }

  static func area(under curve: [Double]) -> Double {
    var area = 0.0
    for (shell, value) in curve.enumerated().dropFirst() where !value.isNaN {
      if value <= threshold { break }
      area += value * Double(shell * shell)
    }
    return area
  }

  /// For each axis where its curve falls under 0.143, Å.
  public var resolutions: [Double] {
    curves.map { curve in
      var last = 1.0
      let whole = curve.map { value -> Double in
        if !value.isNaN { last = value }
        return last
      }
      return RadialCurve(whole, edge: curve.edge).resolution(below: Self.threshold)
    }
  }

  /// What is kept of it.
  public var statistics: ConeStatistics {
    let areas = areas
    let largest = areas.max() ?? 0
    return ConeStatistics(
      areaRatio: largest > 0 ? (areas.min() ?? 0) / largest : 0,
      evenAreaRatio: evenAreaRatio, resolutions: resolutions)
  }
}

/// How evenly the directions are resolved.
public struct ConeStatistics: Codable, Sendable, Equatable {
  /// The conical FSC area ratio (cFAR): the smallest area under a cone's curve over the largest; 1 for a
  /// map that is alike in all directions.
  public var areaRatio: Double
  /// The ratio that 19 of 20 maps exceed which are alike in all directions and have as few independent
  /// samples; nil for measurements that do not know it.
  public var evenAreaRatio: Double?
  /// The resolution about each of the axes of `halfSphere(count:)`, as many as there are, Å.
  public var resolutions: [Double]

  public init(areaRatio: Double, evenAreaRatio: Double? = nil, resolutions: [Double]) {
    self.areaRatio = areaRatio
    self.evenAreaRatio = evenAreaRatio
    self.resolutions = resolutions
  }

  /// Under this ratio the resolution depends on direction, if it is more than chance.
  public static let leastAreaRatio = 0.5

  /// Whether the resolution depends on direction, beyond what chance does in a small mask.
  public var isUneven: Bool { Self.isUneven(areaRatio, even: evenAreaRatio) }

  /// Whether a ratio says that the resolution depends on direction, where maps that are alike in all
  /// directions have at least `even`.
  public static func isUneven(_ areaRatio: Double, even: Double?) -> Bool {
    areaRatio < min(leastAreaRatio, even ?? 1)
  }

  /// The finest and the coarsest of the resolutions, Å; nil where no curve falls.
  public var range: ClosedRange<Double>? {
    let finite = resolutions.filter { $0.isFinite && $0 > 0 }
    guard let least = finite.min(), let most = finite.max() else { return nil }
    return least...most
  }

  /// The resolutions as a map over azimuth (0…360°, columns, fastest) and elevation (−90…90°, rows):
  /// each cell has that of the nearest axis.
  public func map(columns: Int, rows: Int) -> [Double] {
    let axes = halfSphere(count: resolutions.count)
    guard !axes.isEmpty else { return [Double](repeating: .nan, count: columns * rows) }
    return (0..<rows).flatMap { row in
      let elevation = ((Double(row) + 0.5) / Double(rows) - 0.5) * Double.pi
      return (0..<columns).map { column in
        let azimuth = (Double(column) + 0.5) / Double(columns) * 2 * Double.pi
        let direction = Vector3(
          cos(elevation) * cos(azimuth), cos(elevation) * sin(azimuth), sin(elevation))
        var (best, nearest) = (-1.0, 0)
        for (index, axis) in axes.enumerated() {
          let along = abs((axis * direction).sum())
          if along > best { (best, nearest) = (along, index) }
        }
        return resolutions[nearest]
      }
    }
  }
}
