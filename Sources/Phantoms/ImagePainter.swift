import CryoEM
import Fourier
import Glibc
import Ground

/// Makes the images of a simulation.
struct ImagePainter: Sendable {
  private let boxSize: Int
  private let pixelSize: Double
  private let hasCTF: Bool
  private let signalToNoise: Double?
  private let optics: [OpticsGroup]
  /// Projectors of the large body and of each small one, and odd phases, per optics group.
  private let large: [PhantomProjector], arms: [[PhantomProjector]]
  private let phases: [[ComplexFloat]?]
  private let plan: RealTransform
  private let lowFrequencyExcess: Double
  private let noiseNormalisation: Double

  init(_ settings: SimulationSettings, phantom: HingedPhantom, optics: [OpticsGroup]) {
    boxSize = settings.boxSize
    pixelSize = settings.pixelSize
    hasCTF = settings.hasCTF
    signalToNoise = settings.signalToNoise
    self.optics = optics
    func projectors(_ body: Phantom) -> [PhantomProjector] {
      optics.map {
        PhantomProjector(
          body, boxSize: settings.boxSize, pixelSize: settings.pixelSize,
          magnification: $0.magnification)
      }
    }
    large = projectors(phantom.large)
    arms = phantom.arms.map { projectors($0.body) }
    phases = optics.map { settings.hasCTF ? Self.oddPhases($0) : nil }
    plan = RealTransform(shape: [boxSize, boxSize])
    lowFrequencyExcess = settings.lowFrequencyExcess
    noiseNormalisation = Self.noiseNormalisation(settings)
  }

  /// The noise-free transform of an image; a belt moves with the first small body.
  ///
  /// - Parameter defoci: of the large body, and of each small one and its belt.
  func signal(
    large: Pose, arms: [Pose], belt: Phantom? = nil, defoci: (large: Defocus, arms: [Defocus]),
    optics group: Int
  ) -> [ComplexFloat] {
    var image = self.large[group].transform(at: large)
    var moving = zip(self.arms, arms).map { $0[group].transform(at: $1) }
    if let projector = projector(belt, optics: group) {
      for (index, value) in projector.transform(at: arms[0]).enumerated() {
        moving[0][index] += value
      }
    }
    func modulate(_ image: inout [ComplexFloat], _ defocus: Defocus) {
      guard hasCTF else { return }
      var ctf: [Float] = []
      ContrastTransferFunction(optics: optics[group], defocus: defocus)
        .fill(values: &ctf, boxSize: boxSize, pixelSize: pixelSize)
      for index in image.indices { image[index] *= ctf[index] }
    }
    let isOne = defoci.arms.allSatisfy { $0 == defoci.large }
    if !isOne {
      modulate(&image, defoci.large)
      for arm in moving.indices { modulate(&moving[arm], defoci.arms[arm]) }
    }
    for part in moving {
      for index in image.indices { image[index] += part[index] }
    }
    if isOne { modulate(&image, defoci.large) }
    guard hasCTF else { return image }
    if let phases = phases[group] {
      for index in image.indices { image[index] = image[index].times(phases[index]) }
    }
    return image
  }

  /// The same with the curvature of the Ewald sphere: each point at its own height.
  ///
  /// - Parameters:
  ///   - hand: +1 where what is above the box centre's plane is nearer to focus, −1 for the other.
  ///   - lifts: what each small body's motion adds to its heights, Å.
  func curvedSignal(
    large: Pose, arms: [Pose], lifts: [Double], belt: Phantom?, defocus: Defocus, hand: Int,
    optics group: Int
  ) -> [ComplexFloat] {
    let wavelength = optics[group].wavelength
    let beltProjector = projector(belt, optics: group)
    func bent(_ side: Double) -> [ComplexFloat] {
      let bend = side * Double(hand) * wavelength
      var sum = self.large[group].transform(at: large, bend: bend)
      func add(_ part: PhantomProjector, of arm: Int) {
        let values = part.transform(at: arms[arm], bend: bend, lift: lifts[arm])
        for (index, value) in values.enumerated() { sum[index] += value }
      }
      for arm in arms.indices { add(self.arms[arm][group], of: arm) }
      if let beltProjector { add(beltProjector, of: 0) }
      return sum
    }
    let (plus, minus) = (bent(1), bent(-1))
    // α = ½(C + iD), D the CTF a quarter of a turn farther on: −sin(γ + φ) = α e^{iφ} + α* e^{−iφ}.
    var (ctf, quadrature): ([Float], [Float]) = ([], [])
    var turned = defocus
    turned.phaseShift += .pi / 2
    ContrastTransferFunction(optics: optics[group], defocus: defocus)
      .fill(values: &ctf, boxSize: boxSize, pixelSize: pixelSize)
    ContrastTransferFunction(optics: optics[group], defocus: turned)
      .fill(values: &quadrature, boxSize: boxSize, pixelSize: pixelSize)
    var image = plus
    for index in image.indices {
      let (c, d) = (0.5 * ctf[index], 0.5 * quadrature[index])
      image[index] =
        plus[index].times(ComplexFloat(c, d)) + minus[index].times(ComplexFloat(c, -d))
      if let phases = phases[group] { image[index] = image[index].times(phases[index]) }
    }
    return image
  }

