import Glibc

/// Factors of a spectrum that depend on the distance from the origin alone, by its square.
enum RadialGains {
  /// The factors of all squared distances up to a radius.
  ///
  /// - Parameter gain: of a distance in shells of the cube.
  static func table(to radius: Int, _ gain: (Double) -> Double) -> [Float] {
    (0...(radius * radius)).map { Float(gain(Double($0).squareRoot())) }
  }

  /// A Gaussian window of a standard deviation in voxels, with the sum 1, on a cube of `size`³ voxels;
  /// the table ends where the window's transform is under 10⁻⁵, or at a radius.
  static func gaussian(deviation: Double, size: Int, to limit: Int) -> (radius: Int, gains: [Float])
  {
    let scale = -2 * Double.pi * Double.pi * deviation * deviation / Double(size * size)
    let radius = min(limit, max(1, Int((log(1e-5) / scale).squareRoot().rounded(.up))))
    return (radius, table(to: radius) { exp(scale * $0 * $0) })
  }
}
