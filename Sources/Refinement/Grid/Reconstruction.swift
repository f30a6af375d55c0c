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

  /// Mean weight per shell of the cube of the sum of accumulators.
  func shellMeans(_ parts: [Accumulator], threads: Int = 1) -> [Double] {
    let means = Collected<[Double]>(count: parts.count)
    parallelFor(count: parts.count, chunk: 1, threads: threads) { range, _ in
      for part in range {
        means[part] = parts[part].shellMeans(oversampling: 1, shells: radius)
      }
    }
    let known = (try? means.values()) ?? []
    return (0...radius).map { shell in known.reduce(0) { $0 + $1[shell] } }
  }

  /// The density of the sum of accumulators and (below the split) `shared` ones, into the workspace's
  /// real buffer: numerator / (denominator + regularisation of the shell).
  ///
  /// - Parameters:
  ///   - shared: added to the sums in shells up to `sharedShells` of the cube: the other half.
  ///   - regularisation: per shell of the cube; infinite where nothing is to remain.
  func density(
    of parts: [Accumulator], shared: [Accumulator] = [], sharedShells: Int = 0,
    regularisation: [Float], into workspace: CubeTransform.Workspace
  ) {
    divide(
      parts, shared: shared, sharedShells: sharedShells, regularisation: regularisation,
      into: workspace.spectrum)
    cube.density(
      in: workspace, insertedBy: parts[0].interpolation, isSymmetrised: isSymmetrised)
  }

  /// The same as a map of the whole cube.
  func volume(of parts: [Accumulator], regularisation: [Float]) -> Volume {
    let spectrum = BallSpectrum(size: cube.size, radius: radius + 1)
    divide(parts, regularisation: regularisation, into: spectrum)
    let voxels = largeArray(count: cube.rows.count) { (values: UnsafeMutablePointer<Float>) in
      cube.transform.inverse(
        spectrum, cube.transform.workspace(radius: spectrum.radius), into: values)
      cube.finish(values, insertedBy: parts[0].interpolation, isSymmetrised: isSymmetrised)
    }
    return Volume(size: cube.size, pixelSize: voxelSize, voxels: voxels)
  }

  /// Whether a `Symmetriser` was at work.
  var isSymmetrised: Bool { geometry.symmetry.order > 1 }

  /// The quotients of `density`, with the signs that move the phase origin to the cube's centre.
  func divide(
    _ parts: [Accumulator], shared: [Accumulator] = [], sharedShells: Int = 0,
    regularisation: [Float], into spectrum: BallSpectrum
  ) {
    spectrum.values.clear()
    let gridWidth = radius + 4
    let extent = 2 * radius + 4
    let limit = min(radius, spectrum.limit)
    // Shells are rounded: s reaches to the square s² + s.
    let sharedSquare = sharedShells * sharedShells + sharedShells
    regularisation.withUnsafeBufferPointer { regularisation in
      table.shell.withUnsafeBufferPointer { shells in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 6 * BallSpectrum.width) { sums in
          spectrum.forEachEight { block, z, target in
            guard abs(z) <= limit, abs(block.ky) <= limit, block.kx <= limit else { return }
            let square = z * z + block.ky * block.ky
            let source =
              ((z + radius + 1) * extent + block.ky + radius + 1) * gridWidth + 1 + block.kx
            let count = min(BallSpectrum.width, limit + 1 - block.kx)
            let others = UnsafeMutableBufferPointer(rebasing: sums[(3 * BallSpectrum.width)...])
            Accumulator.sum(parts, from: source, count: count, into: sums)
            let isShared = !shared.isEmpty && square + block.kx * block.kx <= sharedSquare
            if isShared { Accumulator.sum(shared, from: source, count: count, into: others) }
            var sign: Float = (block.ky + z + block.kx) % 2 == 0 ? 1 : -1
            for x in 0..<count {
              let kx = block.kx + x
              let shell = Int(shells[square + kx * kx])
              if shell < 0 { break }
              var sum = ComplexFloat(sums[3 * x], sums[3 * x + 1])
              var weight = sums[3 * x + 2]
              if isShared, shell <= sharedShells {
                sum += ComplexFloat(others[3 * x], others[3 * x + 1])
                weight += others[3 * x + 2]
              }
              let divisor = weight + regularisation[shell]
              if divisor > 0, divisor.isFinite {
                spectrum.values.pointer[target + x] = sum * (sign / divisor)
              }
              sign = -sign
            }
          }
        }
      }
    }
  }
}
