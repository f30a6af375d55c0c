import CKernels
import CryoEM
import Fourier
import Ground

/// Projections of a map in the images' own box: what images are surveyed with, and what is subtracted
/// from them.
///
/// The model of an image at a pixel k of its transform is C(k) · P(k) · exp(−2πi k · c / (N a)), with c
/// the position of the box centre.
struct BoxModel: Sendable {
  let points: SamplingPoints
  let box: Int
  let pixelSize: Double
  let grid: ReferenceGrid
  let oversampling: Double

  /// A model of a map up to a shell of its own box. Densities are at most half a box from the centre.
  ///
  /// - Parameters:
  ///   - stretch: the largest by which a magnification stretches frequencies.
  ///   - padding: how many times as wide as the map the room for it is. What the interpolation gets wrong
  ///     grows with the distance from the centre: at 0.45 of the box's edge the projection is off by 0.5%
  ///     with half again as much room, and by 0.13% with twice as much.
  init(
    map: Volume, maximumShell: Int, points: SamplingPoints, stretch: Double = 1,
    padding: Double = 1.5
  ) {
    box = map.size
    pixelSize = map.pixelSize
    self.points = points
    // A coarser cube holds all shells that are asked for.
    let size = Self.size(forShell: Double(maximumShell) * stretch, box: map.size)
    let voxels = CentredMap.coarsened(map.voxels, from: map.size, to: size)
    let padded =
      size < map.size && padding == 1.5
      ? size * 3 / 2 : goodTransformSize(atLeast: Int((Double(size) * padding).rounded(.up)))
    oversampling = Double(padded) / Double(size)
    // All points must lie inside the grid, also those beyond the last sample of the spectrum.
    let radius = Int(((Double(maximumShell) + 0.5) * oversampling * stretch).rounded(.up)) + 1
    grid = ReferenceGrid(radius: radius, interpolation: .cubic)
    let cube = CubeTransform(size: padded, period: padded)
    let workspace = cube.workspace(radius: CubeTransform.spectrumRadius(ofGrid: radius))
    let offset = (padded - size) / 2
    // Samples of a density are sums over the voxels of the box.
    let scale = Float(map.size * map.size * map.size) / Float(size * size * size)
    inParallel(size, chunk: 2) { planes in
      voxels.withUnsafeBufferPointer { voxels in
        for z in planes {
          for y in 0..<size {
            let target = ((z + offset) * padded + y + offset) * padded + offset
            let row = (z * size + y) * size
            for x in 0..<size { workspace.real.pointer[target + x] = voxels[row + x] * scale }
          }
        }
      }
    }
    cube.fill(grid, from: workspace)
  }

  /// Voxels of the smallest cube over the box's edge that holds a shell and can be padded by half to a
  /// good size; the box's own where none is smaller.
  private static func size(forShell shell: Double, box: Int) -> Int {
    let least = 2 * (Int(shell.rounded(.up)) + 4)
    let sizes = stride(from: (least + 3) / 4 * 4, to: box, by: 4)
    return sizes.first { goodTransformSize(atLeast: $0 * 3 / 2) == $0 * 3 / 2 } ?? box
  }

  /// The projection at a pose, with its shift but without the CTF, at the points in their order.
  func project(
    _ pose: Pose, magnification: Magnification, real: FFTBuffer<Float>, imaginary: FFTBuffer<Float>
  ) {
    let matrix = SliceMatrix(
      rotation: pose.rotation, oversampling: oversampling, magnification: magnification)
    matrix.withPointer {
      fulcrum_slice(
        grid.pointer, Int32(grid.radius), grid.interpolation.kernel, points.kx.pointer,
        points.ky.pointer, Int32(points.paddedCount), $0, real.pointer, imaginary.pointer)
    }
    let position = pose.position(of: .zero) / (Double(box) * pixelSize)
    let limit = points.maximumShell
    let columns = FFTBuffer<ComplexFloat>(count: limit + 1)
    let rows = FFTBuffer<ComplexFloat>(count: 2 * limit + 1)
    points.phases(of: position, columns: columns.pointer, rows: rows.pointer)
    for index in 0..<points.count {
      let turn = columns.pointer[Int(points.kx[index])]
        .times(rows.pointer[Int(points.ky[index]) + limit])
      let value = ComplexFloat(real.pointer[index], imaginary.pointer[index]).times(turn)
      real.pointer[index] = value.x
      imaginary.pointer[index] = value.y
    }
  }
}
