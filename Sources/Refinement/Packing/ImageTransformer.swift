import CryoEM
import Fourier
import Glibc
import Ground
import Particles

/// Reads images and takes them to the transform of the full box: normalised by their background,
/// windowed, centred, contrast and grey scale of their optics group applied.
///
/// One for all threads; each thread brings a `Workspace`.
struct ImageTransformer: Sendable {
  let source: any ImageSource
  let particles: ParticleSet
  let switches: ContrastTransferFunction.Switches
  /// What the data of each half-set and optics group are multiplied by, [half · groups + group]: −1
  /// where the contrast is inverted, and what brings the group to the grey scale of all; empty for 1.
  var factors: [Float] = []
  /// The deviation to which the background of every image of each half-set is brought; nil to leave
  /// them as they are.
  var normalisedDeviations: [Double?] = [nil, nil]
  /// The median power of the images within their window; infinite while it is unknown.
  var typicalPower = Double.infinity
  /// Box of the images, pixels.
  let box: Int
  let transform: RealTransform
  /// Whether scales of the signal are stated for single particles: they are those of the images as they
  /// came, and follow what is done to them.
  private let statesScales: Bool
  private let window: [Float]
  let outside: [Int32]
  /// The same pixels by the quarter of the image that they are in.
  let corners: [[Int32]]

  /// - Parameters:
  ///   - windowInner: radius of the flat part of the window, fraction of half the box.
  ///   - windowOuter: radius where the window is zero.
  init(
    source: any ImageSource, particles: ParticleSet,
    switches: ContrastTransferFunction.Switches, windowInner: Double, windowOuter: Double
  ) {
    self.source = source
    self.particles = particles
    self.switches = switches
    box = source.boxSize
    transform = RealTransform(shape: [box, box])
    let half = Double(box / 2)
    var window: [Float] = []
    var outside: [Int32] = []
    for y in 0..<box {
      for x in 0..<box {
        let (fromX, fromY) = (Double(x) - half, Double(y) - half)
        // A root is the same on every machine; hypot depends on the version of the C library.
        let radius = (fromX * fromX + fromY * fromY).squareRoot() / half
        let ramp = min(1, max(0, (radius - windowInner) / max(windowOuter - windowInner, 1e-9)))
        window.append(Float(0.5 + 0.5 * cos(.pi * ramp)))
        if radius > windowInner { outside.append(Int32(y * box + x)) }
      }
    }
    let scale = particles.defoci.first?.scale
    statesScales = particles.defoci.contains { $0.scale != scale }
    self.window = window
    self.outside = outside
    let (size, middle) = (box, box / 2)
    corners = (0..<4).map { corner in
      outside.filter {
        (Int($0) / size < middle) == (corner < 2)
          && (Int($0) % size < middle) == (corner % 2 == 0)
      }
    }
  }

  /// Share of white noise's power that the window leaves in the whole image.
  var noiseShare: Double {
    window.reduce(0) { $0 + Double($1 * $1) } / Double(box * box)
  }

  /// Share of white noise's power that the window leaves in crops of `size` pixels about some of the
  /// given centres (pixels from the image's centre), where nothing lies beyond the image.
  func noiseShare(ofCrop size: Int, about centres: [SIMD2<Int32>]) -> Double {
    guard size < box, !centres.isEmpty else { return noiseShare }
    let corner = box / 2 - size / 2
    let inside = 0..<box
    var (sum, count) = (0.0, 0.0)
    for centre in stride(from: 0, to: centres.count, by: (centres.count + 99) / 100)
      .lazy.map({ centres[$0] })
    {
      let (left, top) = (corner + Int(centre.x), corner + Int(centre.y))
      for y in inside.clamped(to: top..<top + size) {
        for x in inside.clamped(to: left..<left + size) {
          let value = window[y * box + x]
          sum += Double(value * value)
        }
      }
      count += Double(size * size)
    }
    return sum / count
  }

  /// Buffers of one thread.
  final class Workspace: Sendable {
    let pixels: FFTBuffer<Float>
    let spectrum: FFTBuffer<ComplexFloat>
    let ctf: FFTBuffer<Float>
    nonisolated(unsafe) var rows: [Float] = []
    /// Sum of the squared pixels of the loaded image within its window, as it came.
    nonisolated(unsafe) var power = 0.0
    /// What its pixels were multiplied by.
    nonisolated(unsafe) var factor: Float = 1
    /// Its background, as it came.
    nonisolated(unsafe) var background = Background()
    /// Equal for equal images, and hardly ever for different ones: their sum, extremes and power.
    nonisolated(unsafe) var fingerprint = SIMD4<UInt32>.zero
    /// What the loaded particle's CTF is multiplied by.
    nonisolated(unsafe) var scale = 1.0

