import CryoEM
import Fourier
import Ground

/// Transforms between a density on a coarse cube around the reference's origin, or on those of its
/// voxels that matter, and Fourier grids.
///
/// The cube has `size` voxels along an edge of `period` image pixels, so its voxels are
/// period · pixelSize / size wide; its spectrum's spacing is that of the grids. Densities are those of
/// the images' voxels: a grid's samples are the sums over voxels of the images' pixel size.
public final class CubeTransform: Sendable {
  /// Edge in pixels of the images.
  public let period: Int
  /// The voxels at which the density is wanted, and beyond which it is zero.
  let rows: VoxelRows
  /// Between those voxels and spectra whose phase origin is at index 0.
  let transform: RowTransform

  /// For some voxels of a cube.
  init(_ rows: VoxelRows, period: Int) {
    self.rows = rows
    self.period = period
    transform = RowTransform(rows)
  }

  /// For all voxels of a cube.
  public convenience init(size: Int, period: Int) {
    self.init(VoxelRows(allOf: size), period: period)
  }

  /// Voxels along the cube's edge.
  public var size: Int { rows.size }

  /// 1 / the product of the envelopes of interpolations along an axis.
  func correction(for interpolations: [Interpolation]) -> [Float] {
    (0..<size).map { index in
      let x = Double(index - size / 2) / Double(size)
      return Float(1 / interpolations.reduce(1) { $0 * $1.envelope(x) })
    }
  }

  /// The cube for grids of a radius that is likely to be cheapest: the fewest voxels, unless a slightly
  /// larger cube's transform is much faster.
  public static func size(forRadius radius: Int) -> Int {
    let least = goodTransformSize(atLeast: 2 * radius + 2)
    let sizes = stride(from: least, through: least + least / 8, by: 2)
      .filter { goodTransformSize(atLeast: $0) == $0 }
    func cost(_ size: Int) -> Double {
      // A voxel costs about as much again in everything else.
      Double(size * size * size) * (1 + (fastSizes[size] ?? 2))
    }
    return sizes.min { cost($0) < cost($1) } ?? least
  }

  /// Time of a transform per voxel, ns, of the sizes of which it is less than two; measured.
  private static let fastSizes: [Int: Double] = [
    64: 1.4, 72: 1.4, 80: 1.3, 96: 1.5, 100: 1.7, 112: 1.6, 120: 1.5, 128: 1, 144: 1.4, 160: 1.3,
    180: 1.7, 192: 1.2, 200: 1.5, 240: 1.4, 256: 1.2, 288: 1.6, 320: 1.5, 384: 1.5, 400: 1.5,
  ]

  /// Memory for one transform at a time; each thread needs its own.
  public struct Workspace: Sendable {
    /// The density of the voxels, in the order of the rows.
    let real: FFTBuffer<Float>
    /// Its spectrum, with the phase origin at index 0.
    let spectrum: BallSpectrum
    let scratch: RowTransform.Workspace
  }

  /// A workspace for spectra up to a radius; for all of the cube's without one.
  public func workspace(radius: Int? = nil) -> Workspace {
    let radius = radius ?? size
    return Workspace(
      real: FFTBuffer(count: rows.count), spectrum: BallSpectrum(size: size, radius: radius),
      scratch: transform.workspace(radius: radius))
  }

  /// Bytes of a workspace for the voxels of a mask of an extent, as a share of the cube's edge.
  static func bytesOfWorkspace(size: Int, radius: Int, extent: Double) -> Int {
    4 * voxels(size: size, extent: extent) + BallSpectrum.bytes(size: size, radius: radius)
      + bytesOfScratch(size: size, radius: radius, extent: extent)
  }

  /// Bytes of what a transform needs besides for the planes of such a mask.
  static func bytesOfScratch(size: Int, radius: Int, extent: Double) -> Int {
    RowTransform.bytes(
      size: size, planes: min(size, Int(extent * Double(size)) + 2), radius: radius)
  }

  /// Voxels of a mask that fills the ball of an extent.
  static func voxels(size: Int, extent: Double) -> Int {
    let edge = extent * Double(size)
    return Int(edge * edge * edge * .pi / 6)
  }

  /// The radius of the spectrum from which a grid is filled: what the taps of an interpolation reach.
  static func spectrumRadius(ofGrid radius: Int) -> Int { radius + 4 }

  /// Fills a grid with the transform of the density in the workspace, the density times the
  /// interpolation's correction.
  func fill(_ grid: ReferenceGrid, from workspace: Workspace) {
    multiply(workspace.real.pointer, by: [grid.interpolation])
    transform.forward(workspace.real.pointer, workspace.scratch, into: workspace.spectrum)
    let scale = Float(period) / Float(size)
    grid.fill(from: workspace.spectrum, scale: scale * scale * scale)
  }

  /// Makes a density of the inverse transform of what was inserted, whose spectrum held the recentring
  /// signs: the envelope of the insertion's interpolation is divided out, and that of a `Symmetriser`
  /// where one was at work.
  func finish(
    _ values: UnsafeMutablePointer<Float>, insertedBy interpolation: Interpolation,
    isSymmetrised: Bool
  ) {
    let voxels = Float(period) * Float(period) * Float(period)
    multiply(
      values, by: [interpolation] + (isSymmetrised ? [Symmetriser.interpolation] : []),
      scale: 1 / voxels)
  }

  /// Multiplies by the correction of all three axes.
  private func multiply(
    _ values: UnsafeMutablePointer<Float>, by interpolations: [Interpolation], scale: Float = 1
  ) {
    let correction = correction(for: interpolations)
    nonisolated(unsafe) let values = values
    inParallel(rows.rows.count, chunk: 512) { range in
      for row in rows.rows[range] {
        let outer = correction[row.z] * correction[row.y] * scale
        let line = values + row.first
        let start = row.x.lowerBound
        for x in 0..<row.x.count { line[x] *= outer * correction[start + x] }
      }
    }
  }
}
