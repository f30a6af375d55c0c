import CryoEM
import Fourier
import Ground

/// Finds for each voxel the low-pass filter with which each half-map foretells the other one best.
///
/// For the filters h_c of a bank, E_c(x) = w_c ∗ [ |h_c a − b|² + |h_c b − a|² ] with the half-maps a
/// and b and a window w_c of AWF wavelengths of the cut-off; each voxel takes the filter with the
/// smallest E (Punjani, Zhang & Fleet, Nature Methods 17, 1214, 2020). Two things differ from comparing
/// the E_c as they are. Windows of different sizes see different amounts of noise, which would decide
/// at the rim of a body; so E is summed up from the changes between neighbouring filters, each in the
/// window of the higher one. And a filter h_c may have weights of the shells besides: taking in a band then
/// pays where the local FSC is above half of its weight.
struct CutOffSearch: Sendable {
  let bank: FilterBank
  /// To and from the voxels of the mask.
  let transform: RowTransform
  /// Radius of the window in wavelengths of the cut-off. Narrow windows have so few Fourier components
  /// that halves of noise alone agree in many of them by chance.
  let awf: Double
  let threads: Int

  /// The spectra of two half-maps, and what makes densities of their inverse transforms: a factor for
  /// each voxel.
  struct Halves: Sendable {
    let spectra: [BallSpectrum]
    let factors: [Float]
  }

  /// The cut-offs in a mask.
  ///
  /// - Parameters:
  ///   - weights: the reference's gain per shell of the cube, zero beyond.
  ///   - mask: of the voxels; where it is zero they have no say.
  func cutOffs(halves: Halves, weights: [Double], mask: [Float]) -> LocalCutOffs {
    let radius = halves.spectra[0].radius
    let last = Float(bank.count - 1)
    guard bank.count > 1 else {
      return LocalCutOffs(
        bank: bank, rows: transform.rows, positions: mask.map { _ in last }, mask: mask,
        radius: radius)
    }
    let memory = Memory(transform, mask: mask, radius: radius)
    let reach = min(weights.count - 1, radius)
    each(2) { half in
      inverse(halves, half, radius: radius, gains: nil, memory, into: memory.raw[half])
    }
    for filter in 0..<bank.count {
      let gains = RadialGains.table(to: reach) { shell in
        let nearest = Int(shell.rounded())
        return nearest < weights.count
          ? weights[nearest] * bank.gain(of: filter, shell: shell) : 0
      }
      each(2) { half in
        inverse(halves, half, radius: reach, gains: gains, memory, into: memory.filtered[half])
      }
      addErrors(memory, isFirst: filter == 0)
      guard filter > 0 else { continue }
      smooth(memory, deviation: windowDeviation(of: filter))
      inParallel(mask.count, chunk: Self.chunk) { range in
        let (change, weight) = (memory.filtered[0].pointer, memory.filtered[1].pointer)
        let (total, best) = (memory.total.pointer, memory.best.pointer)
        for voxel in range where memory.mask.pointer[voxel] > 0 {
          total[voxel] += change[voxel] / max(weight[voxel], 1e-4)
          if total[voxel] < best[voxel] {
            best[voxel] = total[voxel]
            memory.position.pointer[voxel] = Float(filter)
          }
        }
      }
    }
    return LocalCutOffs(
      bank: bank, rows: transform.rows, positions: blended(memory, last: last), mask: mask,
      radius: radius)
  }

  /// Standard deviation of a filter's window, voxels: a Gaussian with the variance of a ball with a
  /// radius of AWF wavelengths.
  private func windowDeviation(of filter: Int) -> Double {
    awf * Double(transform.size) / bank.cutOffs[filter] / 5.0.squareRoot()
  }

  /// The voxels of a filtered half-map.
  private func inverse(
    _ halves: Halves, _ half: Int, radius: Int, gains: [Float]?, _ memory: Memory,
    into values: FFTBuffer<Float>
  ) {
    transform.inverse(
      halves.spectra[half], radius: radius, gains: gains, memory.scratch[half],
      into: values.pointer)
    inParallel(halves.factors.count, chunk: Self.chunk) { range in
      halves.factors.withUnsafeBufferPointer { factors in
        for voxel in range { values.pointer[voxel] *= factors[voxel] }
      }
    }
  }

