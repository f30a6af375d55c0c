import CKernels
import CryoEM
import Fourier

/// A square lattice of shifts about a particle's prior centre, scored for one slice at a time by
/// contracting kx, then ky.
struct ShiftLattice: Sendable {
  /// Highest shell that is scored.
  let band: Int
  /// Shifts along an axis: −reach…reach steps.
  let reach: Int
  /// Step, Å.
  let step: Double
  private let stepTurns: Float
  private let columns: [Int16]
  private let rows: [Int16]

  /// Shifts up to `extent` Å, spaced by at most a quarter of the band's resolution.
  init(points: SamplingPoints, geometry: Geometry, band: Int, extent: Double, finest: Double) {
    self.band = band
    let spacing = max(geometry.resolution(ofShell: band) / 4, finest)
    reach = extent > 0 ? Int((extent / spacing).rounded(.up)) : 0
    step = reach > 0 ? extent / Double(reach) : 0
    stepTurns = Float(step / geometry.windowEdge)
    let count = points.count(upTo: band)
    columns = (0..<count).map { Int16(points.kx[$0]) }
    rows = (0..<count).map { Int16(Int(points.ky[$0]) + band) }
  }

  /// Shifts along an axis.
  var width: Int { 2 * reach + 1 }

  /// The shift of a lattice point, Å.
  func shift(_ index: Int) -> Vector2 {
    Vector2(Double(index % width - reach), Double(index / width - reach)) * step
  }

  /// Buffers of one thread.
  final class Workspace: Sendable {
    let real: FFTBuffer<Float>
    let imaginary: FFTBuffer<Float>
    let scores: FFTBuffer<Float>
    let scratch: FFTBuffer<Float>

    init(points: SamplingPoints, band: Int, width: Int) {
      real = FFTBuffer(count: points.paddedCount)
      imaginary = FFTBuffer(count: points.paddedCount)
      scores = FFTBuffer(count: width * width)
      scratch = FFTBuffer(
        count: 2 * (band + 1) * (2 * band + 1) + 2 * width * (2 * band + 1))
    }
  }

  /// Re Σ conj(P) z at every shift about `centre` (turns per pixel of k), into the workspace.
  func score(centre: SIMD2<Float>, workspace: Workspace) {
    let origin = Float(reach) * stepTurns
    columns.withUnsafeBufferPointer { columns in
      rows.withUnsafeBufferPointer { rows in
        fulcrum_shift_scores(
          workspace.real.pointer, workspace.imaginary.pointer, columns.baseAddress,
          rows.baseAddress, Int32(columns.count), Int32(band), centre.x - origin, stepTurns,
          Int32(width), centre.y - origin, stepTurns, Int32(width), workspace.scratch.pointer,
          workspace.scores.pointer)
      }
    }
  }
}
