import CryoEM
import Fourier
import Ground
import Particles

/// What is done to one image.
extension ImagePacker {
  /// Buffers of one thread.
  final class Workspace: @unchecked Sendable {
    /// Whether magnitudes are measured, and what they are so far.
    let measures: Bool
    var magnitudes: [ImageMagnitudes]
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
    let isPremultiplied = particles.opticsGroup(of: particle).isPremultiplied
    let spectrum = workspace.image.spectrum.pointer
    let values = workspace.image.ctf.pointer
    let weights = workspace.weight.pointer
    let slot = particles.slot(of: particle)
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
