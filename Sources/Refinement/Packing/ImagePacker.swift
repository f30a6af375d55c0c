import CryoEM
import Fourier
import Ground
import Particles

/// Makes the packed images of a run: reads, subtracts, weights by CTF and noise, and keeps the window
/// around the projected mask.
struct ImagePacker: Sendable {
  let transformer: ImageTransformer
  let geometry: Geometry
  let points: SamplingPoints
  /// Noise variance per shell of the box, per half-set and optics group.
  let survey: Survey
  /// The density outside the mask of each half; empty to subtract nothing.
  let outside: [BoxModel]
  /// The defocus of the body and of what is around it, where that is not the particle's.
  let defocus: BodyDefocus?
  /// The bodies that move beside this one; nil where there are none.
  var neighbours: Neighbours?
  /// Shell of each sample of the box's half-spectrum; box/2 for all beyond the last that is used.
  let shells: [Int32]
  /// 1/σ² per shell of the box, 0 where data are ignored, per half-set and optics group.
  let inverseNoise: [[Float]]
  /// What remains of it in each direction, for each sample of the half-spectrum; empty unless noise is
  /// coloured.
  let directionFactors: [[Float]]
  let inverse: RealTransform
  let forward: RealTransform

  /// - Parameters:
  ///   - highpassShell: shell of the box below which data are ignored; 0 for none.
  ///   - defocus: nil where body and rest are at the particle's defocus.
  init(
    transformer: ImageTransformer, geometry: Geometry, points: SamplingPoints, survey: Survey,
    outside: [BoxModel], highpassShell: Int, defocus: BodyDefocus? = nil
  ) {
    self.transformer = transformer
    self.geometry = geometry
    self.points = points
    self.survey = survey
    self.outside = outside
    self.defocus = defocus
    let box = geometry.box
    let width = box / 2 + 1
    shells = (0..<box * width).map { pixel in
      let (x, ky) = (pixel % width, signedFrequency(pixel / width, size: box))
      return Int32(min(shell(ofSquare: x * x + ky * ky), box / 2))
    }
    inverseNoise = survey.noise.map { noise in
      (0...box / 2).map { shell in
        shell > 0 && shell >= highpassShell && shell < box / 2 && noise[shell] > 0
          ? Float(1 / noise[shell]) : 0
      }
    }
    let shells = shells
    directionFactors = survey.noiseDirections.map { directions in
      shells.indices.map { pixel in
        let (x, ky) = (pixel % width, signedFrequency(pixel / width, size: box))
        return Float(
          1
            / directions.ratio(
              shell: Int(shells[pixel]), position: NoiseDirections.position(Double(x), Double(ky)))
        )
      }
    }
    inverse = transformer.transform
    forward = RealTransform(shape: [geometry.window, geometry.window])
  }

  /// Everything that came of packing.
  struct Result: Sendable {
    let images: PackedImages
    /// The largest data and weights of each half-set.
    let magnitudes: [ImageMagnitudes]
    /// For each particle the position of its window's centre, pixels from the image's centre.
    let windowCentres: [SIMD2<Int32>]
    /// What each particle's CTF is multiplied by in its image as it was loaded; empty for one.
    let imageScales: [Double]
    /// Particles whose image is also that of a particle of the other half-set, another source.
    let sharedCount: Int
  }

  /// Packs all particles, or those of a rank; `progress` is told how many are done. What all ranks have
  /// found in their images is in the result on each.
  ///
  /// - Parameters:
  ///   - shard: of which particles; nil for all of them.
  ///   - scratch: folder of a scratch file; nil to pack into memory.
  ///   - bad: the images that cannot be used; those found here are added.
  /// - Throws: `Problem` where too many images cannot be used, or for a scratch folder without room.
  func pack(
    threads: Int, shard: Shard? = nil, scratch: String? = nil, bad: BadImages,
    control: RefinementControl, progress: @escaping @Sendable (Int) -> Void
  ) throws -> Result {
    let particles = transformer.particles
    let shard = shard ?? Shard(of: particles.count)
    let (first, count) = (shard.particles.lowerBound, shard.particles.count)
    let images =
      try scratch.map { (folder) throws(Problem) in
        try PackedImages(points: points, count: count, first: first, scratch: folder)
      } ?? PackedImages(points: points, count: count, first: first)
    let centres = (0..<particles.count).map { windowCentre(of: $0) }
    let chunk = 32
    let counter = Counter()
    let fingerprints = Collected<[Fingerprint]>(count: (count + chunk - 1) / chunk)
    let scales = Collected<[Double]>(count: (count + chunk - 1) / chunk)
    let workspaces = WorkspacePool { Workspace(packer: self, measures: true) }
    parallelFor(count: count, chunk: chunk, threads: threads, name: "particles: pack") { range, _ in
      let workspace = workspaces.take()
      defer { workspaces.giveBack(workspace) }
      var seen: [Fingerprint] = []
      var scale = [Double](repeating: 1, count: range.count)
      for particle in range.lazy.map({ first + $0 }) where !bad.contains(particle) {
        // A file server that went away must not be asked for all the others.
        if control.isStopRequested || bad.isOverLimit { return }
        do throws(Problem) {
          try pack(particle, centre: centres[particle], into: images, slot: particle, workspace)
          scale[particle - first - range.lowerBound] = workspace.image.scale
          seen.append(Fingerprint(particle: particle, value: workspace.image.fingerprint))
          images.release(particle)
        } catch { bad.add(particle, error, in: .packing) }
      }
      fingerprints[range.lowerBound / chunk] = seen
      scales[range.lowerBound / chunk] = scale
      progress(counter.add(range.count))
    }
    try control.throwIfStopped()
    try shard.share(bad)
    try bad.throwIfOverLimit()
    var magnitudes = noMagnitudes
    let measured =
      try shard.gather(workspaces.all.map(\.magnitudes).reduce(magnitudes, Self.sum))
    magnitudes = measured.reduce(magnitudes, Self.sum)
    return Result(
      images: images, magnitudes: magnitudes, windowCentres: centres,
      imageScales: try imageScales(of: scales.values().flatMap { $0 }, first: first),
      sharedCount: sharedCount(
        try shard.gather(try fingerprints.values().flatMap { $0 }).joined()))
  }

