import CryoEM
import Fourier

/// What images say of poses: derivatives of their transforms, and the information of those in noise.
enum FisherInformation {
  /// Steps of the central differences, of the rotation vector (radians) and of the shift (Å).
  private static let steps = [1e-3, 1e-3, 1e-3, 0.02, 0.02]

  /// A pose with one of its five parameters changed: those of the rotation vector (radians), then those of the
  /// shift (Å).
  static func moved(
    _ pose: Pose, _ parameter: Int, by step: Double, about point: Vector3
  ) -> Pose {
    var (turn, shift) = (Vector3.zero, Vector2.zero)
    if parameter < 3 { turn[parameter] = step } else { shift[parameter - 3] = step }
    return pose.moved(rotation: Rotation(rotationVector: turn), shift: shift, about: point)
  }

  /// How an image's transform changes with each parameter of a pose, by central differences.
  static func derivatives(
    at pose: Pose, about point: Vector3, of signal: (Pose) -> [ComplexFloat]
  ) -> [[ComplexFloat]] {
    steps.indices.map { parameter in
      let step = steps[parameter]
      let (ahead, behind) = (
        signal(moved(pose, parameter, by: step, about: point)),
        signal(moved(pose, parameter, by: -step, about: point))
      )
      let factor = Float(0.5 / step)
      return zip(ahead, behind).map { factor * ($0 - $1) }
    }
  }

  /// Σ Re(J̄ⱼ Jₗ)/σ² over the half-plane.
  ///
  /// - Parameters:
  ///   - derivatives: J, of transforms of `box` pixels along the edge.
  ///   - precision: 1/σ² of a real component at kx, ky; nil for samples that do not count.
  static func matrix(
    _ derivatives: [[ComplexFloat]], box: Int, precision: (Int, Int) -> Double?
  ) -> SquareMatrix {
    let width = box / 2 + 1
    let samples = (derivatives.first ?? []).indices.compactMap { index -> (Int, Double)? in
      let (kx, ky) = (index % width, signedFrequency(index / width, size: box))
      guard kx > 0 || ky > 0, let precision = precision(kx, ky) else { return nil }
      return (index, precision)
    }
    var matrix = SquareMatrix(size: derivatives.count)
    for row in derivatives.indices {
      for column in row..<derivatives.count {
        let sum = samples.reduce(0.0) {
          $0 + $1.1 * Double((derivatives[row][$1.0] * derivatives[column][$1.0]).sum())
        }
        matrix[row, column] = sum
        matrix[column, row] = sum
      }
    }
    return matrix
  }
}
