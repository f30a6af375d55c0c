import CryoEM
import Glibc

/// A vector of the six parameters of a rigid body: rotation vector (radians) and translation at the
/// fulcrum (Å), in the body's frame.
typealias Vector6 = SmallVector<6>

/// A symmetric matrix of those.
typealias Matrix6 = SmallMatrix<6>

/// How a body moves against where its particles started: a Gaussian over its six rigid-body
/// parameters, with a share of particles that do not follow it.
///
/// Motion is all that separates the poses from those that came, with the errors of the latter.
struct MotionModel: Sendable {
  var mean = Vector6()
  var covariance: Matrix6
  /// Share of outliers, which are spread `PoseGaussian.widening` times as wide.
  var outliers: Double
  /// How many particles' worth was learnt; 0 for what a user expects.
  var particles = 0.0

  /// Outliers are few: a larger share lets the rest explain the early iterations, whose blurred
  /// references hold most particles back, by a motion that is too narrow.
  static let mostOutliers = 0.05

  /// Without couplings: standard deviations of the rotation about an axis, radians, and of the
  /// translation along an axis, Å.
  init(rotation: Double, shift: Double) {
    covariance = Matrix6()
    for axis in 0..<6 { covariance[axis, axis] = axis < 3 ? rotation * rotation : shift * shift }
    outliers = 0.02
  }

  /// Standard deviation of the rotation about an axis, radians, and of the translation along one, Å:
  /// of the mean over the axes.
  var rotationDeviation: Double {
    (max(0, covariance[0, 0] + covariance[1, 1] + covariance[2, 2]) / 3).squareRoot()
  }
  var shiftDeviation: Double {
    (max(0, covariance[3, 3] + covariance[4, 4] + covariance[5, 5]) / 3).squareRoot()
  }

  /// The larger relative change of the two deviations.
  func change(from other: MotionModel) -> Double {
    max(
      abs(rotationDeviation / other.rotationDeviation - 1),
      abs(shiftDeviation / other.shiftDeviation - 1))
  }

  /// What it says about the change of a particle in its image; nil where it has no width.
  func gaussian(seenBy view: MotionView) -> PoseGaussian? {
    guard let precision = view.seen(covariance).inverse else { return nil }
    return PoseGaussian(mean: view.seen(mean), precision: precision, outliers: outliers)
  }
}

/// How a particle's image shows the body's six parameters: the rotation as it is, and the translation
/// projected, y = H x.
struct MotionView: Sendable {
  /// Where a translation along each axis of the body moves what is seen, Å per Å.
  private let moves: (Vector2, Vector2, Vector2)

  init(start: Rotation, magnification: Magnification = .identity) {
    func move(_ axis: Vector3) -> Vector2 { magnification.position(of: start.projected(axis)) }
    moves = (move(Vector3(1, 0, 0)), move(Vector3(0, 1, 0)), move(Vector3(0, 0, 1)))
  }

  /// H x.
  func seen(_ x: Vector6) -> Vector5 {
    Vector5(
      Vector3(x[0], x[1], x[2]), moves.0 * x[3] + moves.1 * x[4] + moves.2 * x[5])
  }

  /// H Σ Hᵀ.
  func seen(_ covariance: Matrix6) -> Matrix5 { covariance.carried { seen($0) } }

  /// Hᵀ y.
  func lifted(_ y: Vector5) -> Vector6 {
    var x = Vector6()
    for axis in 0..<3 { x[axis] = y[axis] }
    x[3] = (moves.0 * y.shift).sum()
    x[4] = (moves.1 * y.shift).sum()
    x[5] = (moves.2 * y.shift).sum()
    return x
  }

  /// Hᵀ J H.
  func lifted(_ information: Matrix5) -> Matrix6 { information.carried { lifted($0) } }
}
