import Fourier
import Ground

/// Non-uniform regularisation of references: what is signal at each place and in each band of frequencies, told
/// by the reference itself.
///
/// The filters h_b of a bank cut a reference, which has the Wiener weights of its shells, into bands
/// u_b = (h_b − h_{b−1}) ∗ r. Where w_b is a window of AWF wavelengths and m the mask, the local power is
/// P_b(x) = w_b ∗ (m u_b²) / w_b ∗ m. The noise is taken to be the same throughout the mask,
/// N_b = (1 − F_b) Σ m P_b / Σ m with F_b the half-maps' FSC in the band, and each place takes of the band
///
///     g_b(x) = max(0, 1 − N_b / P_b(x)) / F_b,
///
/// the Wiener filter of its own signal-to-noise ratio in the place of that of the whole shell (Wiener's filter
/// with local power: Lim, Two-Dimensional Signal and Image Processing, 1990, 9.2). Where the mean of g in the mask
/// would be over one it is made one: in noise alone power varies too, and a place takes more than the shell's share
/// only where others take less. The lowest band is left as it is. No half-map sees anything of the other one but the curve, and a fold's reference nothing of its own images.
struct LocalWienerFilter: Sendable {
  let bank: FilterBank
  /// The bands but the lowest, with what is the same for all references.
  private let bands: [Band]
  private let lowest: [Float]
  private let mask: [Float]
  /// What makes densities of the inverse transforms of quotients: a factor for each voxel.
  private let factors: [Float]

  private struct Band: Sendable {
    /// Factors of a spectrum, by squared distance from the origin.
    let gains: [Float]
    /// Those of the window, which ends at a radius.
    let window: (radius: Int, gains: [Float])
    /// F.
    let correlation: Double
    /// w ∗ m.
    let windowed: FFTBuffer<Float>
  }

  /// Room for one reference at a time.
  struct Room: Sendable {
    fileprivate let band: FFTBuffer<Float>
    fileprivate let power: FFTBuffer<Float>
    fileprivate let spectrum: BallSpectrum
  }

  /// - Parameters:
  ///   - bank: low-passes, of which the last lets everything pass.
  ///   - fsc: the half-maps' curve, shells of the cube.
  ///   - mask: of the voxels of the cube's rows.
  ///   - factors: of the voxels, as they make densities of the inverse transform of a quotient.
  ///   - radius: beyond which spectra are zero.
  ///   - awf: radius of the windows in wavelengths of a band's upper cut-off.
  init(
    bank: FilterBank, fsc: [Double], mask: [Float], factors: [Float], cube: CubeTransform,
    radius: Int, awf: Double, threads: Int
  ) {
    (self.bank, self.mask, self.factors) = (bank, mask, factors)
    let size = cube.size
    lowest = RadialGains.table(to: radius) { bank.gain(of: 0, shell: $0) }
    let values = FFTBuffer<Float>(count: mask.count)
    values.copy(from: mask)
    let spectrum = BallSpectrum(size: size, radius: radius)
    cube.transform.forward(
      values.pointer, cube.transform.workspace(radius: radius), into: spectrum)
    let found = Collected<Band>(count: bank.count - 1)
    parallelFor(count: bank.count - 1, chunk: 1, threads: threads) { range, _ in
      for filter in range.lazy.map({ $0 + 1 }) {
        // A Gaussian with the variance of a ball with a radius of AWF wavelengths.
        let deviation = awf * Double(size) / bank.cutOffs[filter] / 5.0.squareRoot()
        let gaussian = RadialGains.gaussian(deviation: deviation, size: size, to: radius)
        let scale = 1 / Float(size * size * size)
        let window = (radius: gaussian.radius, gains: gaussian.gains.map { $0 * scale })
        let windowed = FFTBuffer<Float>(count: mask.count)
        cube.transform.inverse(
          spectrum, radius: window.radius, gains: window.gains,
          cube.transform.workspace(radius: window.radius), into: windowed.pointer)
        let gain = { (shell: Double) in
          bank.gain(of: filter, shell: shell) - bank.gain(of: filter - 1, shell: shell)
        }
        found[filter - 1] = Band(
          gains: RadialGains.table(to: radius, gain), window: window,
          correlation: Self.correlation(fsc, gain: gain, last: radius), windowed: windowed)
      }
    }
    bands = found.filled
  }

  /// The FSC of a band: the mean over its samples by their power in a map of Wiener weights, which falls like
  /// the FSC.
  private static func correlation(
    _ fsc: [Double], gain: (Double) -> Double, last: Int
  ) -> Double {
    var (sum, weights) = (0.0, 0.0)
    for shell in 1...max(1, min(last, fsc.count - 1)) where shell < fsc.count {
      let value = min(max(fsc[shell], 0.02), 0.999)
      let weight = gain(Double(shell)) * gain(Double(shell)) * Double(shell * shell) * value
      sum += weight * value
      weights += weight
    }
    return weights > 0 ? sum / weights : 0.5
  }

  func room(_ cube: CubeTransform) -> Room {
    let radius = bands.map(\.window.radius).max() ?? 1
    return Room(
      band: FFTBuffer(count: mask.count), power: FFTBuffer(count: mask.count),
      spectrum: BallSpectrum(size: cube.size, radius: radius))
  }

