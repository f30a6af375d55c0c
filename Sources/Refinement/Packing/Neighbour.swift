import CKernels
import CryoEM
import Fourier
import Particles

/// What a body that moves by itself adds to the images of the body beside it: projections of its density
/// where it is now, as blurred as its poses are uncertain.
struct Neighbour: Sendable {
  /// The density of each half, without what counts for the body beside; or of each half and fold.
  let grids: [ReferenceGrid]
  /// Fold of each particle in its half-set; empty where there is one.
  var folds: [Int32] = []
  /// Grid units per pixel of the images' transform.
  let oversampling: Double
  /// The highest shell of the images' transform that the grids hold.
  let shell: Int
  /// Where the body is.
  var placement: BodyPlacement

  /// Adds the mean projection of a particle's body to the first points of the images' transform, with its
  /// shift from the image's centre but without the CTF.
  ///
  /// - Parameters:
  ///   - points: of the images' transform.
  ///   - room: of one thread.
  func add(_ particle: Int, points: SamplingPoints, to room: Room) {
    let count = points.count(upTo: shell)
    let pose = placement.poses[particle]
    let grid = grids[index(of: particle)]
    let matrix = SliceMatrix(
      rotation: pose.rotation, oversampling: oversampling,
      magnification: placement.magnification(of: particle))
    matrix.withPointer {
      fulcrum_slice(
        grid.pointer, Int32(grid.radius), grid.interpolation.kernel, points.kx.pointer,
        points.ky.pointer, Int32((count + 15) / 16 * 16), $0, room.real.pointer,
        room.imaginary.pointer)
    }
    let position = placement.positionInImage(pose, of: particle) / placement.imageEdge
    points.phases(of: position, columns: room.columns.pointer, rows: room.rows.pointer)
    let blur =
      placement.isMarginal
      ? placement.posteriors[particle].displacement(gyration: placement.gyration, at: pose) : .zero
    room.takeSlice(
      count, scale: placement.scale(of: particle),
      // exp(−2π² kᵀ S k): the mean of the phase over a Gaussian of displacements.
      damping: SIMD3<Float>(blur * (2 * .pi * .pi / (placement.imageEdge * placement.imageEdge))),
      points: points)
  }

  private func index(of particle: Int) -> Int {
    let half = placement.halfSets[particle].rawValue
    return folds.isEmpty ? half : half * (grids.count / 2) + Int(folds[particle])
  }

  /// Buffers of one thread.
  final class Room: Sendable {
    fileprivate let real: FFTBuffer<Float>
    fileprivate let imaginary: FFTBuffer<Float>
    /// The phases of the points' columns and rows.
    fileprivate let columns: FFTBuffer<ComplexFloat>
    fileprivate let rows: FFTBuffer<ComplexFloat>
    /// The sums over bodies.
    let sumReal: FFTBuffer<Float>
    let sumImaginary: FFTBuffer<Float>

    init(points: SamplingPoints) {
      func buffer() -> FFTBuffer<Float> { FFTBuffer(count: points.paddedCount) }
      (real, imaginary, sumReal, sumImaginary) = (buffer(), buffer(), buffer(), buffer())
      columns = FFTBuffer(count: points.maximumShell + 1)
      rows = FFTBuffer(count: 2 * points.maximumShell + 1)
    }

    /// Empties the sums.
    func clear() {
      sumReal.pointer.update(repeating: 0, count: sumReal.count)
      sumImaginary.pointer.update(repeating: 0, count: sumImaginary.count)
    }

    /// Adds the slice, where its body is, to the sums.
    ///
    /// - Parameter damping: xx, xy, yy of the form that the logarithm falls by, for points of the images'
    ///   transform.
    fileprivate func takeSlice(
      _ count: Int, scale: Float, damping d: SIMD3<Float>, points: SamplingPoints
    ) {
      let isDamped = d != .zero
      let (kx, ky, limit) = (points.kx.pointer, points.ky.pointer, points.maximumShell)
      let (columns, rows) = (columns.pointer, rows.pointer + limit)
      let (real, imaginary) = (real.pointer, imaginary.pointer)
      let (sumReal, sumImaginary) = (sumReal.pointer, sumImaginary.pointer)
      for index in 0..<count {
        let (x, y) = (kx[index], ky[index])
        let share =
          isDamped
          ? scale * expOfNegative(d.x * x * x + 2 * d.y * x * y + d.z * y * y) : scale
        let turn = columns[Int(x)].times(rows[Int(y)])
        sumReal[index] += share * (turn.x * real[index] - turn.y * imaginary[index])
        sumImaginary[index] += share * (turn.x * imaginary[index] + turn.y * real[index])
      }
    }
  }
}

/// exp(−x) to single precision for x ≥ 0, the same on every machine: (1 − x/64 + …)⁶⁴.
private func expOfNegative(_ x: Float) -> Float {
  guard x < 40 else { return 0 }
  let y = -x / 64
  var power = 1 + y * (1 + y * (0.5 + y * (1.0 / 6 + y * (1.0 / 24))))
  for _ in 0..<6 { power *= power }
  return power
}

/// Where a body is in its images, and how sharply and strongly it is seen there.
struct BodyPlacement: Sendable {
  let poses: [Alignment]
  let posteriors: [PosePosterior]
  /// Whether poses are averaged over what is known of them.
  let isMarginal: Bool
  /// rms radius of the body's density about its centre, Å.
  let gyration: Double
  /// Edge of the images, Å.
  let imageEdge: Double
  let halfSets: [HalfSet]
  private let particles: ParticleSet
  private let windowCentres: [SIMD2<Int32>]
  private let pixelSize: Double
  private let usesMagnification: Bool
  private let scales: [Float]
  private let greyscale: [Double]

  init(_ context: RunContext, _ state: RefinementState) {
    (poses, posteriors) = (state.poses, state.posteriors)
    (scales, greyscale) = (state.scales, state.greyscale)
    isMarginal = context.settings.marginalize
    particles = context.particles
    halfSets = particles.halfSets
    windowCentres = context.windowCentres
    pixelSize = context.geometry.pixelSize
    gyration = context.gyration * context.geometry.pixelSize
    imageEdge = Double(context.geometry.box) * pixelSize
    usesMagnification = context.settings.useAnisotropicMagnification
  }

  func magnification(of particle: Int) -> [Double] {
    usesMagnification
      ? particles.optics[Int(particles.opticsIndices[particle])].magnification : [1, 0, 0, 1]
  }

  /// Scale of the density in a particle's image.
  func scale(of particle: Int) -> Float {
    Float(greyscale[halfSets[particle].rawValue]) * scales[particle]
  }

  /// Where the body's centre is, Å from the image's centre.
  func positionInImage(_ pose: Alignment, of particle: Int) -> Vector2 {
    let centre = windowCentres[particle]
    return pose.position + pixelSize * Vector2(Double(centre.x), Double(centre.y))
  }
}