    init(box: Int) {
      pixels = FFTBuffer(count: box * box)
      spectrum = FFTBuffer(count: box * (box / 2 + 1))
      ctf = FFTBuffer(count: box * (box / 2 + 1))
    }
  }

  /// A particle's optics group.
  func optics(of particle: Int) -> OpticsGroup {
    particles.opticsGroup(of: particle)
  }

  /// Reads a particle and leaves in the workspace its transform with the phase origin at the image's
  /// centre, and its CTF: the product of the two for premultiplied images is not taken.
  ///
  /// - Throws: `Problem` naming the image where it cannot be read or its pixels cannot be used; the
  ///   workspace then holds nothing of use.
  func load(_ particle: Int, into workspace: Workspace) throws(Problem) {
    let pixels = UnsafeMutableBufferPointer(start: workspace.pixels.pointer, count: box * box)
    var span = pixels.mutableSpan
    try source.read(particle: particle, into: &span)
    let (sum, low, high) = try check(pixels, of: particle)
    var background = background(of: UnsafeBufferPointer(pixels))
    var power: Float = 0
    window.withUnsafeBufferPointer { window in
      for index in 0..<box * box {
        let value = (pixels[index] - background.mean) * window[index]
        pixels[index] = value
        power += value * value
      }
    }
    // An image that is zero around the particle but for rounding has no background.
    let mean = (power / Float(box * box)).squareRoot()
    if background.deviation <= 1e-3 * mean { background.deviation = 0 }
    workspace.background = background
    let normalisation = normalisation(of: particle, deviation: Double(background.deviation))
    let factor =
      Float(normalisation) * (factors.isEmpty ? 1 : factors[particles.slot(of: particle)])
    workspace.factor = factor
    if factor != 1 {
      for index in 0..<box * box { pixels[index] *= factor }
    }
    workspace.power = Double(power)
    workspace.fingerprint = SIMD4(
      sum.bitPattern, low.bitPattern, high.bitPattern, power.bitPattern)
    guard workspace.power <= Self.largestExcess * typicalPower else {
      throw excess(of: particle, workspace.power / typicalPower)
    }
    transform.forward(workspace.pixels, into: workspace.spectrum)
    centre(workspace.spectrum)
    workspace.scale = statesScales ? normalisation : 1
    let ctf = transferFunction(of: particle, scale: workspace.scale)
    let pixelSize = optics(of: particle).pixelSize
    ctf.fill(values: &workspace.rows, boxSize: box, pixelSize: pixelSize)
    workspace.ctf.copy(from: workspace.rows)
    ctf.removePhase(from: workspace.spectrum, boxSize: box, pixelSize: pixelSize)
  }

  /// What brings an image to the deviation that all of its half have.
  private func normalisation(of particle: Int, deviation: Double) -> Double {
    guard deviation > 0,
      let wanted = normalisedDeviations[particles.halfSets[particle].rawValue]
    else { return 1 }
    return wanted / deviation
  }

  /// Multiplies the transform of a model by what the odd aberrations do to a particle's image.
  func addPhase(of particle: Int, to spectrum: FFTBuffer<ComplexFloat>) {
    let group = optics(of: particle)
    let ctf = ContrastTransferFunction(
      optics: group, defocus: particles.defoci[particle], switches: switches)
    if ctf.hasNoPhase { return }
    func conjugate() {
      for pixel in 0..<box * (box / 2 + 1) { spectrum[pixel].y = -spectrum[pixel].y }
    }
    conjugate()
    ctf.removePhase(from: spectrum, boxSize: box, pixelSize: group.pixelSize)
    conjugate()
  }

  /// Moves the phase origin to the image's centre, or back: factors (−1)^(x+y).
  func centre(_ spectrum: FFTBuffer<ComplexFloat>) {
    let width = box / 2 + 1
    for y in 0..<box {
      let row = spectrum.pointer + y * width
      var x = 1 - y % 2
      while x < width {
        row[x] = -row[x]
        x += 2
      }
    }
  }

  /// The CTF of what is imaged in a particle's image at another defocus.
  ///
  /// - Parameters:
  ///   - change: what is added to both values of the particle's defocus, Å.
  ///   - turn: what is added to its phase shift, radians.
  ///   - scale: what the CTF is multiplied by.
  ///   - isAsImaged: whether flipped phases, which follow the particle's own defocus, are left out.
  func transferFunction(
    of particle: Int, change: Double = 0, turn: Double = 0, scale: Double, isAsImaged: Bool = false
  ) -> ContrastTransferFunction {
    var group = optics(of: particle)
    if isAsImaged { group.isPhaseFlipped = false }
    var defocus = particles.defoci[particle]
    defocus.u += change
    defocus.v += change
    defocus.phaseShift += turn
    defocus.scale *= scale
    return ContrastTransferFunction(optics: group, defocus: defocus, switches: switches)
  }
}
