import CryoEM
import Fourier
import Ground

/// Non-uniform regularisation of the references of an iteration: a function of both whole half-maps.
///
/// A fold's reference takes the same filters and weights as its half, though its own images are in the
/// half-maps that they come from. What they can say there is a smooth number between the floor and
/// the limit in each window of several wavelengths: some tens of numbers, as many as the curve of the
/// FSC has, whose weights the folds share too.
struct NonuniformFilter: Sendable {
  /// The filters of the voxels.
  let cutOffs: LocalCutOffs
  /// The half-maps' curve for the weights of the shells, as the filters leave it.
  let fsc: [Double]

  /// - Parameters:
  ///   - halves: raw half-maps, up to the shell `last` of the references' cube.
  ///   - fsc: their corrected curve, shells of the cube.
  ///   - last: highest shell of the references; `split`: highest one that the halves share.
  ///   - mask: of the voxels of the cube's rows.
  init(
    halves: CutOffSearch.Halves, fsc: [Double], last: Int, split: Int, mask: [Float],
    cube: CubeTransform, settings: RefinementSettings
  ) {
    let last = min(last, fsc.count - 1)
    // A low-resolution floor: what the halves share is not judged, and a third of the limit is coarse
    // enough for what is not.
    let bank = FilterBank(
      from: min(Double(max(split, 2)), Double(last) / 3), to: Double(last), step: Self.step,
      settings: settings.nonuniform)
    cutOffs = CutOffSearch(
      bank: bank, transform: cube.transform, awf: settings.nonuniform.awf,
      threads: settings.threads
    ).cutOffs(halves: halves, weights: Self.weights(fsc, last: last), mask: mask)
    self.fsc =
      cutOffs.isFiltering
      ? Self.raised(fsc, last: last, halves, cutOffs, mask, cube, threads: settings.threads)
      : fsc
  }

  /// Largest ratio of neighbouring cut-offs. What lies between two is a blend of both: finer steps refine
  /// no better (from 1.15 to 1.5 poses even gain a little), and each filter costs transforms.
  private static let step = 1.4

  /// The gains with which the filters of a bank are judged: the reference's own, but not under twice
  /// 0.143, so that no band is let in where the halves do not agree at least so much.
  private static func weights(_ fsc: [Double], last: Int) -> [Double] {
    fsc.prefix(last + 1).map { min(max($0, 2 * 0.143), 1) }
  }

  /// The curve with the noise that the filters take away: its signal-to-noise ratio FSC/(1 − FSC) times
  /// the ratio of those of the filtered and the raw half-maps in the mask. Without it the rest of a
  /// shell would still be weighted down for noise that is no longer there.
  private static func raised(
    _ fsc: [Double], last: Int, _ halves: CutOffSearch.Halves, _ cutOffs: LocalCutOffs,
    _ mask: [Float], _ cube: CubeTransform, threads: Int
  ) -> [Double] {
    let spectra = Collected<[BallSpectrum]>(count: 2)
    let radius = halves.spectra[0].radius
    parallelFor(count: 2, chunk: 1, threads: threads) { range, _ in
      for half in range {
        let workspace = CubeTransform.Workspace(
          real: FFTBuffer(count: cube.rows.count), spectrum: halves.spectra[half],
          scratch: cube.transform.workspace(radius: radius))
        func masked() -> BallSpectrum {
          inParallel(mask.count, chunk: 1 << 14) { range in
            let values = workspace.real.pointer
            for voxel in range { values[voxel] *= mask[voxel] * halves.factors[voxel] }
          }
          let spectrum = BallSpectrum(size: cube.size, radius: min(last + 1, radius))
          cube.transform.forward(workspace.real.pointer, workspace.scratch, into: spectrum)
          return spectrum
        }
        cube.transform.inverse(
          workspace.spectrum, workspace.scratch, into: workspace.real.pointer)
        let raw = masked()
        cutOffs.apply(
          to: workspace, of: cube, radius: radius, FFTBuffer(count: cube.rows.count))
        spectra[half] = [raw, masked()]
      }
    }
    guard let a = spectra[0], let b = spectra[1] else { return fsc }
    return raised(
      fsc, last: last, raw: fourierShellCorrelation(a[0], b[0]),
      filtered: fourierShellCorrelation(a[1], b[1]))
  }

  /// The same for the curves of the raw and filtered half-maps.
  static func raised(
    _ fsc: [Double], last: Int, raw: [Double], filtered: [Double]
  ) -> [Double] {
    func ratio(_ correlation: Double) -> Double {
      let bounded = min(max(correlation, 0.02), 0.999)
      return bounded / (1 - bounded)
    }
    return fsc.indices.map { shell in
      guard shell > 0, shell <= last, shell < raw.count else { return fsc[shell] }
      // Noise can only go, and a filter does not take more than most of it.
      let gain = min(max(ratio(filtered[shell]) / ratio(raw[shell]), 1), 4)
      let raised = gain * ratio(fsc[shell])
      return max(fsc[shell], raised / (1 + raised))
    }
  }
}

extension ReferenceMaker {
  /// The non-uniform filter of an iteration's references; nil where it is not asked for.
  ///
  /// - Parameters:
  ///   - sums: of the half-sets, by fold; `means`: their mean weights per shell.
  ///   - fsc: corrected curve of the half-maps, shells of the cube.
  ///   - lastShell: of the references; `split`: up to which the halves share shells.
  ///   - reconstruction: on the references' cube; `mask`: of the voxels of its rows.
  func nonuniformFilter(
    _ sums: [[Accumulator]], means: [[Double]], fsc: [Double], lastShell: Int, split: Int,
    reconstruction: Reconstruction, mask: [Float]
  ) -> NonuniformFilter? {
    let settings = context.settings
    guard settings.nonuniform.enabled else { return nil }
    let cube = reconstruction.cube
    let spectra = (0..<2).map { _ in BallSpectrum(size: cube.size, radius: lastShell + 1) }
    parallelFor(count: 2, chunk: 1, threads: settings.threads) { range, _ in
      for half in range {
        reconstruction.divide(
          Reconstruction.Quotient(
            parts: sums[half],
            regularisation: Reconstruction.regularisation(means: means[half], last: lastShell)),
          into: spectra[half])
      }
    }
    let factors = FFTBuffer<Float>(count: cube.rows.count)
    factors.pointer.update(repeating: 1, count: cube.rows.count)
    cube.finish(
      factors.pointer, insertedBy: sums[0][0].interpolation,
      isSymmetrised: reconstruction.isSymmetrised)
    return NonuniformFilter(
      halves: CutOffSearch.Halves(spectra: spectra, factors: factors.array), fsc: fsc,
      last: lastShell, split: split, mask: mask, cube: cube, settings: settings)
  }
}
