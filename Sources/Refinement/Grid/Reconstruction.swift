import CryoEM
import Fourier
import Ground

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
    let known = means.filled
    return (0...radius).map { shell in known.reduce(0) { $0 + $1[shell] } }
  }

  /// 1/τ² of half-maps that nothing else filters: a twentieth of each shell's mean weight, as where
  /// hardly an image went nothing is better than noise; and infinite beyond the last shell with real
  /// weight.
  static func regularisation(means: [Double], last: Int) -> [Float] {
    means.enumerated().map { $0.offset <= last ? Float(0.05 * $0.element + 1e-20) : .infinity }
  }

  /// What is divided: the sum of accumulators and (below the split) `shared` ones, numerator /
  /// (denominator + regularisation of the shell).
  struct Quotient {
    var parts: [Accumulator]
    /// Added in shells up to `sharedShells` of the cube: the other half.
    var shared: [Accumulator] = []
    var sharedShells = 0
    /// Per shell of the cube; infinite where nothing is to remain.
    var regularisation: [Float]
  }

  /// The density of a quotient as a map of the whole cube.
  func volume(of quotient: Quotient) -> Volume {
    let spectrum = BallSpectrum(size: cube.size, radius: radius + 1)
    divide(quotient, into: spectrum)
    let voxels = largeArray(count: cube.rows.count) { (values: UnsafeMutablePointer<Float>) in
      cube.transform.inverse(
        spectrum, cube.transform.workspace(radius: spectrum.radius), into: values)
      cube.finish(
        values, insertedBy: quotient.parts[0].interpolation, isSymmetrised: isSymmetrised)
    }
    return Volume(size: cube.size, pixelSize: voxelSize, voxels: voxels)
  }

  /// Whether a `Symmetriser` was at work.
  var isSymmetrised: Bool { geometry.symmetry.order > 1 }

  /// The samples of a quotient, with the signs that move the phase origin to the cube's centre.
  func divide(_ quotient: Quotient, into spectrum: BallSpectrum) {
    let perBlock = spectrum.values.count / max(1, spectrum.blocks.count)
    inParallel(spectrum.blocks.count, chunk: 16) { blocks in
      let count = perBlock * blocks.count
      (spectrum.values.pointer + perBlock * blocks.lowerBound).update(
        repeating: .zero, count: count)
      withSampler(quotient) { sample in
        spectrum.forEachEight(blocks: blocks) { block, z, target in
          sample(z, block.ky, block.kx, spectrum.values.pointer + target)
        }
      }
    }
  }

  /// Gives `body` a function that writes up to eight neighbouring samples along x, of those that lie in
  /// the accumulators and the cube: at z, y and the first x, to where.
  func withSampler(
    _ quotient: Quotient,
    _ body: ((Int, Int, Int, UnsafeMutablePointer<ComplexFloat>) -> Void) -> Void
  ) {
    let width = BallSpectrum.width
    let layout = GridLayout(radius: radius)
    let limit = min(radius, cube.size / 2 - 1)
    // Shells are rounded: s reaches to the square s² + s.
    let sharedSquare = quotient.sharedShells * (quotient.sharedShells + 1)
    quotient.regularisation.withUnsafeBufferPointer { regularisation in
      table.shell.withUnsafeBufferPointer { shells in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 6 * width) { sums in
          let others = UnsafeMutableBufferPointer(rebasing: sums[(3 * width)...])
          body { z, y, first, target in
            guard abs(z) <= limit, abs(y) <= limit, first <= limit else { return }
            let square = z * z + y * y
            let source = layout.index(first, y, z)
            let count = min(width, limit + 1 - first)
            Accumulator.sum(quotient.parts, from: source, count: count, into: sums)
            let isShared = !quotient.shared.isEmpty && square + first * first <= sharedSquare
            if isShared {
              Accumulator.sum(quotient.shared, from: source, count: count, into: others)
            }
            for x in 0..<count {
              let shell = Int(shells[square + (first + x) * (first + x)])
              if shell < 0 { break }
              var sum = ComplexFloat(sums[3 * x], sums[3 * x + 1])
              var weight = sums[3 * x + 2]
              if isShared, shell <= quotient.sharedShells {
                sum += ComplexFloat(others[3 * x], others[3 * x + 1])
                weight += others[3 * x + 2]
              }
              let divisor = weight + regularisation[shell]
              guard divisor > 0, divisor.isFinite else { continue }
              target[x] = sum * ((first + x + y + z) % 2 == 0 ? 1 / divisor : -1 / divisor)
            }
          }
        }
      }
    }
  }
}
