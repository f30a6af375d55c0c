import CryoEM
import EMFiles
import Fourier
import Glibc

/// Reads images and takes them to the transform of the full box: windowed, centred, sign applied.
///
/// One for all threads; each thread brings a `Workspace`.
struct ImageTransformer: Sendable {
  let source: any ImageSource
  let particles: ParticleSet
  let switches: ContrastTransferFunction.Switches
  /// +1, or −1 where the data's contrast is inverted.
  var sign: Float = 1
  /// The median power of the images within their window; infinite while it is unknown.
  var typicalPower = Double.infinity
  /// Box of the images, pixels.
  let box: Int
  let transform: RealTransform
  private let window: [Float]
  private let outside: [Int32]

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
    self.window = window
    self.outside = outside
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
    /// Sum of the squared pixels of the loaded image within its window.
    nonisolated(unsafe) var power = 0.0
    /// Equal for equal images, and hardly ever for different ones: their sum, extremes and power.
    nonisolated(unsafe) var fingerprint = SIMD4<UInt32>.zero

    init(box: Int) {
      pixels = FFTBuffer(count: box * box)
      spectrum = FFTBuffer(count: box * (box / 2 + 1))
      ctf = FFTBuffer(count: box * (box / 2 + 1))
    }
  }

  /// A particle's optics group.
  func optics(of particle: Int) -> OpticsGroup {
    particles.optics[Int(particles.opticsIndices[particle])]
  }

  /// Reads a particle and leaves in the workspace its transform with the phase origin at the image's
  /// centre, and its CTF: the product of the two for premultiplied images is not taken.
  ///
  /// - Throws: `Problem` naming the image where it cannot be read or its pixels cannot be used; the
  ///   workspace then holds nothing of use.
  func load(_ particle: Int, into workspace: Workspace) throws(Problem) {
    let pixels = UnsafeMutableBufferPointer(start: workspace.pixels.pointer, count: box * box)
    try source.read(particle: particle, into: pixels)
    let (sum, low, high) = try check(pixels, of: particle)
    var background: Float = 0
    if !outside.isEmpty {
      for index in outside { background += pixels[Int(index)] }
      background /= Float(outside.count)
    }
    var power: Float = 0
    window.withUnsafeBufferPointer { window in
      for index in 0..<box * box {
        let value = (pixels[index] - background) * window[index] * sign
        pixels[index] = value
        power += value * value
      }
    }
    workspace.power = Double(power)
    workspace.fingerprint = SIMD4(
      sum.bitPattern, low.bitPattern, high.bitPattern, power.bitPattern)
    guard workspace.power <= Self.largestExcess * typicalPower else {
      throw excess(of: particle, workspace.power / typicalPower)
    }
    transform.forward(workspace.pixels, into: workspace.spectrum)
    centre(workspace.spectrum)
    evaluateCTF(of: particle, into: workspace)
  }

  /// How many times the median power an image may have: a hot pixel of a hundred standard deviations
  /// is far below, and contamination, too.
  static let largestExcess = 1e4

  /// The problem of an image that outshines the others.
  func excess(of particle: Int, _ times: Double) -> Problem {
    Problem(
      "\(source.name(of: particle)): it is \(Int(min(times, 1e15))) times as strong as the others",
      whatToDo: "Look for a hot pixel, or normalise the images alike.")
  }

  /// The largest pixel whose transform still has a power in single precision.
  static let largestPixel: Float = 1e12

  /// Refuses pixels that are not numbers or of a size that no detector and no normalisation gives, and
  /// images without content: those say nothing, and count as if they did.
  private func check(
    _ pixels: UnsafeMutableBufferPointer<Float>, of particle: Int
  ) throws(Problem) -> (sum: Float, low: Float, high: Float) {
    var sum: Float = 0
    var low = Float.infinity
    var high = -Float.infinity
    for pixel in pixels {
      sum += pixel
      if pixel < low { low = pixel }
      if pixel > high { high = pixel }
    }
    func problem(_ what: String) -> Problem {
      Problem(
        "\(source.name(of: particle)): \(what)",
        whatToDo: "Extract the particle again, or leave it out of the particle file.")
    }
    guard max(-low, high) <= Self.largestPixel else {
      throw problem("it has values as large as \(max(-low, high))")
    }
    guard sum.isFinite else { throw problem("it has values that are not numbers") }
    guard low < high else { throw problem("every pixel is \(low)") }
    return (sum, low, high)
  }

  /// Moves the phase origin to the image's centre: factors (−1)^(x+y).
  private func centre(_ spectrum: FFTBuffer<ComplexFloat>) {
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

  /// The CTF, and the spectrum without the odd aberrations' phase.
  private func evaluateCTF(of particle: Int, into workspace: Workspace) {
    let group = optics(of: particle)
    let ctf = ContrastTransferFunction(
      optics: group, defocus: particles.defoci[particle], switches: switches)
    ctf.fill(values: &workspace.rows, boxSize: box, pixelSize: group.pixelSize)
    workspace.ctf.copy(from: workspace.rows)
    ctf.removePhase(from: workspace.spectrum, boxSize: box, pixelSize: group.pixelSize)
  }
}
