import CKernels
import CryoEM
import Fourier
import Ground
import Particles

/// The last reconstruction: from the images themselves, in their full box, to the Nyquist shell.
struct FinalPass: Sendable {
  let frame: ParticleFrame
  let usable: UsableImages
  /// Of which the packed images themselves are not needed any more.
  let images: BodyImages
  let settings: RefinementSettings
  let control: RefinementControl
  /// The noise of packing.
  let packingNoise: Survey
  let insertion: Interpolation
  let transformer: ImageTransformer
  /// What is subtracted from the images; empty for nothing.
  let outside: [BoxModel]
  /// Whether half-sets are inserted one after the other, for less memory; the sums are the same.
  var isFrugal = false
  /// The curvature of the Ewald sphere; nil to take it for a plane.
  var ewald: EwaldCurvature?
  /// Images that a thread reads, transforms and inserts at a time.
  private static let chunk = 4

  /// Costs of the images, the half-maps, their FSC, the map and what follows, relative to a pixel of
  /// an image on one thread; measured.
  var costs: [Double] {
    let threads = Double(max(1, settings.threads))
    let image = Double(frame.geometry.box * frame.geometry.box)
    let volume = image * Double(frame.geometry.box)
    let period = Double(frame.geometry.period)
    // Memory that is touched for the first time, sharpening, and the local resolution.
    let (sums, sharpening, local) = (
      1.2 * volume, volume, 0.5 * volume + 0.8 * period * period * period
    )
    let each = ewald == nil ? image : 2 * image
    return [
      Double(frame.particles.count) * each / threads + sums, 3 * volume / min(2, threads),
      1.9 * volume / (1 + 0.5 * (threads - 1)), 2.2 * volume, sharpening + local,
    ]
  }

  /// All images inserted at their last poses, each half-set by itself; nil on all ranks but the first.
  func accumulate(
    _ state: RefinementState, progress: @escaping @Sendable (Int) -> Void
  ) throws -> FinalSums? {
    let box = frame.geometry.box
    // Half again as much room as the box keeps the kernel's aliases small where the mask is.
    let geometry = Geometry(
      box: box, pixelSize: frame.geometry.pixelSize, window: box,
      period: goodTransformSize(atLeast: box * 3 / 2), centre: .zero, fulcrum: .zero,
      maskDiameter: Double(box), stretch: frame.geometry.stretch,
      symmetry: frame.geometry.symmetry)
    let points = SamplingPoints(window: box, maximumShell: box / 2 - 1)
    var packer = ImagePacker(
      transformer: transformer, geometry: geometry, points: points,
      survey: currentNoise(state), outside: outside, highpassShell: 0,
      defocus: frame.bodyDefocus(state, sign: ewald?.sign))
    packer.neighbours = images.packer?.neighbours
    let radius = geometry.clampedGridRadius(ofShell: box / 2 - 1)
    let threads = settings.threads
    let counter = Counter()
    var accumulators: [Accumulator] = []
    for halves in halvesAtATime {
      var sums = halves.map { half in
        ExactSums(
          radius: radius, interpolation: insertion,
          quanta: packer.quanta(
            of: half, whole: images.magnitudes[half.rawValue].whole,
            scale: state.largestScale(in: half, frame.particles.halfSets)
          ).withDataRoom(images.dataRoom * (ewald == nil ? 1 : Self.room)),
          accumulators: halves.count)
      }
      ExactSums.touch(sums)
      let (count, held) = (frame.particles.count, usable.shard.particles.count)
      try insert(halves, state, packer: packer, into: sums) {
        progress(counter.add($0) * count / held)
      }
      accumulators += try usable.shard.accumulatorsOfFirst(of: &sums, threads: threads)
    }
    guard usable.shard.isFirst else { return nil }
    Symmetriser(group: geometry.symmetry, threads: threads).symmetrise(accumulators)
    return FinalSums(
      geometry: geometry, halves: accumulators,
      last: frame.filledShell(of: geometry, upTo: box / 2 - 1), threads: threads)
  }

  /// What the largest data are multiplied by for side-bands: half the data without their CTF are
  /// inserted, while magnitudes are those of data times it. Where that is least, at low frequencies, it
  /// is the amplitude contrast, some hundredths.
  private static let room = 64.0

