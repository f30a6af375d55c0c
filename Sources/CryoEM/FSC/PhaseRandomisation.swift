import Fourier
import Ground

extension CubicSpectrum {
  /// The spectrum with the phases of every sample from a shell on replaced by random ones; the
  /// amplitudes stay, and the map stays real.
  ///
  /// A sample's phase depends on the seed and its frequencies alone.
  public func phasesRandomised(fromShell first: Int, seed: UInt64) -> CubicSpectrum {
    let directions = Self.directions
    var result = self
    forEachFrequency { index, kx, ky, kz, _ in
      let squared = kx * kx + ky * ky + kz * kz
      guard Int(Double(squared).squareRoot() + 0.5) >= first, squared > 0 else { return }
      let isPaired = kx == 0 || 2 * kx == size
      let mate = isPaired ? mateIndex(kx, ky, kz) : index
      if isPaired && mate == index { return }
      // Two stored samples of a Hermitian pair draw the same direction, one its conjugate.
      var generator = SeededGenerator(seed: seed, stream: UInt64(min(index, mate)))
      let direction = directions[Int(generator.next() >> 52)]
      let amplitude = values[index].squaredModulus.squareRoot()
      result.values[index] = amplitude * (index <= mate ? direction : direction.conjugated)
    }
    return result
  }

  /// Unit numbers all round: a fine choice of directions is as good as a continuous one, and a table
  /// is fast.
  static let directions = (0..<4096).map {
    ComplexFloat.unit(angle: 2 * .pi * Double($0) / 4096)
  }

  /// Where the sample of the opposite frequency is stored, in the planes that hold both.
  private func mateIndex(_ kx: Int, _ ky: Int, _ kz: Int) -> Int {
    let z = (size - transformIndex(kz, size: size)) % size
    let y = (size - transformIndex(ky, size: size)) % size
    return (z * size + y) * width + kx
  }
}

/// The FSC corrected for the correlation that a mask makes by itself: (t − r)/(1 − r), with t the
/// curve of the masked maps and r that of the masked maps whose phases were randomised from a shell
/// on (Chen et al., Ultramicroscopy 135, 24, 2013).
///
/// In and just above that shell, where the edge leaks true signal into the randomised part, the
/// curve is left as it is; where r is above t it is 0.
public func correctedCurve(
  masked: [Double], randomised: [Double], fromShell first: Int
) -> [Double] {
  masked.indices.map { shell in
    guard shell >= first + 2 else { return masked[shell] }
    let (t, r) = (masked[shell], randomised[shell])
    return r >= t ? 0 : (t - r) / (1 - r)
  }
}
