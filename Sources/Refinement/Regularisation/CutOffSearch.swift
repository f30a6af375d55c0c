import CryoEM
import Fourier

/// Finds for each voxel the low-pass filter with which each half-map foretells the other one best.
///
/// For the filters h_c of a bank, E_c(x) = w_c ∗ [ |h_c a − b|² + |h_c b − a|² ] with the half-maps a
/// and b and a window w_c of AWF wavelengths of the cut-off; each voxel takes the filter with the
/// smallest E (Punjani, Zhang & Fleet, Nature Methods 17, 1214, 2020). Two things differ from comparing
/// the E_c as they are. Windows of different sizes see different amounts of noise, which would decide
/// at the rim of a body; so E is summed up from the changes between neighbouring filters, each in the
/// window of the higher one. And a filter h_c here is what it is on a reference: the low-pass times
/// the weights of the shells that the reference has anyway. Taking in a band then pays where the
/// local FSC is above half of its weight, so that a map of one resolution throughout is left as it is.
struct CutOffSearch: Sendable {
  let bank: FilterBank
  let radial: RadialFilter
  /// Radius of the window in wavelengths of the cut-off. Narrow windows have so few Fourier components
  /// that halves of noise alone agree in many of them by chance.
  let awf: Double
  let threads: Int

  /// The cut-offs in a mask.
  ///
  /// - Parameters:
  ///   - halves: two half-maps on cubes of the filter's size.
  ///   - weights: the reference's gain per shell of the cube, zero beyond.
  ///   - mask: on the same cube; what is outside has no say.
  func cutOffs(halves: [[Float]], weights: [Double], mask: [Float]) -> LocalCutOffs {
    guard bank.count > 1 else {
      let top = [Float](repeating: 0, count: mask.count)
      return LocalCutOffs(bank: bank, radial: radial, positions: top, mask: mask)
    }
    let memory = Memory(radial, halves: halves, mask: mask)
    each(2) { radial.transform(memory.raw[$0], into: memory.spectra[$0]) }
    for filter in 0..<bank.count {
      let gains = radial.gains { shell in
        let nearest = Int(shell.rounded())
        return nearest < weights.count
          ? weights[nearest] * bank.gain(of: filter, shell: shell) : 0
      }
      each(2) {
        radial.filter(
          memory.spectra[$0], by: gains, scratch: memory.products[$0], into: memory.filtered[$0])
      }
      addErrors(memory, isFirst: filter == 0)
      guard filter > 0 else { continue }
      smooth(memory, deviation: windowDeviation(of: filter))
      slabs { range in
        for index in range where memory.mask[index] > 0 {
          let weight = max(memory.filtered[1][index], 1e-4)
          memory.total[index] += memory.filtered[0][index] / weight
          if memory.total[index] < memory.best[index] {
            memory.best[index] = memory.total[index]
            memory.position[index] = Float(filter)
          }
        }
      }
    }
    return LocalCutOffs(
      bank: bank, radial: radial, positions: blended(memory), mask: mask)
  }

  /// Standard deviation of a filter's window, voxels: a Gaussian with the variance of a ball with a
  /// radius of AWF wavelengths.
  private func windowDeviation(of filter: Int) -> Double {
    awf * Double(radial.size) / bank.cutOffs[filter] / 5.0.squareRoot()
  }

  /// The errors of the filtered maps less those of the filter before, inside the mask; into the first
  /// filtered map, and the mask into the second one.
  private func addErrors(_ memory: Memory, isFirst: Bool) {
    slabs { range in
      for index in range {
        let forth = memory.filtered[0][index] - memory.raw[1][index]
        let back = memory.filtered[1][index] - memory.raw[0][index]
        let error = forth * forth + back * back
        let change = isFirst ? 0 : error - memory.error[index]
        memory.error[index] = error
        memory.filtered[0][index] = memory.mask[index] * change
        memory.filtered[1][index] = memory.mask[index]
      }
    }
  }

  /// Smooths both filtered maps by a Gaussian window.
  private func smooth(_ memory: Memory, deviation: Double) {
    let window = radial.gaussian(deviation: deviation)
    each(2) {
      radial.transform(memory.filtered[$0], into: memory.products[$0])
      radial.filter(
        memory.products[$0], by: window, scratch: memory.products[$0], into: memory.filtered[$0])
    }
  }

  /// The filters of the voxels, smoothed over half the finest window, so that neighbours do not jump;
  /// the last one where the mask is far.
  private func blended(_ memory: Memory) -> [Float] {
    let last = Float(bank.count - 1)
    slabs { range in
      for index in range {
        memory.filtered[0][index] = memory.mask[index] * memory.position[index]
        memory.filtered[1][index] = memory.mask[index]
      }
    }
    smooth(memory, deviation: 0.5 * windowDeviation(of: bank.count - 1))
    slabs { range in
      for index in range {
        let weight = memory.filtered[1][index]
        memory.position[index] =
          weight > 1e-3 ? min(max(memory.filtered[0][index] / weight, 0), last) : last
      }
    }
    return memory.position.array
  }

  /// Everything as large as the cube.
  private struct Memory: Sendable {
    let raw: [FFTBuffer<Float>], filtered: [FFTBuffer<Float>]
    let spectra: [FFTBuffer<ComplexFloat>], products: [FFTBuffer<ComplexFloat>]
    let mask: FFTBuffer<Float>
    /// Errors of the filter at hand; sums of the smoothed changes, and their minimum and its filter.
    let error: FFTBuffer<Float>, total: FFTBuffer<Float>
    let best: FFTBuffer<Float>, position: FFTBuffer<Float>

    init(_ radial: RadialFilter, halves: [[Float]], mask: [Float]) {
      func copy(_ values: [Float]) -> FFTBuffer<Float> {
        let buffer = radial.cube()
        buffer.copy(from: values)
        return buffer
      }
      raw = halves.map(copy)
      filtered = halves.map { _ in radial.cube() }
      spectra = halves.map { _ in radial.spectrum() }
      products = halves.map { _ in radial.spectrum() }
      self.mask = copy(mask)
      error = radial.cube()
      total = radial.cube()
      best = radial.cube()
      position = radial.cube()
    }
  }

  /// Bytes that a search takes on a cube.
  static func bytes(size: Int) -> Int { 13 * 4 * size * size * size }

  private func each(_ count: Int, _ body: @Sendable (Int) -> Void) {
    parallelFor(count: count, chunk: 1, threads: threads) { range, _ in range.forEach(body) }
  }

  /// Calls `body` with ranges of voxels.
  private func slabs(_ body: @Sendable (Range<Int>) -> Void) {
    let plane = radial.size * radial.size
    parallelFor(count: radial.size, chunk: 4, threads: threads) { range, _ in
      body(range.lowerBound * plane..<range.upperBound * plane)
    }
  }
}
