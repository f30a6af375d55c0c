import CryoEM
import Fourier

/// Transforms between a density on a coarse cube around the reference's origin and Fourier grids.
///
/// The cube has `size` voxels along an edge of `period` image pixels, so its voxels are
/// period · pixelSize / size wide; its spectrum's spacing is that of the grids. Densities are those of
/// the images' voxels: a grid's samples are the sums over voxels of the images' pixel size.
public final class CubeTransform: Sendable {
  /// Voxels along the cube's edge.
  public let size: Int
  /// Edge in pixels of the images.
  public let period: Int
  private let transform: RealTransform

  public init(size: Int, period: Int) {
    self.size = size
    self.period = period
    transform = RealTransform(shape: [size, size, size])
  }

  /// 1 / the product of the envelopes of interpolations along an axis.
  func correction(for interpolations: [Interpolation]) -> [Float] {
    (0..<size).map { index in
      let x = Double(index - size / 2) / Double(size)
      return Float(1 / interpolations.reduce(1) { $0 * $1.envelope(x) })
    }
  }

  /// The cube for grids of a radius whose transform is likely to be cheapest: FFTW takes about two
  /// thirds of the time per voxel where 16 divides the size, and four fifths where 4 does.
  public static func size(forRadius radius: Int) -> Int {
    let least = goodTransformSize(atLeast: 2 * radius + 2)
    let sizes = stride(from: least, through: least + least / 8, by: 2)
      .filter { goodTransformSize(atLeast: $0) == $0 }
    func cost(_ size: Int) -> Double {
      Double(size * size * size) * (size % 16 == 0 ? 0.65 : size % 4 == 0 ? 0.8 : 1)
    }
    return sizes.min { cost($0) < cost($1) } ?? least
  }

  /// Buffers for one transform at a time; each thread needs its own.
  public struct Workspace: Sendable {
    let real: FFTBuffer<Float>
    let spectrum: FFTBuffer<ComplexFloat>
  }

  /// A workspace.
  public func workspace() -> Workspace {
    Workspace(
      real: FFTBuffer(count: transform.realCount),
      spectrum: FFTBuffer(count: transform.spectrumCount))
  }

  /// Fills a grid with the transform of the density in the workspace's real buffer, the density
  /// times the interpolation's correction.
  func fill(_ grid: ReferenceGrid, from workspace: Workspace) {
    applyCorrection(of: [grid.interpolation], to: workspace.real)
    transform.forward(workspace.real, into: workspace.spectrum)
    let scale = Float(period) / Float(size)
    grid.fill(from: workspace.spectrum, size: size, scale: scale * scale * scale)
  }

  /// The density of a spectrum in the workspace's spectrum buffer, into its real buffer. The spectrum
  /// must hold the recentring signs; the envelope of the insertion's interpolation is divided out, and
  /// that of a `Symmetriser` where one was at work.
  func density(
    in workspace: Workspace, insertedBy interpolation: Interpolation, isSymmetrised: Bool = false
  ) {
    transform.inverse(workspace.spectrum, into: workspace.real)
    let voxels = Float(period) * Float(period) * Float(period)
    applyCorrection(
      of: [interpolation] + (isSymmetrised ? [Symmetriser.interpolation] : []), to: workspace.real,
      scale: 1 / voxels)
  }

  /// Multiplies by the correction of all three axes.
  private func applyCorrection(
    of interpolations: [Interpolation], to real: FFTBuffer<Float>, scale: Float = 1
  ) {
    let correction = correction(for: interpolations)
    for z in 0..<size {
      for y in 0..<size {
        let outer = correction[z] * correction[y] * scale
        let row = real.pointer + (z * size + y) * size
        for x in 0..<size { row[x] *= outer * correction[x] }
      }
    }
  }
}
