import CryoEM
import Fourier

/// Divides accumulated data by accumulated weights: densities on the cube about the mask's centre.
struct Reconstruction: Sendable {
  let geometry: Geometry
  /// Largest grid coordinate of the accumulators.
  let radius: Int
  let cube: CubeTransform
  private let table: ShellTable

  /// - Parameter size: voxels of the cube; the fewest that hold the accumulators unless given.
  init(geometry: Geometry, radius: Int, size: Int? = nil) {
    self.geometry = geometry
    self.radius = radius
    cube = CubeTransform(
      size: size ?? CubeTransform.size(forRadius: radius), period: geometry.period)
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
    workspace.spectrum.clear()
    let size = cube.size
    let width = size / 2 + 1
    let limit = min(radius, size / 2 - 1)
    let gridWidth = radius + 4
    let extent = 2 * radius + 4
    for z in -limit...limit {
      for y in -limit...limit {
        let square = z * z + y * y
        let source = ((z + radius + 1) * extent + y + radius + 1) * gridWidth + 1
        let target = (transformIndex(z, size: size) * size + transformIndex(y, size: size)) * width
        var sign: Float = (y + z) % 2 == 0 ? 1 : -1
        for x in 0...limit {
          let shell = Int(table.shell[square + x * x])
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
            workspace.spectrum.pointer[target + x] = sum * (sign / divisor)
          }
          sign = -sign
        }
      }
    }
    cube.density(
      in: workspace, insertedBy: total.interpolation, isSymmetrised: geometry.symmetry.order > 1)
  }
}
