import Fourier
import Glibc
import Ground

extension Volume {
  /// The map's spectrum, with its phase origin at the box centre.
  public var spectrum: CubicSpectrum { CubicSpectrum(of: voxels, size: size) }

  /// The map of a spectrum.
  public init(spectrum: consuming CubicSpectrum, pixelSize: Double) {
    let size = spectrum.size
    self.init(size: size, pixelSize: pixelSize, voxels: (consume spectrum).samples())
  }

  /// The map with each Fourier component multiplied by a factor of its radius in shells, that is in
  /// units of 1/(size · pixelSize).
  public func filtered(byShell gain: (Double) -> Double) -> Volume {
    var spectrum = spectrum
    // All radii are square roots of integers, so the gains go into a table.
    let largest = 3 * (size / 2) * (size / 2)
    let gains = (0...largest).map { Float(gain(Double($0).squareRoot())) }
    spectrum.multiply(bySquaredRadius: gains)
    return Volume(spectrum: consume spectrum, pixelSize: pixelSize)
  }

  /// The map with each Fourier component multiplied by a factor of its spatial frequency in 1/Å.
  public func filtered(byFrequency gain: (Double) -> Double) -> Volume {
    let step = 1 / edge
    return filtered(byShell: { gain($0 * step) })
  }

  /// The map with each Fourier component multiplied by the factor of its shell, interpolated
  /// between shells; beyond the last one it is the last one's.
  public func filtered(byShells gains: [Double]) -> Volume {
    filtered(byShell: { shell in
      guard let last = gains.last else { return 1 }
      let below = Int(shell)
      guard below + 1 < gains.count else { return last }
      let fraction = shell - Double(below)
      return gains[below] * (1 - fraction) + gains[below + 1] * fraction
    })
  }

  /// The map without detail finer than `resolution` (Å): a raised-cosine edge of `edge` shells about
  /// the shell of that resolution.
  public func lowPassed(to resolution: Double, edge: Double = 2) -> Volume {
    let cutOff = self.edge / resolution
    return filtered(byShell: { raisedCosine($0, from: cutOff - edge / 2, to: cutOff + edge / 2) })
  }
}

/// 1 up to `inner`, 0 from `outer` on, half a period of a cosine between them.
public func raisedCosine(_ x: Double, from inner: Double, to outer: Double) -> Double {
  if x <= inner { return 1 }
  if x >= outer { return 0 }
  return 0.5 + 0.5 * cos(.pi * (x - inner) / (outer - inner))
}

extension CubicSpectrum {
  /// Multiplies every sample by the factor of its squared radius (in samples).
  mutating func multiply(bySquaredRadius gains: [Float]) {
    let (size, width) = (size, width)
    values.withUnsafeMutableBufferPointer { values in
      nonisolated(unsafe) let values = values
      inParallel(size, chunk: 4) { planes in
        for z in planes {
          let kz = signedFrequency(z, size: size)
          for y in 0..<size {
            let ky = signedFrequency(y, size: size)
            let row = (z * size + y) * width
            for x in 0..<width { values[row + x] *= gains[x * x + ky * ky + kz * kz] }
          }
        }
      }
    }
  }
}
