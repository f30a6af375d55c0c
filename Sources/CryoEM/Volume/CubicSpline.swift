import Fourier
import Glibc

/// A map as a continuous function: the cubic B-spline through its voxels, zero outside of the box.
///
/// Coefficients come from the spectrum divided by that of the sampled spline, ∏ (2 + cos 2πk/N)/3 over
/// the axes (Unser, IEEE Signal Process. Mag. 16(6), 22, 1999), with the box repeated.
public struct CubicSpline: Sendable {
  public let size: Int
  private let coefficients: [Float]

  public init(of map: Volume) { self.init(spectrum: map.spectrum) }

  /// The spline through the samples of a spectrum.
  public init(spectrum: CubicSpectrum) {
    var spectrum = spectrum
    size = spectrum.size
    let size = size
    let gains = (0..<size).map { Float(3 / (2 + cos(2 * .pi * Double($0) / Double(size)))) }
    spectrum.values.withUnsafeMutableBufferPointer { values in
      var index = 0
      for z in 0..<size {
        for y in 0..<size {
          let gain = gains[y] * gains[z]
          for x in 0...(size / 2) {
            values[index] *= gain * gains[x]
            index += 1
          }
        }
      }
    }
    coefficients = (consume spectrum).samples()
  }

  /// The value at a fractional voxel index; up to a voxel before the first one, the box repeated.
  public func value(at index: Vector3) -> Float {
    let low = index.rounded(.down)
    guard low.min() >= -1, low.max() < Double(size) else { return 0 }
    let f = SIMD3<Float>(index - low)
    let (x0, y0, z0) = (Int(low.x), Int(low.y), Int(low.z))
    let (wx, wy, wz) = (Self.weights(f.x), Self.weights(f.y), Self.weights(f.z))
    return coefficients.withUnsafeBufferPointer { values in
      var sum: Float = 0
      let isInside = min(x0, y0, z0) >= 1 && max(x0, y0, z0) < size - 2
      for dz in 0..<4 {
        let z = isInside ? z0 - 1 + dz : wrapped(z0 - 1 + dz)
        for dy in 0..<4 {
          let y = isInside ? y0 - 1 + dy : wrapped(y0 - 1 + dy)
          let row = (z * size + y) * size
          var line = SIMD4<Float>.zero
          if isInside {
            let start = row + x0 - 1
            line = SIMD4(values[start], values[start + 1], values[start + 2], values[start + 3])
          } else {
            for dx in 0..<4 { line[dx] = values[row + wrapped(x0 - 1 + dx)] }
          }
          sum += wz[dz] * wy[dy] * (wx * line).sum()
        }
      }
      return sum
    }
  }

  private func wrapped(_ index: Int) -> Int { (index + size) % size }

  /// The spline's weights of the four samples about a place, a share behind the second of them.
  private static func weights(_ f: Float) -> SIMD4<Float> {
    let g = 1 - f
    let (f2, g2) = (f * f, g * g)
    return SIMD4(g2 * g, 4 - 3 * f2 * (2 - f), 4 - 3 * g2 * (2 - g), f2 * f) / 6
  }
}