  /// Those of all particles, of which a rank knows its own; empty where all are one.
  private func imageScales(of own: [Double], first: Int) -> [Double] {
    guard own.contains(where: { $0 != 1 }) else { return [] }
    var all = [Double](repeating: 1, count: transformer.particles.count)
    all.replaceSubrange(first..<first + own.count, with: own)
    return all
  }

  private static func sum(
    _ a: [ImageMagnitudes], _ b: [ImageMagnitudes]
  ) -> [ImageMagnitudes] {
    zip(a, b).map { a, b in
      var sum = a
      sum.add(b)
      return sum
    }
  }

  /// The magnitudes of all images, of which none is kept. `progress` is told how many are done.
  ///
  /// - Throws: `Problem` where too many images cannot be used.
  func magnitudes(
    threads: Int, bad: BadImages, control: RefinementControl,
    progress: @escaping @Sendable (Int) -> Void
  ) throws -> [ImageMagnitudes] {
    let counter = Counter()
    let workspaces = WorkspacePool {
      (Workspace(packer: self, measures: true), PackedImages(points: points, count: 1))
    }
    parallelFor(
      count: transformer.particles.count, chunk: 32, threads: threads, name: "particles: measure"
    ) { range, _ in
      let (workspace, packed) = workspaces.take()
      defer { workspaces.giveBack((workspace, packed)) }
      for particle in range where !bad.contains(particle) {
        if control.isStopRequested || bad.isOverLimit { return }
        do throws(Problem) {
          try pack(particle, centre: .zero, into: packed, slot: 0, workspace)
        } catch { bad.add(particle, error, in: .packing) }
      }
      progress(counter.add(range.count))
    }
    try control.throwIfStopped()
    try bad.throwIfOverLimit()
    return workspaces.all.map(\.0.magnitudes).reduce(noMagnitudes, Self.sum)
  }

  /// What tells a particle's image from others.
  struct Fingerprint: Sendable, PlainData {
    var particle: Int
    var value: SIMD4<UInt32>
  }

  /// How many particles have an image that is in the other half-set, too, under another name.
  private func sharedCount(_ seen: some Sequence<Fingerprint>) -> Int {
    var halves: [SIMD4<UInt32>: (a: Int, b: Int)] = [:]
    for (particle, fingerprint) in seen.lazy.map({ ($0.particle, $0.value) }) {
      if transformer.particles.halfSets[particle] == .a {
        halves[fingerprint, default: (0, 0)].a += 1
      } else {
        halves[fingerprint, default: (0, 0)].b += 1
      }
    }
    return halves.values.reduce(0) { $0 + ($1.a > 0 && $1.b > 0 ? $1.a + $1.b : 0) }
  }

  /// Where the window of a particle lies, pixels from the image's centre: at its mask's projected
  /// centre, or at the image's centre when the window is the whole image.
  func windowCentre(of particle: Int) -> SIMD2<Int32> {
    guard geometry.window < geometry.box else { return .zero }
    let pose = transformer.particles.poses[particle]
    let projected = magnification(of: particle)
      .position(of: pose.rotation.projected(geometry.centre))
    let position = (projected - pose.origin) / geometry.pixelSize
    // An origin far off the image is a window without pixels, however far it is.
    func pixel(_ value: Double) -> Int32 {
      value.isFinite ? Int32(min(max(value.rounded(), -1e6), 1e6)) : 1_000_000
    }
    return SIMD2(pixel(position.x), pixel(position.y))
  }

  /// Magnification matrix of a particle's optics group, where it is used.
  func magnification(of particle: Int) -> Magnification {
    transformer.particles.magnification(
      of: particle, isUsed: transformer.switches.magnification)
  }

  /// Those of half-sets without images.
  var noMagnitudes: [ImageMagnitudes] {
    HalfSet.allCases.map { _ in
      ImageMagnitudes(
        packed: Magnitudes(shells: points.maximumShell + 1),
        whole: Magnitudes(shells: geometry.box / 2 + 1))
    }
  }

  /// Quanta for sums of a half-set's whole images, which are not packed before they are inserted.
  ///
  /// - Parameters:
  ///   - whole: the largest data and weights of whole images before they are divided by the noise.
  ///   - scale: the largest scale of a particle.
  func quanta(of half: HalfSet, whole: Magnitudes, scale: Double) -> ExactSums.Quanta {
    var factors = [Double](repeating: 0, count: geometry.box / 2 + 1)
    let groups = inverseNoise.count / 2
    for slot in half.rawValue * groups..<(half.rawValue + 1) * groups {
      let noise = inverseNoise[slot]
      let most = slot < directionFactors.count ? directionFactors[slot].max() ?? 1 : 1
      for shell in noise.indices {
        factors[shell] = max(factors[shell], Double(noise[shell] * most))
      }
    }
    return whole.quanta(factors: factors, scale: scale)
  }
}
