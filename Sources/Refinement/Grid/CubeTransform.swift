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
  /// Interpolation that grids made here are meant for.
  public let interpolation: Interpolation
  private let transform: RealTransform
  /// 1 / envelope along an axis.
  private let correction: [Float]

  public init(size: Int, period: Int, interpolation: Interpolation) {
    self.size = size
    self.period = period
    self.interpolation = interpolation
    transform = RealTransform(shape: [size, size, size])
    correction = (0..<size).map {
      Float(1 / interpolation.envelope(Double($0 - size / 2) / Double(size)))
    }
  }

  /// The smallest cube for grids of a radius.
  public static func size(forRadius radius: Int) -> Int {
    goodTransformSize(atLeast: 2 * radius + 2)
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
    applyCorrection(workspace.real)
    transform.forward(workspace.real, into: workspace.spectrum)
    let scale = Float(period) / Float(size)
    grid.fill(from: workspace.spectrum, size: size, scale: scale * scale * scale)
  }

  /// The density of a spectrum in the workspace's spectrum buffer, into its real buffer. The spectrum
  /// must hold the recentring signs; `corrected` divides by the interpolation's envelope.
  func density(in workspace: Workspace, corrected: Bool) {
    transform.inverse(workspace.spectrum, into: workspace.real)
    let voxels = Float(period) * Float(period) * Float(period)
    if corrected {
      applyCorrection(workspace.real, scale: 1 / voxels)
    } else {
      for index in 0..<transform.realCount { workspace.real.pointer[index] /= voxels }
    }
  }

  /// The same without interpolation between: multiplies by the correction of all three axes.
  private func applyCorrection(_ real: FFTBuffer<Float>, scale: Float = 1) {
    for z in 0..<size {
      for y in 0..<size {
        let outer = correction[z] * correction[y] * scale
        let row = real.pointer + (z * size + y) * size
        for x in 0..<size { row[x] *= outer * correction[x] }
      }
    }
  }
}
