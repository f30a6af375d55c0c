import CryoEM
import Fourier
import Glibc
import Ground

/// Makes the references of the next search from accumulated images, and measures the half-maps.
struct ReferenceMaker: Sendable {
  let frame: ParticleFrame
  let settings: RefinementSettings
  /// Whether other bodies look on.
  let isSeen: Bool
  /// The mask on the cubes of the iterations.
  let masks: CubeMasks
  /// Those of the references where they are others than those of the measures.
  var ownMasks: CubeMasks?
  /// Whether masks are already made of the map.
  var isMaskDynamic = false
  /// The resolution (Å) to which the half-maps of the input, or those of the images at the input's poses, agree by
  /// half; 0 for unknown. What is finer is not shared by the halves: noise that both are aligned to comes to look
  /// like signal in both.
  var agreement = 0.0

  /// What came out of an iteration's accumulators.
  struct Product: Sendable {
    /// References, indexed [half · folds + fold], up to the next search's band.
    var references: [ReferenceGrid]
    /// The half-maps' curves, in shells of the cube.
    var fsc: FSCReport
    /// Voxels and voxel size (Å) of the cube.
    var size: Int
    var voxelSize: Double
    /// Band of the next search, shell of the window, and the share with which its last shell counts.
    var band: Int
    var edge: Double
    /// ln of the mean squared amplitude of the masked mean map per shell.
    var guinier: RadialCurve
    /// The raw half-maps about the mask's centre.
    var halfMaps: [Volume]
    /// The mask of the references on the same cube.
    var mask: MaskChoice
    /// The resolution (Å) that nine tenths, half and a tenth of the references' voxels in the mask have at least;
    /// nil without non-uniform regularisation.
    var filtered: [Double]?
    /// The references' density of all of a half's images; nil for a body that is alone.
    var shown: ShownDensity?

    /// What the log says of mask and filters.
    var remarks: [RefinementEvent] {
      var remarks = mask.event.map { [$0] } ?? []
      if let filtered {
        let texts = filtered.map { ($0 * 10).rounded() / 10 }
        remarks.append(
          .log(
            "non-uniform filter: to \(texts[1]) Å at half of the places in the mask, to \(texts[0]) Å "
              + "at nine tenths of them, to \(texts[2]) Å at a tenth")
        )
      }
      return remarks
    }
  }

  /// The masks of the references.
  var referenceMasks: CubeMasks { ownMasks ?? masks }

  /// Parts of the work, for those who wait.
  enum Part: Int { case measurement, filter, references, firstReferences, calibration }

  /// Costs of the parts and of what follows: nanoseconds on the clock of the machine where they were
  /// measured, of which only the ratios count.
  ///
  /// - Parameters:
  ///   - plan: of what was inserted.
  ///   - isFirst: whether the input's maps are made references afterwards, and tried on some images.
  func costs(of plan: IterationPlan, isFirst: Bool) -> [Double] {
    // How much a further thread helps.
    func shared(_ cost: Double, among tasks: Int, gain: Double) -> Double {
      cost / (1 + gain * Double(max(1, min(settings.threads, tasks)) - 1))
    }
    func cubed(_ size: Int) -> Double { Double(size * size * size) }
    let size = plan.measuredSize
    let voxels = cubed(size)
    let reference = cubed(plan.referenceSize(lastShell: plan.lastShell))
    let folds = 2 * frame.foldCount
    let filters = settings.nonuniform.enabled
    let period = cubed(frame.geometry.period)
    let masks =
      (masks.hasCurves ? 0 : 4 * period) + (masks.hasCurves(size: size) ? 0 : 12 * voxels)
    return [
      shared(68 * voxels, among: 8, gain: 0.5) + masks,
      isFirst || !filters ? 0 : shared(6 * reference, among: settings.threads, gain: 0.5),
      isFirst
        ? 0
        : shared(
          (filters ? 20 : 8) * reference * Double(folds), among: folds, gain: 0.75),
      isFirst ? 24 * period : 0,
      isFirst ? shared(calibration, among: settings.threads, gain: 0.9) : 0, 10 * voxels,
    ]
  }