  private func projector(_ belt: Phantom?, optics group: Int) -> PhantomProjector? {
    belt.map {
      PhantomProjector(
        $0, boxSize: boxSize, pixelSize: pixelSize, magnification: optics[group].magnification)
    }
  }

  /// The pixels of a transform.
  func image(of transform: [ComplexFloat]) -> [Float] {
    PhantomProjector.image(of: transform, boxSize: boxSize, plan: plan)
  }

  /// The deviation of a pixel's noise that gives the signal-to-noise ratio asked for, from the first
  /// particles' signal.
  func noiseDeviation(of draws: [Draw], _ opticsIndices: [Int32]) -> Double {
    guard let signalToNoise, !draws.isEmpty else { return 0 }
    let sample = draws.indices.prefix(40)
    let variance = sample.reduce(0) { sum, particle in
      let draw = draws[particle]
      let pixels = image(
        of: signal(
          large: draw.large, arms: draw.arms.map(\.pose),
          defoci: (draw.defocus, draw.arms.map { _ in draw.defocus }),
          optics: Int(opticsIndices[particle])))
      return sum + discVariance(pixels)
    }
    return (variance / Double(sample.count) / signalToNoise).squareRoot()
  }

  /// Adds noise of a deviation per pixel.
  func addNoise(
    _ deviation: Double, to image: inout [Float], using generator: inout SeededGenerator
  ) {
    var noise = [Float](repeating: 0, count: image.count)
    for index in noise.indices { noise[index] = Float(deviation * generator.normal()) }
    if lowFrequencyExcess != 0 {
      var spectrum = plan.forward(noise)
      let width = boxSize / 2 + 1
      for index in spectrum.indices {
        let ky = signedFrequency(index / width, size: boxSize)
        let kx = index % width
        spectrum[index] *= Float(noiseGain(Double(kx * kx + ky * ky).squareRoot()))
      }
      noise = plan.inverse(spectrum)
    }
    for index in image.indices { image[index] += noise[index] }
  }

  /// Amplitude of the noise at a radius in the transform, 1 for white noise; its mean square over
  /// all samples is 1.
  func noiseGain(_ radius: Double) -> Double {
    Self.relativeNoise(radius / Double(boxSize), lowFrequencyExcess) / noiseNormalisation
  }

  private static func relativeNoise(_ frequency: Double, _ excess: Double) -> Double {
    (1 + excess * exp(-frequency / 0.06)).squareRoot()
  }

  private static func noiseNormalisation(_ settings: SimulationSettings) -> Double {
    let (size, excess) = (settings.boxSize, settings.lowFrequencyExcess)
    guard excess != 0 else { return 1 }
    var sum = 0.0
    for y in 0..<size {
      for x in 0..<size {
        let (ky, kx) = (signedFrequency(y, size: size), signedFrequency(x, size: size))
        let gain = relativeNoise(
          Double(kx * kx + ky * ky).squareRoot() / Double(size), excess)
        sum += gain * gain
      }
    }
    return (sum / Double(size * size)).squareRoot()
  }

  /// Variance of the pixels in the disc of 0.8 of the box.
  private func discVariance(_ pixels: [Float]) -> Double {
    let centre = boxSize / 2
    let limit = 0.4 * Double(boxSize)
    var (sum, squares, count) = (0.0, 0.0, 0.0)
    for index in pixels.indices {
      let (dx, dy) = (index % boxSize - centre, index / boxSize - centre)
      guard Double(dx * dx + dy * dy) < limit * limit else { continue }
      let value = Double(pixels[index])
      (sum, squares, count) = (sum + value, squares + value * value, count + 1)
    }
    return squares / count - (sum / count) * (sum / count)
  }

  /// exp(iφ) of a group's odd aberrations; nil where there are none.
  private static func oddPhases(_ optics: OpticsGroup) -> [ComplexFloat]? {
    let ctf = ContrastTransferFunction(optics: optics, defocus: Defocus(u: 1, v: 1))
    if ctf.hasNoPhase { return nil }
    var phases: [Float] = []
    ctf.fillPhases(
      values: &phases, boxSize: optics.imageSize, pixelSize: optics.pixelSize)
    return phases.map { ComplexFloat.unit(angle: Double($0)) }
  }
}
