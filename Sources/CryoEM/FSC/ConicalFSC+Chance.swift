import Glibc
import Ground

/// What chance does to the resolution by direction. In a mask of a fortieth of the box a cone has few
/// independent samples, and the smallest of many areas is half of the largest in maps that are alike in
/// all directions.
extension ConicalFSC {
  /// The share of independent samples in the transform of a masked map.
  static func independentShare(of mask: Volume) -> Double {
    let sums = mask.voxels.reduce(into: SIMD2<Double>.zero) { sums, value in
      let square = Double(value) * Double(value)
      sums += SIMD2(square, square * square)
    }
    return sums.y > 0 ? sums.x * sums.x / sums.y / Double(mask.voxels.count) : 0
  }

  /// The area ratio that 19 of 20 maps exceed whose curves are in all directions the mean one, but for
  /// chance: N independent complex samples of a correlation ρ have a variance of (1 − ρ²)²/2N, and the
  /// density's own power in them differs by 1/√N, which is another ρ²(1 − ρ)²/N.
  ///
  /// Twice as many cones as lie beside each other on half a sphere stand for all, which overlap.
  var evenAreaRatio: Double {
    let solidAngle = 1 - cos(halfAngle)
    let cones = Int((2 / solidAngle).rounded())
    let mean = meanCurve
    let deviations = mean.enumerated().map { shell, value in
      let samples = max(
        0.5, 2 * Double.pi * solidAngle * Double(shell * shell) * independentShare)
      let (noise, power) = (1 - value * value, value * (1 - value))
      return ((noise * noise / 2 + power * power) / samples).squareRoot()
    }
    var generator = SeededGenerator(seed: 1)
    let ratios = (0..<200).map { _ in
      let areas = (0..<cones).map { _ in
        Self.area(
          under: zip(mean, deviations).map { min(1, max(-1, $0 + $1 * generator.normal())) })
      }
      let largest = areas.max() ?? 0
      return largest > 0 ? (areas.min() ?? 0) / largest : 0
    }
    return ratios.sorted()[ratios.count / 20]
  }

  /// The mean of all curves; 0 in shells without samples.
  private var meanCurve: [Double] {
    (0..<(curves.first?.count ?? 0)).map { shell in
      let values = curves.lazy.map { $0[shell] }.filter { !$0.isNaN }
      return values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
  }
}
