import Fourier
import Ground

@testable import CryoEM

extension CubicSpectrum {
  /// The spectrum with the phases of every sample from a shell on replaced by random ones; the
  /// amplitudes stay, and the map stays real.
  ///
  /// A sample's phase depends on the seed and its frequencies alone.
  func phasesRandomised(fromShell first: Int, seed: UInt64) -> CubicSpectrum {
    let directions = RandomPhases.directions
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

  /// Where the sample of the opposite frequency is stored, in the planes that hold both.
  private func mateIndex(_ kx: Int, _ ky: Int, _ kz: Int) -> Int {
    let z = (size - transformIndex(kz, size: size)) % size
    let y = (size - transformIndex(ky, size: size)) % size
    return (z * size + y) * width + kx
  }
}
