import CryoEM
import EMFiles
import Fourier

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
  /// Shell of each sample of the box's half-spectrum; box/2 for all beyond the last that is used.
  private let shells: [Int32]
  /// 1/σ² per shell of the box, 0 where data are ignored, per half-set and optics group.
  private let inverseNoise: [[Float]]
  private let inverse: RealTransform
  private let forward: RealTransform

  /// - Parameter highpassShell: shell of the box below which data are ignored; 0 for none.
  init(
    transformer: ImageTransformer, geometry: Geometry, points: SamplingPoints, survey: Survey,
    outside: [BoxModel], highpassShell: Int
  ) {
    self.transformer = transformer
    self.geometry = geometry
    self.points = points
    self.survey = survey
    self.outside = outside
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
    inverse = transformer.transform
    forward = RealTransform(shape: [geometry.window, geometry.window])
  }

  /// Everything that came of packing.
  struct Result: Sendable {
    let images: PackedImages
    /// For each particle the position of its window's centre, pixels from the image's centre.
    let windowCentres: [SIMD2<Int32>]
    /// Particles whose images cannot be used, by index.
    let skipped: [Int]
  }

  /// Packs all particles. `progress` is told how many are done.
  ///
  /// - Parameter scratch: folder of a scratch file; nil to pack into memory.
  /// - Throws: `Problem` for a stack that cannot be read, or a scratch folder without room.
  func pack(
    threads: Int, scratch: String? = nil, control: RefinementControl,
    progress: @escaping @Sendable (Int) -> Void
  ) throws -> Result {
    let particles = transformer.particles
    let count = particles.count
    let images =
      try scratch.map { (folder) throws(Problem) in
        try PackedImages(points: points, count: count, scratch: folder)
      } ?? PackedImages(points: points, count: count)
    let centres = (0..<count).map { windowCentre(of: $0) }
    let chunk = 32
    let skipped = Collected<[Int]>(count: (count + chunk - 1) / chunk)
    let counter = Counter()
    let workspaces = WorkspacePool { Workspace(packer: self) }
    parallelFor(count: count, chunk: chunk, threads: threads) { range, _ in
      if control.isStopRequested { return }
      let workspace = workspaces.take()
      defer { workspaces.giveBack(workspace) }
      var bad: [Int] = []
      do throws(Problem) {
        for particle in range {
          let usable = try pack(
            particle, centre: centres[particle], into: images, slot: particle, workspace)
          if !usable { bad.append(particle) }
          images.release(particle)
        }
      } catch { skipped.fail(error) }
      skipped[range.lowerBound / chunk] = bad
      progress(counter.add(range.count))
    }
    try control.throwIfStopped()
    return Result(
      images: images, windowCentres: centres, skipped: try skipped.values().flatMap { $0 })
  }

  /// Where the window of a particle lies, pixels from the image's centre: at its mask's projected
  /// centre, or at the image's centre when the window is the whole image.
  func windowCentre(of particle: Int) -> SIMD2<Int32> {
    guard geometry.window < geometry.box else { return .zero }
    let pose = transformer.particles.poses[particle]
    let projected = Magnification(magnification(of: particle))
      .position(of: pose.rotation.projected(geometry.centre))
    let position = (projected - pose.origin) / geometry.pixelSize
    return SIMD2(Int32(position.x.rounded()), Int32(position.y.rounded()))
  }

  /// Magnification matrix of a particle's optics group, where it is used.
  func magnification(of particle: Int) -> [Double] {
    transformer.switches.magnification
      ? transformer.optics(of: particle).magnification : [1, 0, 0, 1]
  }

  /// Buffers of one thread.
  final class Workspace: Sendable {
    let image: ImageTransformer.Workspace
    let weight: FFTBuffer<ComplexFloat>
    let real: FFTBuffer<Float>
    let window: FFTBuffer<Float>
    let windowSpectrum: FFTBuffer<ComplexFloat>
    let modelReal: FFTBuffer<Float>
    let modelImaginary: FFTBuffer<Float>

    init(packer: ImagePacker) {
      let box = packer.geometry.box
      let window = packer.geometry.window
      image = ImageTransformer.Workspace(box: box)
      weight = FFTBuffer(count: box * (box / 2 + 1))
      real = FFTBuffer(count: box * box)
      self.window = FFTBuffer(count: window * window)
      windowSpectrum = FFTBuffer(count: window * (window / 2 + 1))
      let modelCount = packer.outside.first?.points.paddedCount ?? 0
      modelReal = FFTBuffer(count: modelCount)
      modelImaginary = FFTBuffer(count: modelCount)
    }
  }

  /// Packs one particle into a slot; returns whether its image can be used.
  func pack(
    _ particle: Int, centre: SIMD2<Int32>, into images: PackedImages, slot: Int,
    _ workspace: Workspace
  ) throws(Problem) -> Bool {
    guard try transformer.load(particle, into: workspace.image) else { return false }
    subtractOutside(particle, workspace)
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
      return true
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
    return true
  }

  /// Takes the density outside the mask out of the loaded transform.
  ///
  /// The images are windowed and the model is not. Measured on a second body that ends at 0.9 of the
  /// window's flat radius: after the subtraction the data are wrong by 7.8% of the first body's
  /// amplitude, by 7.0% without a window (by 156% without subtraction). Windowing the model would
  /// cost two more transforms for each image.
  private func subtractOutside(_ particle: Int, _ workspace: Workspace) {
    guard outside.count == 2 else { return }
    let model = outside[transformer.particles.halfSets[particle].rawValue]
    let group = transformer.optics(of: particle)
    model.project(
      transformer.particles.poses[particle], magnification: magnification(of: particle),
      real: workspace.modelReal, imaginary: workspace.modelImaginary)
    let spectrum = workspace.image.spectrum
    for index in 0..<model.points.count {
      let pixel = Int(model.points.spectrumIndices[index])
      var ctf = workspace.image.ctf[pixel]
      if group.isPremultiplied { ctf *= ctf }
      ctf *= Float(survey.outsideShare[Int(model.points.shells[index])]) * transformer.sign
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
    inverseNoise[particles.halfSets[particle].rawValue * groups + group]
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
  }

  /// The window's transform of a spectrum of the box, about a pixel counted from the image's centre,
  /// times N²/M²; left in the workspace with the phase origin at the window's centre.
  private func crop(
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
