import CryoEM
import Fourier

/// Divides accumulated data by accumulated weights: densities on the cube about the mask's centre.
struct Reconstruction: Sendable {
  let geometry: Geometry
  /// Largest grid coordinate of the accumulators.
  let radius: Int
  let cube: CubeTransform
  private let table: ShellTable

  /// - Parameters:
  ///   - size: voxels of the cube; the fewest that hold the accumulators unless given.
  ///   - rows: the voxels that are wanted; all of the cube unless given.
  init(geometry: Geometry, radius: Int, size: Int? = nil, rows: VoxelRows? = nil) {
    self.geometry = geometry
    self.radius = radius
    let size = size ?? CubeTransform.size(forRadius: radius)
    cube = CubeTransform(rows ?? VoxelRows(allOf: size), period: geometry.period)
    table = ShellTable(radius: radius, oversampling: 1, shells: radius)
  }

  /// Shells of the cube: spatial frequency s / (period · pixel size).
  var shellCount: Int { radius + 1 }

  /// Voxel of the cube, Å.
  var voxelSize: Double {
    Double(geometry.period) * geometry.pixelSize / Double(cube.size)
  }

  /// Shell of the cube at a squared distance; −1 beyond the last.
  func shell(atSquare square: Int) -> Int { Int(table.shell[square]) }

  /// Mean weight per shell of the cube.
  func shellMeans(_ accumulator: Accumulator) -> [Double] {
    accumulator.shellMeans(oversampling: 1, shells: radius)
  }

  /// The density of `total` − `without` + (below the split) `shared`, into the workspace's real buffer:
  /// numerator / (denominator + regularisation of the shell).
  ///
  /// - Parameters:
  ///   - shared: added to the sums in shells up to `sharedShells` of the cube: the other half.
  ///   - regularisation: per shell of the cube; infinite where nothing is to remain.
  func density(
    of total: Accumulator, without fold: Accumulator? = nil, shared: Accumulator? = nil,
    sharedShells: Int = 0, regularisation: [Float], into workspace: CubeTransform.Workspace
  ) {
    divide(
      total, without: fold, shared: shared, sharedShells: sharedShells,
      regularisation: regularisation, into: workspace.spectrum)
    cube.density(
      in: workspace, insertedBy: total.interpolation, isSymmetrised: isSymmetrised)
  }

  /// The same as a map of the whole cube.
  func volume(of total: Accumulator, regularisation: [Float]) -> Volume {
    let spectrum = BallSpectrum(size: cube.size, radius: radius + 1)
    divide(total, regularisation: regularisation, into: spectrum)
    let voxels = largeArray(count: cube.rows.count) { (values: UnsafeMutablePointer<Float>) in
      cube.transform.inverse(
        spectrum, cube.transform.workspace(radius: spectrum.radius), into: values)
      cube.finish(values, insertedBy: total.interpolation, isSymmetrised: isSymmetrised)
    }
    return Volume(size: cube.size, pixelSize: voxelSize, voxels: voxels)
  }

  /// Whether a `Symmetriser` was at work.
  var isSymmetrised: Bool { geometry.symmetry.order > 1 }

  /// The quotients of `density`, with the signs that move the phase origin to the cube's centre.
  func divide(
    _ total: Accumulator, without fold: Accumulator? = nil, shared: Accumulator? = nil,
    sharedShells: Int = 0, regularisation: [Float], into spectrum: BallSpectrum
  ) {
    spectrum.values.clear()
    let gridWidth = radius + 4
    let extent = 2 * radius + 4
    let limit = min(radius, spectrum.limit)
    regularisation.withUnsafeBufferPointer { regularisation in
      table.shell.withUnsafeBufferPointer { shells in
        spectrum.forEachEight { block, z, target in
          guard abs(z) <= limit, abs(block.ky) <= limit else { return }
          let square = z * z + block.ky * block.ky
          let source = ((z + radius + 1) * extent + block.ky + radius + 1) * gridWidth + 1
          var sign: Float = (block.ky + z) % 2 == 0 ? 1 : -1
          for x in block.kx..<max(block.kx, min(block.kx + BallSpectrum.width, limit + 1)) {
            let shell = Int(shells[square + x * x])
            if shell < 0 { break }
            let index = source + x
            var sum = total.numerator[index]
            var weight = total.denominator[index]
            if let fold {
              sum -= fold.numerator[index]
              weight -= fold.denominator[index]
            }
            if let shared, shell <= sharedShells {
              sum += shared.numerator[index]
              weight += shared.denominator[index]
            }
            let divisor = weight + regularisation[shell]
            if divisor > 0, divisor.isFinite {
              spectrum.values.pointer[target + x - block.kx] = sum * (sign / divisor)
            }
            sign = -sign
          }
        }
      }
    }
  }
}
