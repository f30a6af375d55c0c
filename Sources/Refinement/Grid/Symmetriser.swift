import CKernels
import CryoEM
import Fourier
import Ground

/// Adds up a completed accumulator's copies under a point group, numerator and denominator alike.
///
/// The group leaves the grid's origin where it is, so a copy is the same grid read at rotated points.
/// All copies, the identity's too, are read through one positive kernel, the cubic B-spline: the
/// quotient remains a weighted mean of data, and its envelope is that of the insertion times the
/// spline's, whatever the rotation. Prefiltered reading would ring, and weights under zero between
/// sparse slices would make noise of the quotient.
///
/// Slices through the origin lie the denser the nearer they are to it, as 1/|k|. Read as they are, sums
/// would lean towards the origin; both are multiplied by |k| before, which makes them level, and
/// divided after. Without it a map errs by up to 15% at the first five samples.
struct Symmetriser: Sendable {
  let group: PointGroup
  let threads: Int

  /// How copies are read; its envelope is in every symmetrised sum.
  static let interpolation = Interpolation.cubic

  /// Symmetrises accumulators in place; nothing is done for C1.
  func symmetrise(_ accumulators: [Accumulator]) {
    guard group.order > 1, let first = accumulators.first else { return }
    let source = ReferenceGrid(radius: first.radius, interpolation: Self.interpolation)
    let points = RowPoints(radius: first.radius)
    for accumulator in accumulators {
      precondition(accumulator.radius == first.radius)
      fill(source) { accumulator.numerator[$0] }
      addCopies(of: source, points) { accumulator.numerator[$0] = $1 }
      fill(source) { ComplexFloat(accumulator.denominator[$0], 0) }
      addCopies(of: source, points) { accumulator.denominator[$0] = $1.x }
    }
  }

  /// Fills the grid that copies are read from with levelled samples.
  private func fill(_ source: ReferenceGrid, from sample: @Sendable (Int) -> ComplexFloat) {
    let radius = source.radius
    let layout = source.layout
    let (width, extent) = (layout.width, layout.extent)
    let samples = source.samples
    parallelFor(count: extent, chunk: 1, threads: threads) { planes, _ in
      for plane in planes {
        for row in 0..<extent {
          for column in 0..<width {
            let level = Self.level(column - 1, row - radius - 1, plane - radius - 1)
            let index = (plane * extent + row) * width + column
            samples.pointer[index] = level * sample(index)
          }
        }
      }
    }
    source.mirrorFirstPlane()
  }

  /// What levels the density of slices; the same for all copies of a point.
  private static func level(_ x: Int, _ y: Int, _ z: Int) -> Float {
    max(1, Float(x * x + y * y + z * z).squareRoot())
  }

  /// The points of a row of the grid, as the kernel wants them: (x, 1) for x = 0…radius.
  private struct RowPoints: Sendable {
    let x: FFTBuffer<Float>
    let ones: FFTBuffer<Float>
    let count: Int

    init(radius: Int) {
      count = (radius + 16) / 16 * 16
      x = FFTBuffer(count: count)
      ones = FFTBuffer(count: count)
      for index in 0..<count { (x[index], ones[index]) = (Float(index), 1) }
    }
  }

  /// Buffers of one thread.
  private struct Workspace: Sendable {
    let real, imaginary, sumReal, sumImaginary: FFTBuffer<Float>

    init(count: Int) {
      real = FFTBuffer(count: count)
      imaginary = FFTBuffer(count: count)
      sumReal = FFTBuffer(count: count)
      sumImaginary = FFTBuffer(count: count)
    }
  }

  /// The sum over the group at every sample with x ≥ 0, zero beyond the sphere of the grid's radius.
  private func addCopies(
    of source: ReferenceGrid, _ points: RowPoints,
    store: @Sendable @escaping (Int, ComplexFloat) -> Void
  ) {
    let (radius, layout) = (source.radius, source.layout)
    let workspaces = WorkspacePool { Workspace(count: points.count) }
    parallelFor(count: layout.extent, chunk: 1, threads: threads) { planes, _ in
      let workspace = workspaces.take()
      defer { workspaces.giveBack(workspace) }
      for plane in planes {
        let z = plane - radius - 1
        for y in layout.rows {
          let row = layout.index(-1, y, z)
          for x in 0..<layout.width { store(row + x, .zero) }
          let square = radius * radius - y * y - z * z
          guard square >= 0 else { continue }
          let length = Int(Double(square).squareRoot()) + 1
          addRow(y: y, z: z, length: length, of: source, points, workspace)
          for x in 0..<length {
            let sum = ComplexFloat(workspace.sumReal[x], workspace.sumImaginary[x])
            store(row + 1 + x, sum / Self.level(x, y, z))
          }
        }
      }
    }
  }

  private func addRow(
    y: Int, z: Int, length: Int, of source: ReferenceGrid, _ points: RowPoints,
    _ workspace: Workspace
  ) {
    workspace.sumReal.clear()
    workspace.sumImaginary.clear()
    let count = (length + 15) / 16 * 16
    for turn in group.operators {
      let matrix = SliceMatrix(
        columns: turn.applied(to: Vector3(1, 0, 0)),
        turn.applied(to: Vector3(0, Double(y), Double(z))))
      matrix.withPointer {
        fulcrum_slice(
          source.pointer, Int32(source.radius), source.interpolation.kernel, points.x.pointer,
          points.ones.pointer, Int32(count), $0, workspace.real.pointer,
          workspace.imaginary.pointer)
      }
      for x in 0..<count {
        workspace.sumReal.pointer[x] += workspace.real.pointer[x]
        workspace.sumImaginary.pointer[x] += workspace.imaginary.pointer[x]
      }
    }
  }
}