  /// Cost of trying the first references on some images.
  private var calibration: Double {
    guard settings.estimateGreyscale else { return 0 }
    let band = frame.geometry.shell(atResolution: settings.initialResolution)
    let evaluations = 50.0
    let sample = Double(min(frame.particles.count, 2 * Body.calibrated))
    return sample * evaluations * 1.6 * Double(band * band) * 3.5
  }

  /// Divides, measures, filters and masks.
  ///
  /// - Parameters:
  ///   - accumulators: of one iteration, indexed [half · folds + fold]; completed.
  ///   - inserted: highest shell of the window that they hold.
  ///   - bandLimit: highest band that the next search may have.
  ///   - measuringOnly: whether no references are wanted.
  ///   - progress: told which share of a part is done.
  func make(
    _ accumulators: [Accumulator], inserted: Int, bandLimit: Int, measuringOnly: Bool = false,
    progress: @escaping @Sendable (Double, Part) -> Void = { _, _ in }
  ) -> Product {
    let folds = frame.foldCount
    let threads = settings.threads
    let halfSums = (0..<2).map { Array(accumulators[($0 * folds)..<(($0 + 1) * folds)]) }
    let reconstruction = Reconstruction(
      geometry: frame.geometry, radius: accumulators[0].radius)
    let means = halfSums.map { reconstruction.shellMeans($0, threads: threads) }
    let filled = frame.filledShell(of: frame.geometry, upTo: inserted)
    let halves = rawHalves(halfSums, means: means, last: filled, reconstruction)
    let measuring = masks.mask(size: reconstruction.cube.size)
    let fsc = FSCMeasurement(
      halfA: halves[0], halfB: halves[1], masks: masks.curves(size: reconstruction.cube.size),
      seed: settings.randomSeed &+ 1, scheduler: scheduler(threads: threads)
    ).report.cut(after: filled, edge: halves[0].edge)
    progress(1, .measurement)
    let (band, edge) = nextBand(fsc, limit: min(bandLimit, inserted))
    let lastShell = min(
      filled, IterationPlan(frame.geometry, band: band, inserted: inserted).lastShell)
    let split = Int(
      Double(frame.geometry.period) * frame.geometry.pixelSize
        / max(settings.splitResolution, agreement)
    )
    // What is only measured is not masked by itself.
    let mask =
      measuringOnly
      ? MaskChoice(input: measuring.mask)
      : MaskChoice(
        halves: halves, region: referenceMasks.mask(size: reconstruction.cube.size).mask,
        resolution: fsc.resolution143,
        hasStarted: isMaskDynamic, settings: settings)
    var made: (references: [ReferenceGrid], filtered: [Double]?, shown: ShownDensity?) = (
      [], nil, nil
    )
    if !measuringOnly {
      made = references(
        halfSums, means: means, fsc: fsc.corrected, lastShell: lastShell, split: split,
        band: band, inserted: inserted, mask: mask, progress: progress)
    }
    return Product(
      references: made.references, fsc: fsc, size: reconstruction.cube.size,
      voxelSize: reconstruction.voxelSize, band: band, edge: edge,
      guinier: guinier(halves, inside: measuring).cut(after: filled), halfMaps: halves,
      mask: mask, filtered: made.filtered, shown: made.shown)
  }

