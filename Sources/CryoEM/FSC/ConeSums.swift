import Fourier
import Glibc
import Ground

/// Sums of the products of two spectra over cones and shells.
///
/// Which cones a sample can be in at all is looked up by the cell of a cube's face through which its
/// direction passes.
struct ConeSums: Sendable {
  private let axes: [SIMD3<Float>]
  private let squaredCosine: Float
  private let shells: Int
  /// The cones of each cell of the faces of a cube.
  private let candidates: [[Int32]]
  private static let cells = 24
  private static let parts = 16

  init(axes: [Vector3], halfAngle: Double, shells: Int) {
    self.axes = axes.map { SIMD3<Float>($0) }
    self.shells = shells
    squaredCosine = Float(cos(halfAngle) * cos(halfAngle))
    let cells = Self.cells
    // From a cell's centre to its corner is less than this angle.
    let reach = cos(halfAngle + 2.0.squareRoot() / Double(cells))
    candidates = (0..<3 * cells * cells).map { cell in
      let (axis, rest) = (cell / (cells * cells), cell % (cells * cells))
      var centre = Vector3()
      centre[axis] = 1
      centre[(axis + 1) % 3] = (Double(rest % cells) + 0.5) * 2 / Double(cells) - 1
      centre[(axis + 2) % 3] = (Double(rest / cells) + 0.5) * 2 / Double(cells) - 1
      centre /= (centre * centre).sum().squareRoot()
      return axes.indices.filter { abs((axes[$0] * centre).sum()) >= reach }.map { Int32($0) }
    }
  }

  /// The cell of a direction or its opposite.
  private static func cell(_ direction: SIMD3<Float>) -> Int {
    let size = SIMD3(abs(direction.x), abs(direction.y), abs(direction.z))
    let axis = size.x >= size.y && size.x >= size.z ? 0 : size.y >= size.z ? 1 : 2
    let half = Float(cells) / 2
    let scale = half / direction[axis]
    let first = Int(direction[(axis + 1) % 3] * scale + half)
    let second = Int(direction[(axis + 2) % 3] * scale + half)
    return (axis * cells + min(max(second, 0), cells - 1)) * cells + min(max(first, 0), cells - 1)
  }

  /// The correlations by axis and shell; nan where there is nothing.
  func curves(_ a: BallSpectrum, _ b: BallSpectrum, _ scheduler: Scheduler) -> [[Double]] {
    let parts = collected(Self.parts, scheduler) { sums(a, b, part: $0) }
    var total = [SIMD3<Double>](repeating: .zero, count: axes.count * shells)
    for part in parts { for index in total.indices { total[index] += part[index] } }
    return axes.indices.map { axis in
      (0..<shells).map { shell in
        let sum = total[axis * shells + shell]
        if shell == 0 { return 1 }
        return sum.y > 0 && sum.z > 0 ? sum.x / (sum.y * sum.z).squareRoot() : .nan
      }
    }
  }

  /// Re Σ a·b*, Σ|a|² and Σ|b|² of a part of the blocks.
  private func sums(_ a: BallSpectrum, _ b: BallSpectrum, part: Int) -> [SIMD3<Double>] {
    var sums = [SIMD3<Double>](repeating: .zero, count: axes.count * shells)
    let limit = a.limit
    let (first, second) = (a.values.pointer, b.values.pointer)
    let width = BallSpectrum.width
    // The last squared distance that rounds to the last shell.
    let largest = shells * (shells - 1)
    let shellOfSquare = (0...largest).map { shell(ofSquare: $0) }
    let blocks =
      (a.blocks.count * part / Self.parts)..<(a.blocks.count * (part + 1) / Self.parts)
    sums.withUnsafeMutableBufferPointer { sums in
      for number in blocks {
        let block = a.blocks[number]
        for kz in -limit...limit {
          let square = block.ky * block.ky + kz * kz
          guard square + block.kx * block.kx <= largest else { continue }
          let index = (number * a.size + transformIndex(kz, size: a.size)) * width
          for x in 0..<width {
            let kx = block.kx + x
            let distance = square + kx * kx
            if distance > largest { break }
            // Of the plane kx = 0, where both of a pair are stored, half is enough.
            if kx == 0 && (block.ky < 0 || block.ky == 0 && kz <= 0) { continue }
            let shell = shellOfSquare[distance]
            let (p, q) = (first[index + x], second[index + x])
            let products = SIMD3<Double>(
              Double(p.x * q.x + p.y * q.y), Double(p.x * p.x + p.y * p.y),
              Double(q.x * q.x + q.y * q.y))
            let direction = SIMD3<Float>(Float(kx), Float(block.ky), Float(kz))
            let least = squaredCosine * Float(distance)
            for axis in candidates[Self.cell(direction)] {
              let along = (axes[Int(axis)] * direction).sum()
              if along * along >= least { sums[Int(axis) * shells + shell] += products }
            }
          }
        }
      }
    }
    return sums
  }
}