  /// The voxels of a spectrum, filtered, into the workspace's real buffer; what `RowTransform` makes of the
  /// spectrum, without any factor.
  ///
  /// - Parameters:
  ///   - radius: beyond which the spectrum is zero.
  ///   - places: given the place of each voxel in the bank: how many bands it takes, each by its Wiener
  ///     gain up to twice 0.143; nil where nobody asks.
  func apply(
    to workspace: CubeTransform.Workspace, of cube: CubeTransform, radius: Int, _ room: Room,
    places: FFTBuffer<Float>? = nil
  ) {
    let (transform, sum) = (cube.transform, workspace.real)
    transform.inverse(
      workspace.spectrum, radius: radius, gains: lowest, workspace.scratch, into: sum.pointer)
    places?.pointer.update(repeating: 0, count: mask.count)
    for band in bands {
      transform.inverse(
        workspace.spectrum, radius: radius, gains: band.gains, workspace.scratch,
        into: room.band.pointer)
      let noise = squares(room) * (1 - band.correlation)
      transform.forward(room.power.pointer, workspace.scratch, into: room.spectrum)
      transform.inverse(
        room.spectrum, radius: band.window.radius, gains: band.window.gains, workspace.scratch,
        into: room.power.pointer)
      add(room, band, noise: Float(noise), to: sum, places: places)
    }
  }

  /// Voxels that a thread looks at at a time.
  private static let chunk = 1 << 14

  /// Leaves the mask times the squared densities of a band in the room; returns their mean in the mask.
  private func squares(_ room: Room) -> Double {
    let parts = inParts(mask.count, chunk: Self.chunk) { range in
      var (total, weight) = (0.0, 0.0)
      let (band, power) = (room.band.pointer, room.power.pointer)
      for voxel in range {
        let density = factors[voxel] * band[voxel]
        power[voxel] = mask[voxel] * density * density
        total += Double(power[voxel])
        weight += Double(mask[voxel])
      }
      return SIMD2(total, weight)
    }
    let sum = parts.reduce(.zero, +)
    return sum.y > 0 ? sum.x / sum.y : 0
  }

  /// Adds what each place takes of a band.
  private func add(
    _ room: Room, _ band: Band, noise: Float, to sum: FFTBuffer<Float>, places: FFTBuffer<Float>?
  ) {
    let mean = takeGains(room, band, noise: noise)
    let share = Float(1 / max(band.correlation, mean))
    inParallel(mask.count, chunk: Self.chunk) { range in
      let (values, gains, sum) = (room.band.pointer, room.power.pointer, sum.pointer)
      for voxel in range where mask[voxel] > 0 {
        sum[voxel] += share * gains[voxel] * values[voxel]
        if let places { places.pointer[voxel] += min(1, gains[voxel] / 0.286) }
      }
    }
  }

  /// Puts the Wiener gains of places, 1 − N / P, in the place of the power; returns their mean in the mask.
  private func takeGains(_ room: Room, _ band: Band, noise: Float) -> Double {
    let parts = inParts(mask.count, chunk: Self.chunk) { range in
      var (total, weight) = (0.0, 0.0)
      let (power, windowed) = (room.power.pointer, band.windowed.pointer)
      for voxel in range where mask[voxel] > 0 {
        let local = power[voxel] / max(windowed[voxel], 1e-3)
        power[voxel] = local > noise ? 1 - noise / local : 0
        total += Double(mask[voxel] * power[voxel])
        weight += Double(mask[voxel])
      }
      return SIMD2(total, weight)
    }
    let sum = parts.reduce(.zero, +)
    return sum.y > 0 ? sum.x / sum.y : 0
  }

  /// The cut-offs of places of a mask at shares of them, from the lowest: shells of the cube.
  func quantiles(_ shares: [Double], of places: FFTBuffer<Float>) -> [Double] {
    let inside = (0..<mask.count).filter { mask[$0] >= 0.5 }.map { places[$0] }.sorted()
    return shares.map { share in
      guard !inside.isEmpty else { return bank.cutOff(at: Double(bank.count - 1)) }
      return bank.cutOff(at: Double(inside[Int(share * Double(inside.count - 1))]))
    }
  }
}

extension ReferenceMaker {
  /// Largest ratio of neighbouring cut-offs. Finer steps refine no better, and each filter costs transforms.
  private static let bankStep = 1.4

  /// The non-uniform filter of an iteration's references; nil where it is not asked for, or there is no room for
  /// two filters.
  ///
  /// - Parameters:
  ///   - fsc: corrected curve of the half-maps, shells of the cube.
  ///   - lastShell: of the references; `split`: up to which the halves share shells.
  ///   - interpolation: with which images were inserted.
  ///   - mask: of the voxels of the rows of the reconstruction's cube.
  func nonuniformFilter(
    fsc: [Double], lastShell: Int, split: Int, interpolation: Interpolation,
    reconstruction: Reconstruction, mask: [Float]
  ) -> LocalWienerFilter? {
    guard settings.nonuniform.enabled else { return nil }
    let cube = reconstruction.cube
    let last = min(lastShell, fsc.count - 1)
    // A low-resolution floor: what the halves share is not judged, and a third of the limit is coarse
    // enough for what is not.
    let bank = FilterBank(
      from: min(Double(max(split, 2)), Double(last) / 3), to: Double(last), step: Self.bankStep,
      settings: settings.nonuniform)
    guard bank.count > 1 else { return nil }
    let factors = FFTBuffer<Float>(count: cube.rows.count)
    factors.pointer.update(repeating: 1, count: cube.rows.count)
    cube.finish(
      factors.pointer, insertedBy: interpolation, isSymmetrised: reconstruction.isSymmetrised)
    return LocalWienerFilter(
      bank: bank, fsc: fsc, mask: mask, factors: factors.array, cube: cube,
      radius: lastShell + 1, awf: settings.nonuniform.awf, threads: settings.threads)
  }
}
