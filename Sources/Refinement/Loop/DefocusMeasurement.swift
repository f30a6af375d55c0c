import CryoEM
import Fourier
import Glibc
import Ground

/// What the images say of each particle's own defocus, at the poses that were found.
///
/// With the defocus changed by δ a CTF C = −A sin γ becomes C cos φ + D sin φ, where D = A cos γ and
/// φ = π λ q² δ. The log likelihood of an image Y with the body's projection P is therefore
///
///     Σ_q [a₁ cos φ + a₂ sin φ − ½ (b₁₁ cos² φ + 2 b₁₂ cos φ sin φ + b₂₂ sin² φ)]
///
/// with a₁ = C Re(Y* P)/σ², a₂ = D Re(Y* P)/σ², b₁₁ = C² |P|²/σ², b₁₂ = C D |P|²/σ², b₂₂ = D² |P|²/σ², each
/// summed over the samples of a bin of q²: one look at the image gives the whole curve. A Gaussian prior about
/// the input's defocus is added, and the maximum is looked for within four of its standard deviations.
struct DefocusMeasurement {
  let frame: ParticleFrame
  let usable: UsableImages
  let threads: Int
  let control: RefinementControl
  /// Packs images as they are packed now.
  let packer: ImagePacker
  /// The references where the body is.
  let body: Neighbour
  /// What was found before, by particle.
  let known: [DefocusChange]
  /// Standard deviation of the prior, Å.
  let deviation: Double
  /// Noise relative to that of packing, per half-set and optics group, per shell of the window.
  let noiseFactors: [[Double]]

  /// The changes of all particles, those that were known and these together.
  func measure(progress: @escaping @Sendable (Int) -> Void) throws -> [DefocusChange] {
    let own = usable.shard.particles
    let points = SamplingPoints(window: frame.geometry.box, maximumShell: body.shell)
    let chunk = 16
    let found = Collected<[DefocusChange]>(count: (own.count + chunk - 1) / chunk)
    let counter = Counter()
    let workspaces = WorkspacePool { Workspace(packer: packer, points: points) }
    parallelFor(
      count: own.count, chunk: chunk, threads: threads, name: "particles: defocus"
    ) { range, _ in
      let workspace = workspaces.take()
      defer { workspaces.giveBack(workspace) }
      var changes: [DefocusChange] = []
      for particle in range.lazy.map({ own.lowerBound + $0 }) {
        control.waitWhilePaused()
        if control.isStopRequested { return }
        changes.append(change(of: particle, workspace))
      }
      found[range.lowerBound / chunk] = changes
      progress(counter.add(range.count))
    }
    try control.throwIfStopped()
    return try usable.shard.gather(try found.values().flatMap { $0 }).flatMap { $0 }
  }

  /// Buffers of one thread.
  final class Workspace: Sendable {
    let packing: ImagePacker.Workspace
    let room: Neighbour.Room
    let points: SamplingPoints
    nonisolated(unsafe) var curve = DefocusCurve()

    init(packer: ImagePacker, points: SamplingPoints) {
      packing = ImagePacker.Workspace(packer: packer)
      room = Neighbour.Room(points: points)
      self.points = points
    }
  }

  /// That of a particle; as it was known where its image cannot be used.
  private func change(of particle: Int, _ workspace: Workspace) -> DefocusChange {
    let before = known[particle]
    guard usable.uses(particle) else { return before }
    do throws(Problem) { try packer.load(particle, workspace.packing) } catch { return before }
    workspace.room.clear()
    body.add(particle, points: workspace.points, to: workspace.room)
    sum(particle, workspace)
    return workspace.curve.maximum(from: before.change, deviation: deviation)
  }

  /// Sums what the curve is made of.
  private func sum(_ particle: Int, _ workspace: Workspace) {
    let (image, room, points) = (workspace.packing.image, workspace.room, workspace.points)
    let own = image.ctf
    let change = packer.defocus?.body[particle] ?? 0
    packer.evaluateCTF(change: change, of: particle, workspace.packing)
    packer.evaluateCTF(
      change: change, turn: .pi / 2, of: particle, workspace.packing,
      into: &workspace.packing.quadrature)
    let group = packer.transformer.optics(of: particle)
    let slot = frame.particles.slot(of: particle)
    let (noise, factors) = (packer.inverseNoise[slot], noiseFactors[slot])
    let edge = Double(frame.geometry.box) * group.pixelSize
    let toWindow = Double(frame.geometry.window) / Double(frame.geometry.box)
    workspace.curve.begin(
      perSquare: .pi * group.wavelength / (edge * edge), maximumShell: points.maximumShell)
    for index in 0..<points.count {
      let pixel = Int(points.spectrumIndices[index])
      let shell = Int(points.shells[index])
      let factor = factors[min(factors.count - 1, Int(Double(shell) * toWindow))]
      guard factor > 0 else { continue }
      var weight = noise[shell] / Float(factor)
      // As `ImagePacker.takeDefocus` has it: signs of flipped images are the particle's own, and a product
      // with the CTF is not got back where that is near zero.
      var sign: Float = 1
      if group.isPhaseFlipped { sign = own[pixel] < 0 ? -1 : 1 }
      if group.isPremultiplied {
        sign = own[pixel]
        weight /= own[pixel] * own[pixel] + ImagePacker.productNoise
      }
      let ctf = sign * workspace.packing.other[pixel]
      let quadrature = sign * workspace.packing.quadrature[pixel]
      let value = image.spectrum[pixel]
      let model = ComplexFloat(room.sumReal[index], room.sumImaginary[index])
      workspace.curve.add(
        square: points.kx[index] * points.kx[index] + points.ky[index] * points.ky[index],
        product: weight * (value.x * model.x + value.y * model.y),
        power: weight * (model.x * model.x + model.y * model.y), ctf: ctf, quadrature: quadrature)
    }
  }
}