  /// ln of the mean squared amplitude per shell of the mean of the half-maps in the mask.
  private func guinier(_ halves: [Volume], inside masks: CubeMasks.Masks) -> RadialCurve {
    let size = masks.mask.size
    let transform = RowTransform(masks.rows)
    let values = FFTBuffer<Float>(count: masks.rows.count)
    let (a, b) = (halves[0].voxels, halves[1].voxels)
    inParallel(masks.rows.rows.count, chunk: 512) { range in
      for row in masks.rows.rows[range] {
        let start = (row.z * size + row.y) * size + row.x.lowerBound
        for x in 0..<row.x.count {
          values.pointer[row.first + x] =
            0.5 * (a[start + x] + b[start + x]) * masks.mask.voxels[start + x]
        }
      }
    }
    let spectrum = BallSpectrum(size: size, radius: size / 2)
    transform.forward(
      values.pointer, transform.workspace(radius: spectrum.radius), into: spectrum)
    return RadialCurve(
      spectrum.shellPower.map { $0 > 0 ? log($0) : -50 }, edge: halves[0].edge)
  }

  /// The unfiltered half-maps, up to the last shell with real weight.
  private func rawHalves(
    _ sums: [[Accumulator]], means: [[Double]], last: Int, _ reconstruction: Reconstruction
  ) -> [Volume] {
    let halves = Collected<Volume>(count: 2)
    parallelFor(count: 2, chunk: 1, threads: settings.threads) { range, _ in
      for half in range {
        halves[half] = reconstruction.volume(
          of: Reconstruction.Quotient(
            parts: sums[half],
            regularisation: Reconstruction.regularisation(means: means[half], last: last)))
      }
    }
    return halves.filled
  }

  /// 1/τ² per shell of the cube: the mean weight over the signal-to-noise ratio FSC/(1 − FSC).
  static func regularisation(
    _ fsc: [Double], means: [Double], last: Int, floor: Double
  ) -> [Float] {
    means.indices.map { shell in
      guard shell <= last, shell < fsc.count else { return .infinity }
      let value = min(max(shell == 0 ? 1 : fsc[shell], floor), 0.999)
      return Float(means[shell] * (1 - value) / value) + 1e-20
    }
  }

  /// How far a curve stays above 0.143, in shells, with fraction; a smooth function of its values, so
  /// that the next search does not hang on the last digits of the input.
  ///
  /// Where the curve falls straight through 0.143 it is the crossing. A single dip does not count: two
  /// shells have to be under the threshold. What comes after the fall does not count either. Between
  /// 0.123 and 0.163 a place counts by a share: a curve that grazes the threshold is neither in nor out.
  static func reach(of curve: [Double]) -> Double {
    let width = 0.04
    // The integral from 0 of a ramp from 0 to 1.
    func ramp(_ u: Double) -> Double { u <= 0 ? 0 : u < 1 ? u * u / 2 : u - 0.5 }
    var (reach, lowest) = (0.0, Double.infinity)
    for shell in curve.indices {
      let next = shell + 1 < curve.count ? curve[shell + 1] : curve[shell]
      let before = (lowest - 0.143) / width + 0.5
      lowest = min(lowest, max(curve[shell], next))
      guard shell > 0 else { continue }
      let after = (lowest - 0.143) / width + 0.5
      // The mean of the share over the straight line from one shell to the next.
      reach +=
        before - after > 1e-9
        ? (ramp(before) - ramp(after)) / (before - after) : min(max(after, 0), 1)
    }
    return reach
  }

  /// The band of the next search: as far as the corrected curve stays above 0.143, within the limit, and
  /// at least the shell of the gold-standard split. Its last shell counts by the share that the curve
  /// reaches into it.
  private func nextBand(_ fsc: FSCReport, limit: Int) -> (band: Int, edge: Double) {
    let geometry = frame.geometry
    let least = geometry.shell(atResolution: settings.splitResolution)
    let reached = Self.reach(of: fsc.corrected) / geometry.oversampling
    return Self.band(reaching: reached, least: min(least, limit), most: limit)
  }

  /// The band that reaches a shell with its fraction.
  static func band(reaching reached: Double, least: Int, most: Int) -> (band: Int, edge: Double) {
    let last = Int(reached.rounded(.up))
    if last > most { return (most, 1) }
    if last <= least { return (least, 1) }
    return (last, reached - Double(last - 1))
  }
}