  /// Voxels that a thread looks at at a time.
  private static let chunk = 1 << 14

  /// The errors of the filtered maps less those of the filter before, times the mask; into the first
  /// filtered map.
  private func addErrors(_ memory: Memory, isFirst: Bool) {
    inParallel(transform.rows.count, chunk: Self.chunk) { range in
      let (one, two) = (memory.filtered[0].pointer, memory.filtered[1].pointer)
      let (rawOne, rawTwo) = (memory.raw[0].pointer, memory.raw[1].pointer)
      let (errors, mask) = (memory.error.pointer, memory.mask.pointer)
      for voxel in range {
        let (forth, back) = (one[voxel] - rawTwo[voxel], two[voxel] - rawOne[voxel])
        let error = forth * forth + back * back
        let change = isFirst ? 0 : error - errors[voxel]
        errors[voxel] = error
        one[voxel] = mask[voxel] * change
      }
    }
  }

  /// Smooths the first filtered map by a Gaussian window in place, and puts the smoothed mask into the
  /// second one.
  private func smooth(_ memory: Memory, deviation: Double) {
    let window = RadialGains.gaussian(
      deviation: deviation, size: transform.size, to: memory.maskSpectrum.radius)
    let scale = 1 / Float(transform.size * transform.size * transform.size)
    let gains = window.gains.map { $0 * scale }
    each(2) { part in
      if part == 0 {
        transform.forward(
          memory.filtered[0].pointer, memory.scratch[0], into: memory.changeSpectrum)
      }
      transform.inverse(
        part == 0 ? memory.changeSpectrum : memory.maskSpectrum, radius: window.radius,
        gains: gains, memory.scratch[part], into: memory.filtered[part].pointer)
    }
  }

  /// The filters of the voxels, smoothed over half the finest window, so that neighbours do not jump;
  /// the last one where the mask is far.
  private func blended(_ memory: Memory, last: Float) -> [Float] {
    for voxel in 0..<transform.rows.count {
      memory.filtered[0][voxel] = memory.mask[voxel] * memory.position[voxel]
    }
    smooth(memory, deviation: 0.5 * windowDeviation(of: bank.count - 1))
    return inParts(transform.rows.count, chunk: Self.chunk) { range in
      range.map { voxel in
        let weight = memory.filtered[1].pointer[voxel]
        return weight > 1e-3
          ? min(max(memory.filtered[0].pointer[voxel] / weight, 0), last) : last
      }
    }.flatMap { $0 }
  }

  /// Values of the voxels, and the spectra on the way.
  private struct Memory: Sendable {
    let raw: [FFTBuffer<Float>], filtered: [FFTBuffer<Float>]
    let scratch: [RowTransform.Workspace]
    let mask: FFTBuffer<Float>
    let maskSpectrum: BallSpectrum, changeSpectrum: BallSpectrum
    /// Errors of the filter at hand; sums of the smoothed changes, and their minimum and its filter.
    let error: FFTBuffer<Float>, total: FFTBuffer<Float>
    let best: FFTBuffer<Float>, position: FFTBuffer<Float>

    init(_ transform: RowTransform, mask values: [Float], radius: Int) {
      func voxels() -> FFTBuffer<Float> { FFTBuffer(count: transform.rows.count) }
      raw = (0..<2).map { _ in voxels() }
      filtered = (0..<2).map { _ in voxels() }
      scratch = (0..<2).map { _ in transform.workspace(radius: radius) }
      mask = voxels()
      mask.copy(from: values)
      maskSpectrum = BallSpectrum(size: transform.size, radius: radius)
      changeSpectrum = BallSpectrum(size: transform.size, radius: radius)
      error = voxels()
      total = voxels()
      best = voxels()
      position = voxels()
      transform.forward(mask.pointer, scratch[0], into: maskSpectrum)
    }
  }

  private func each(_ count: Int, _ body: @Sendable (Int) -> Void) {
    parallelFor(count: count, chunk: 1, threads: threads) { range, _ in range.forEach(body) }
  }
}