/// The log likelihood of an image as a function of a change of its defocus.
struct DefocusCurve: Sendable {
  /// Bins of q².
  static let bins = 256
  /// The five sums of each bin, a₁ a₂ b₁₁ b₁₂ b₂₂ as `DefocusMeasurement` has them.
  private var sums = [Double](repeating: 0, count: 5 * Self.bins)
  private var perSquare = 0.0
  private var perBin: Float = 0

  /// Empties the sums.
  ///
  /// - Parameters:
  ///   - perSquare: φ for a change of 1 Å at a squared index of 1.
  ///   - maximumShell: the largest index.
  mutating func begin(perSquare: Double, maximumShell: Int) {
    self.perSquare = perSquare
    let most = Double(maximumShell) + 0.5
    perBin = Float(Double(Self.bins) / (most * most))
    for index in sums.indices { sums[index] = 0 }
  }

  /// Adds a sample of the transform.
  ///
  /// - Parameters:
  ///   - square: its index, squared.
  ///   - product: Re(Y* P)/σ².
  ///   - power: |P|²/σ².
  mutating func add(square: Float, product: Float, power: Float, ctf: Float, quadrature: Float) {
    let bin = 5 * min(Self.bins - 1, Int(square * perBin))
    sums[bin] += Double(product * ctf)
    sums[bin + 1] += Double(product * quadrature)
    sums[bin + 2] += Double(power * ctf * ctf)
    sums[bin + 3] += Double(power * ctf * quadrature)
    sums[bin + 4] += Double(power * quadrature * quadrature)
  }

  /// The log likelihood at a change in Å.
  func value(at change: Double) -> Double {
    let step = perSquare / Double(perBin) * change
    var value = 0.0
    for bin in 0..<Self.bins {
      let phase = step * (Double(bin) + 0.5)
      let (c, s) = (cos(phase), sin(phase))
      let at = 5 * bin
      value +=
        c * sums[at] + s * sums[at + 1]
        - 0.5 * (c * c * sums[at + 2] + 2 * c * s * sums[at + 3] + s * s * sums[at + 4])
    }
    return value
  }

  /// The most probable change in all, and the standard deviation about it.
  ///
  /// - Parameters:
  ///   - before: the change with which the sums were made, Å.
  ///   - deviation: of the prior about no change, Å.
  func maximum(from before: Double, deviation: Double) -> DefocusChange {
    func score(_ change: Double) -> Double {
      value(at: change - before) - 0.5 * (change / deviation) * (change / deviation)
    }
    // Steps in which the phase at the last bin turns by two thirds of a radian at most: the curve has no
    // more than twice that phase in it.
    let most = abs(perSquare) * Double(Self.bins) / Double(perBin)
    let step = min(deviation / 2, 0.66 / max(most, 1e-12))
    let count = Int((4 * deviation / step).rounded(.up))
    var (best, highest) = (before, score(before))
    for index in -count...count {
      let at = Double(index) * step
      let value = score(at)
      if value > highest { (best, highest) = (at, value) }
    }
    // A parabola through three points about the best, narrower each time.
    var width = step
    var curvature = 0.0
    for _ in 0..<3 {
      let (left, right) = (score(best - width), score(best + width))
      curvature = (left - 2 * highest + right) / (width * width)
      guard curvature < 0 else { break }
      let move = 0.5 * (left - right) / (curvature * width)
      let at = best + min(max(move, -width), width)
      let value = score(at)
      if value > highest { (best, highest) = (at, value) }
      width /= 2
    }
    let known = curvature < 0 ? (-1 / curvature).squareRoot() : deviation
    return DefocusChange(change: best, deviation: min(known, deviation))
  }
}