  /// Both halves at once, or one after the other where memory is short.
  private var halvesAtATime: [[HalfSet]] {
    isFrugal ? HalfSet.allCases.map { [$0] } : [HalfSet.allCases]
  }

  /// The noise of packing times what the iterations learnt of it.
  private func currentNoise(_ state: RefinementState) -> Survey {
    var survey = packingNoise
    let geometry = frame.geometry
    let ratio = Double(geometry.window) / Double(geometry.box)
    for slot in survey.noise.indices {
      let factors = RadialCurve(state.noiseFactors[slot], edge: geometry.windowEdge).resampled(
        fromSize: geometry.window, to: geometry.box, shells: survey.noise[slot].count)
      survey.noise[slot] = zip(survey.noise[slot], factors).map { $0 * $1 }
      if slot < survey.noiseDirections.count, slot < state.noiseDirections.count {
        survey.noiseDirections[slot] = survey.noiseDirections[slot].times(
          state.noiseDirections[slot], shellScale: ratio)
      }
    }
    return survey
  }

  /// Inserts the images of halves into their sums; `progress` is told how many more are done.
  private func insert(
    _ halves: [HalfSet], _ state: RefinementState, packer: ImagePacker, into sums: [ExactSums],
    progress: @escaping @Sendable (Int) -> Void
  ) throws {
    let points = packer.points
    let bad = usable.bad
    let used = usable.shard.particles.filter {
      usable.uses($0) && halves.contains(frame.particles.halfSets[$0])
    }
    let ones = points.factorsOfOne(upTo: points.maximumShell)
    let radius = sums[0].radius
    let workspaces = WorkspacePool {
      (
        ImagePacker.Workspace(packer: packer), PackedImages(points: points, count: 2),
        ExactSums.Room(points: points.paddedCount, radius: radius)
      )
    }
    parallelFor(
      count: used.count, chunk: Self.chunk, threads: settings.threads,
      name: "particles: insert"
    ) { range, _ in
      let (workspace, packed, room) = workspaces.take()
      defer { workspaces.giveBack((workspace, packed, room)) }
      let all = points.points(factor: ones, band: points.maximumShell)
      for particle in range.lazy.map({ used[$0] }) {
        if control.isStopRequested || bad.isOverLimit { return }
        do throws(Problem) {
          if let ewald {
            try packer.packSideBands(particle, ewald, into: packed, workspace)
          } else {
            try packer.pack(particle, centre: .zero, into: packed, slot: 0, workspace)
          }
        } catch {
          bad.add(particle, error, in: .final)
          continue
        }
        let slot = halves.firstIndex(of: frame.particles.halfSets[particle]) ?? 0
        for (image, curvature) in curvatures(of: particle, packer.geometry).enumerated() {
          insert(
            particle, packed.image(image), points: all, state, curvature: curvature,
            into: sums[slot], geometry: packer.geometry, room)
        }
      }
      progress(range.count)
    }
    try control.throwIfStopped()
    try usable.shard.share(bad)
    try bad.throwIfOverLimit()
  }

  private func insert(
    _ particle: Int, _ image: fulcrum_image, points: fulcrum_points, _ state: RefinementState,
    curvature: Double, into sums: ExactSums, geometry: Geometry, _ room: ExactSums.Room
  ) {
    let start = state.start[particle]
    let inserter = Inserter(
      geometry: geometry, marginalize: settings.marginalize,
      moved: { alignment in
        // Exactly the input's where nothing moved.
        let pose =
          alignment == start
          ? frame.particles.poses[particle] : frame.pose(alignment, of: particle)
        return Alignment(rotation: pose.rotation, position: pose.position(of: .zero))
      })
    inserter.insert(
      image, points: points, at: state.poses[particle], posterior: state.posteriors[particle],
      scale: state.scales[particle], magnification: frame.magnification(of: particle),
      curvature: curvature, into: sums, room)
  }

  /// Where each packed part of an image goes along the beam: a plane, or the two points of the sphere.
  private func curvatures(of particle: Int, _ geometry: Geometry) -> [Double] {
    guard let ewald else { return [0] }
    let coefficient = EwaldCurvature.coefficient(
      wavelength: transformer.optics(of: particle).wavelength,
      period: Double(geometry.period) * geometry.pixelSize)
    return [-Double(ewald.sign) * coefficient, Double(ewald.sign) * coefficient]
  }
}
