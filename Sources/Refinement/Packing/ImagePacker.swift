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
  private let inverse: RealTransform
  private let forward: RealTransform

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
      return Int32(min(Int(Float(x * x + ky * ky).squareRoot().rounded()), box / 2))
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
    let projected = Magnification(magnification(of: particle))
      .position(of: pose.rotation.projected(geometry.centre))
    let position = (projected - pose.origin) / geometry.pixelSize
    // An origin far off the image is a window without pixels, however far it is.
    func pixel(_ value: Double) -> Int32 {
      value.isFinite ? Int32(min(max(value.rounded(), -1e6), 1e6)) : 1_000_000
    }
    return SIMD2(pixel(position.x), pixel(position.y))
  }

  /// Magnification matrix of a particle's optics group, where it is used.
  func magnification(of particle: Int) -> [Double] {
    transformer.switches.magnification
      ? transformer.optics(of: particle).magnification : [1, 0, 0, 1]
  }

  /// Those of half-sets without images.
  private var noMagnitudes: [ImageMagnitudes] {
    HalfSet.allCases.map { _ in
      ImageMagnitudes(
        packed: Magnitudes(shells: points.maximumShell + 1),
        whole: Magnitudes(shells: geometry.box / 2 + 1))
    }
  }

  /// Buffers of one thread.
  final class Workspace: @unchecked Sendable {
    /// Whether magnitudes are measured, and what they are so far.
    let measures: Bool
    fileprivate var magnitudes: [ImageMagnitudes]
    let image: ImageTransformer.Workspace
    let weight: FFTBuffer<ComplexFloat>
    let real: FFTBuffer<Float>
    let window: FFTBuffer<Float>
    let windowSpectrum: FFTBuffer<ComplexFloat>
    /// A CTF at another defocus than the particle's; empty where there is none.
    nonisolated(unsafe) var other: [Float] = []
    /// Of which particle, and at what change of its defocus, Å.
    nonisolated(unsafe) var otherOf: (particle: Int, change: Double)?
    /// The same a quarter of a turn farther on.
    nonisolated(unsafe) var quadrature: [Float] = []
    let modelReal: FFTBuffer<Float>
    let modelImaginary: FFTBuffer<Float>
    /// Room for the neighbours' projections; nil where there are none.
    let neighbours: Neighbour.Room?

    init(packer: ImagePacker, measures: Bool = false) {
      let box = packer.geometry.box
      self.measures = measures
      magnitudes = packer.noMagnitudes
      let window = packer.geometry.window
      image = ImageTransformer.Workspace(box: box)
      weight = FFTBuffer(count: box * (box / 2 + 1))
      real = FFTBuffer(count: box * box)
      self.window = FFTBuffer(count: window * window)
      windowSpectrum = FFTBuffer(count: window * (window / 2 + 1))
      let modelCount = packer.outside.first?.points.paddedCount ?? 0
      modelReal = FFTBuffer(count: modelCount)
      modelImaginary = FFTBuffer(count: modelCount)
      neighbours = packer.neighbours.map { Neighbour.Room(points: $0.points) }
    }
  }

  /// Leaves the transform of a particle's image without what is not the body's in the workspace, and its
  /// own CTF, with the signs that the microscope gave it where the body has a defocus of its own.
  ///
  /// - Throws: `Problem` where the image cannot be used.
  func load(_ particle: Int, _ workspace: Workspace) throws(Problem) {
    try transformer.load(particle, into: workspace.image)
    if defocus != nil { unflip(particle, workspace) }
    subtractOutside(particle, workspace)
    subtractNeighbours(particle, workspace)
  }

  /// Packs one particle into a slot.
  ///
  /// - Throws: `Problem` where its image cannot be used; the slot is then as it was.
  func pack(
    _ particle: Int, centre: SIMD2<Int32>, into images: PackedImages, slot: Int,
    _ workspace: Workspace
  ) throws(Problem) {
    try load(particle, workspace)
    if let defocus { takeDefocus(change: defocus.body[particle], of: particle, workspace) }
    weigh(particle, workspace)
    let planes = images.planes(slot)
    let box = geometry.box
    let window = geometry.window
    if window == box {
      let data = workspace.image.spectrum
      for index in 0..<points.count {
        let pixel = Int(points.spectrumIndices[index])
        planes.real[index] = data[pixel].x
        planes.imaginary[index] = data[pixel].y
        planes.weight[index] = workspace.weight[pixel].x
      }
      measure(planes, of: particle, workspace)
      return
    }
    // Data and weight both lose everything beyond the window, the weight as a function of distance.
    crop(workspace.image.spectrum, about: centre, workspace)
    for index in 0..<points.count {
      let value = workspace.windowSpectrum[Int(points.spectrumIndices[index])]
      planes.real[index] = value.x
      planes.imaginary[index] = value.y
    }
    crop(workspace.weight, about: .zero, workspace)
    for index in 0..<points.count {
      planes.weight[index] = workspace.windowSpectrum[Int(points.spectrumIndices[index])].x
    }
    measure(planes, of: particle, workspace)
  }

  /// Takes the largest data and weights of an image down.
  private func measure(
    _ planes: (
      real: UnsafeMutablePointer<Float>, imaginary: UnsafeMutablePointer<Float>,
      weight: UnsafeMutablePointer<Float>
    ), of particle: Int, _ workspace: Workspace
  ) {
    guard workspace.measures else { return }
    let half = transformer.particles.halfSets[particle].rawValue
    var index = 0
    for shell in 1...points.maximumShell {
      var (square, weight) = (Float(0), Float(0))
      while index < points.shellEnds[shell] {
        let (x, y) = (planes.real[index], planes.imaginary[index])
        square = max(square, x * x + y * y)
        weight = max(weight, abs(planes.weight[index]))
        index += 1
      }
      workspace.magnitudes[half].packed.add(shell: shell, data: square.squareRoot(), weight: weight)
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

  /// Takes the density outside the mask out of the loaded transform.
  ///
  /// The images are windowed and the model is not. Measured on a second body that ends at 0.9 of the
  /// window's flat radius: after the subtraction the data are wrong by 7.8% of the first body's
  /// amplitude, by 7.0% without a window (by 156% without subtraction). Windowing the model would
  /// cost two more transforms for each image.
  func subtractOutside(_ particle: Int, _ workspace: Workspace) {
    guard outside.count == 2 else { return }
    let model = outside[transformer.particles.halfSets[particle].rawValue]
    let group = transformer.optics(of: particle)
    model.project(
      transformer.particles.poses[particle], magnification: magnification(of: particle),
      real: workspace.modelReal, imaginary: workspace.modelImaginary)
    let factor = survey.outsideFactors[transformer.particles.halfSets[particle].rawValue]
    let spectrum = workspace.image.spectrum
    // What the microscope did to the density, and what was done to the image afterwards.
    if let defocus { evaluateCTF(change: defocus.rest[particle], of: particle, workspace) }
    for index in 0..<model.points.count {
      let pixel = Int(model.points.spectrumIndices[index])
      let own = workspace.image.ctf[pixel]
      var ctf = own
      if defocus != nil {
        ctf = workspace.other[pixel]
        if group.isPhaseFlipped, own < 0 { ctf = -ctf }
      }
      if group.isPremultiplied { ctf *= own }
      ctf *= Float(factor * survey.outsideShare[Int(model.points.shells[index])])
      spectrum[pixel] -=
        ctf * ComplexFloat(workspace.modelReal[index], workspace.modelImaginary[index])
    }
  }

  /// Turns the loaded transform Y and CTF into C·Y/σ² and C²/σ².
  private func weigh(_ particle: Int, _ workspace: Workspace) {
    let particles = transformer.particles
    let groups = max(1, particles.optics.count)
    let group = Int(particles.opticsIndices[particle])
    let isPremultiplied = particles.optics[group].isPremultiplied
    let spectrum = workspace.image.spectrum.pointer
    let values = workspace.image.ctf.pointer
    let weights = workspace.weight.pointer
    let slot = particles.halfSets[particle].rawValue * groups + group
    if workspace.measures {
      let half = particles.halfSets[particle].rawValue
      shells.withUnsafeBufferPointer { shells in
        for pixel in shells.indices {
          let (ctf, value) = (values[pixel], spectrum[pixel])
          let modulus = (abs(value.x) + abs(value.y)) * (isPremultiplied ? 1 : abs(ctf))
          workspace.magnitudes[half].whole.add(
            shell: Int(shells[pixel]), data: modulus, weight: ctf * ctf)
        }
      }
    }
    inverseNoise[slot]
      .withUnsafeBufferPointer { inverseNoise in
        shells.withUnsafeBufferPointer { shells in
          for pixel in shells.indices {
            let weight = inverseNoise[Int(shells[pixel])]
            let ctf = values[pixel]
            spectrum[pixel] *= isPremultiplied ? weight : weight * ctf
            weights[pixel] = ComplexFloat(weight * ctf * ctf, 0)
          }
        }
      }
    guard slot < directionFactors.count else { return }
    let factors = directionFactors[slot]
    for pixel in factors.indices {
      spectrum[pixel] *= factors[pixel]
      weights[pixel] *= factors[pixel]
    }
  }

  /// The window's transform of a spectrum of the box, about a pixel counted from the image's centre,
  /// times N²/M²; left in the workspace with the phase origin at the window's centre.
  func crop(
    _ spectrum: FFTBuffer<ComplexFloat>, about centre: SIMD2<Int32>, _ workspace: Workspace
  ) {
    let box = geometry.box
    let window = geometry.window
    // The spectrum's phase origin is the image's centre, so pixel 0 of the inverse is that centre.
    inverse.inverse(spectrum, into: workspace.real)
    let scale = 1 / Float(window * window)
    // What lies beyond the image's edge is unknown: zero, as beyond the images' own window.
    let edge = -box / 2..<box / 2
    for y in 0..<window {
      let fromY = y - window / 2 + Int(centre.y)
      let row = wrapped(fromY, box) * box
      let toY = wrapped(y - window / 2, window)
      for x in 0..<window {
        let fromX = x - window / 2 + Int(centre.x)
        workspace.window[toY * window + wrapped(x - window / 2, window)] =
          edge.contains(fromX) && edge.contains(fromY)
          ? workspace.real[row + wrapped(fromX, box)] * scale : 0
      }
    }
    forward.forward(workspace.window, into: workspace.windowSpectrum)
  }

  private func wrapped(_ index: Int, _ size: Int) -> Int {
    let rest = index % size
    return rest < 0 ? rest + size : rest
  }
}
