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
  ///   - change: of the particle's defocus, Å, at which the CTF is taken that the sums are multiplied by; nil
  ///     for that at which the body is.
  ///   - points: of the images' transform.
  ///   - room: of one thread.
  func add(
    _ particle: Int, against change: Double? = nil, points: SamplingPoints, to room: Room
  ) {
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
    room.placeSlice(
      count, scale: placement.scale(of: particle),
      // exp(−2π² kᵀ S k): the mean of the phase over a Gaussian of displacements.
      damping: SIMD3<Float>(blur * (2 * .pi * .pi / (placement.imageEdge * placement.imageEdge))),
      points: points)
    let phase = change.map { placement.phasePerSquare(of: particle, against: $0) } ?? 0
    if phase == 0 {
      room.addSlice(count)
    } else {
      room.addSlice(count, phasePerSquare: phase, points: points)
    }
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
    /// The sums over bodies, of what is multiplied by the CTF.
    let sumReal: FFTBuffer<Float>
    let sumImaginary: FFTBuffer<Float>
    /// The same of what is multiplied by the CTF a quarter of a turn farther on: of bodies at another defocus,
    /// whose CTF is C cos φ + D sin φ.
    let turnedReal: FFTBuffer<Float>
    let turnedImaginary: FFTBuffer<Float>
    /// Whether a body was added that is at another defocus.
    nonisolated(unsafe) private(set) var isTurned = false

    init(points: SamplingPoints) {
      func buffer() -> FFTBuffer<Float> { FFTBuffer(count: points.paddedCount) }
      (real, imaginary, sumReal, sumImaginary) = (buffer(), buffer(), buffer(), buffer())
      (turnedReal, turnedImaginary) = (buffer(), buffer())
      columns = FFTBuffer(count: points.maximumShell + 1)
      rows = FFTBuffer(count: 2 * points.maximumShell + 1)
    }

    /// Empties the sums.
    func clear() {
      for sum in [sumReal, sumImaginary] { sum.pointer.update(repeating: 0, count: sum.count) }
      guard isTurned else { return }
      for sum in [turnedReal, turnedImaginary] {
        sum.pointer.update(repeating: 0, count: sum.count)
      }
      isTurned = false
    }

    /// Damps the slice and puts it where its body is.
    ///
    /// - Parameter damping: xx, xy, yy of the form that the logarithm falls by, for points of the images'
    ///   transform.
    fileprivate func placeSlice(
      _ count: Int, scale: Float, damping d: SIMD3<Float>, points: SamplingPoints
    ) {
      let isDamped = d != .zero
      let (kx, ky, limit) = (points.kx.pointer, points.ky.pointer, points.maximumShell)
      let (columns, rows) = (columns.pointer, rows.pointer + limit)
      let (real, imaginary) = (real.pointer, imaginary.pointer)
      for index in 0..<count {
        let (x, y) = (kx[index], ky[index])
        let share =
          isDamped
          ? scale * expOfNegative(d.x * x * x + 2 * d.y * x * y + d.z * y * y) : scale
        let turn = columns[Int(x)].times(rows[Int(y)])
        let (a, b) = (real[index], imaginary[index])
        real[index] = share * (turn.x * a - turn.y * b)
        imaginary[index] = share * (turn.x * b + turn.y * a)
      }
    }

    /// Adds the slice to the sums.
    fileprivate func addSlice(_ count: Int) {
      let (real, imaginary) = (real.pointer, imaginary.pointer)
      let (sumReal, sumImaginary) = (sumReal.pointer, sumImaginary.pointer)
      for index in 0..<count {
        sumReal[index] += real[index]
        sumImaginary[index] += imaginary[index]
      }
    }

    /// Adds it as it is imaged at another defocus: P cos φ to the sums and P sin φ to those that are turned.
    ///
    /// - Parameter phasePerSquare: φ/|k|², radians, for points of the images' transform. exp(iφ) is a product
    ///   of one factor of the column and one of the row.
    fileprivate func addSlice(_ count: Int, phasePerSquare: Double, points: SamplingPoints) {
      isTurned = true
      let limit = points.maximumShell
      for column in 0...limit {
        columns[column] = .unit(angle: phasePerSquare * Double(column * column))
      }
      for row in -limit...limit {
        rows[row + limit] = .unit(angle: phasePerSquare * Double(row * row))
      }
      let (kx, ky) = (points.kx.pointer, points.ky.pointer)
      let (columns, rows) = (columns.pointer, rows.pointer + limit)
      let (real, imaginary) = (real.pointer, imaginary.pointer)
      let (sumReal, sumImaginary) = (sumReal.pointer, sumImaginary.pointer)
      let (turnedReal, turnedImaginary) = (turnedReal.pointer, turnedImaginary.pointer)
      for index in 0..<count {
        let phase = columns[Int(kx[index])].times(rows[Int(ky[index])])
        sumReal[index] += phase.x * real[index]
        sumImaginary[index] += phase.x * imaginary[index]
        turnedReal[index] += phase.y * real[index]
        turnedImaginary[index] += phase.y * imaginary[index]
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
