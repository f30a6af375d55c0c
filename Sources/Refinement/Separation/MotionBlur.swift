import CryoEM
import Fourier
import Glibc
import Ground

/// How density looks that is seen in a frame in which it does not rest: averaged over the changes of pose that
/// lead from one frame to the other.
struct MotionBlur: Sendable {
  /// Rotations of the particles' changes, a sample of them; point v of the moving frame is R v of the first.
  let rotations: [Rotation]
  /// The point about which they turn, Å from the volumes' centre.
  let fulcrum: Vector3
  /// Standard deviation of the shift of the projected fulcrum along an axis, Å.
  let shift: Double

  /// What moves with the first frame, seen in the moving one: the mean of density(f + R (v − f)), blurred by
  /// the shifts; `inverted`, what moves, seen in the first frame.
  ///
  /// - Parameter region: where it is wanted; zero elsewhere.
  func seen(_ density: Volume, inverted: Bool, within region: [Bool]) -> Volume {
    let shifted = density.blurred(by: shift)
    let turns = inverted ? rotations.map(\.transposed) : rotations
    let share = 1 / Float(max(1, turns.count))
    let (size, fulcrum) = (density.size, fulcrum)
    let planes = Collected<[Float]>(count: size)
    inParallel(size, chunk: 1) { range in
      for z in range {
        var plane = [Float](repeating: 0, count: size * size)
        for y in 0..<size {
          for x in 0..<size where region[(z * size + y) * size + x] {
            let arm = shifted.position(x: x, y: y, z: z) - fulcrum
            var sum: Float = 0
            for turn in turns {
              sum += shifted.linear(at: shifted.index(of: fulcrum + turn.applied(to: arm)))
            }
            plane[y * size + x] = sum * share
          }
        }
        planes[z] = plane
      }
    }
    return Volume(
      size: size, pixelSize: density.pixelSize, voxels: planes.filled.flatMap { $0 })
  }
}

extension Volume {
  /// Convolved with a Gaussian of a standard deviation (Å).
  func blurred(by deviation: Double) -> Volume {
    filtered(byFrequency: { frequency in
      let phase = 2 * Double.pi * deviation * frequency
      return exp(-0.5 * phase * phase)
    })
  }
}
