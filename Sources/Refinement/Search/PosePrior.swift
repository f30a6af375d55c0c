import CryoEM
import Glibc

/// A pose in the search: orientation, and where the reference's origin appears relative to the centre
/// of the particle's window, Å.
struct Alignment: Sendable, Equatable {
  var rotation: Rotation
  var position: Vector2
}

extension Alignment {
  /// A pose relative to a window.
  ///
  /// - Parameter windowCentre: pixels from the image's centre.
  init(
    _ pose: Pose, windowCentre: SIMD2<Int32>, geometry: Geometry, magnification: Magnification
  ) {
    let centre = Vector2(Double(windowCentre.x), Double(windowCentre.y))
    let projected = magnification.position(of: pose.rotation.projected(geometry.centre))
    self.init(
      rotation: pose.rotation, position: projected - pose.origin - centre * geometry.pixelSize)
  }
}

/// What is believed about a particle's pose before its image is looked at: a Gaussian about where it
/// started, cut off at the search extents.
struct PosePrior: Sendable {
  /// Where the extents are centred.
  var centre: Alignment
  /// The pose whose change the Gaussian is about; that is where it is centred, but for its mean.
  var start: Alignment
  /// The fulcrum relative to the reference's origin, Å.
  var fulcrum: Vector3
  /// Nil without a prior.
  var gaussian: PoseGaussian?
  /// Hard limits, radians and Å.
  var rotationExtent: Double
  var shiftExtent: Double
  /// Of the particle's optics group.
  var magnification = Magnification.identity

  init(
    centre: Alignment, start: Alignment? = nil, fulcrum: Vector3, gaussian: PoseGaussian? = nil,
    rotationExtent: Double, shiftExtent: Double, magnification: Magnification = .identity
  ) {
    self.centre = centre
    self.start = start ?? centre
    self.fulcrum = fulcrum
    self.gaussian = gaussian
    self.rotationExtent = rotationExtent
    self.shiftExtent = shiftExtent
    self.magnification = magnification
  }

  /// The change from the centre: rotation vector, and shift of the projected fulcrum, Å.
  func change(of pose: Alignment) -> (rotation: Vector3, shift: Vector2) {
    change(of: pose, from: centre)
  }

  private func change(
    of pose: Alignment, from start: Alignment
  ) -> (rotation: Vector3, shift: Vector2) {
    let rotation = (start.rotation.transposed * pose.rotation).rotationVector
    return (rotation, fulcrumPosition(pose) - fulcrumPosition(start))
  }

  /// The change from the start, about which the Gaussian is: rotation vector and shift.
  func changeFromStart(of pose: Alignment) -> Vector5 {
    let (rotation, shift) = change(of: pose, from: start)
    return Vector5(rotation, shift)
  }

  /// Where the fulcrum appears relative to the reference's origin, Å.
  func projectedFulcrum(_ rotation: Rotation) -> Vector2 {
    magnification.position(of: rotation.projected(fulcrum))
  }

  /// Where the fulcrum appears, Å from the centre of the particle's window.
  func fulcrumPosition(_ pose: Alignment) -> Vector2 {
    pose.position + projectedFulcrum(pose.rotation)
  }

  /// The log prior without its constant.
  func logDensity(of pose: Alignment) -> Double {
    gaussian?.density(of: changeFromStart(of: pose)).log ?? 0
  }

  /// Adds the prior's value, gradient and curvature (negative second derivative, of Gauss and Newton)
  /// at a pose.
  func add(
    at pose: Alignment, value: inout Double, gradient: inout Vector5, curvature: inout Matrix5
  ) {
    guard let gaussian else { return }
    let change = changeFromStart(of: pose)
    let (log, weight, pull) = gaussian.density(of: change)
    let slopes = changeDerivatives(at: pose, rotation: change.rotation)
    value += log
    gradient = gradient - slopes.transposedTimes(pull) * weight
    curvature = curvature + gaussian.precision.congruent(by: slopes) * weight
  }

  /// What an image says of the change, from slope and curvature of its log likelihood by the five
  /// parameters at a pose, without the prior.
  func likelihood(at pose: Alignment, gradient: Vector5, curvature: Matrix5) -> PoseLikelihood {
    let change = changeFromStart(of: pose)
    let back = parameterDerivatives(at: pose, rotation: change.rotation)
    let information = curvature.congruent(by: back)
    let slope = back.transposedTimes(gradient)
    return PoseLikelihood(
      information: information, vector: information.times(change) + slope)
  }

  /// The pose that the Gaussian expects, where outliers are told of and a pose is likely one.
  func expected(insteadOf pose: Alignment) -> Alignment? {
    guard let gaussian, gaussian.outliers > 0 else { return nil }
    let away = changeFromStart(of: pose) - gaussian.mean
    guard away.dot(gaussian.precision.times(away)) > Self.farFetched else { return nil }
    return clamped(self.pose(changedBy: gaussian.mean))
  }

  /// Squared distance from the mean, in deviations, beyond which a pose is far-fetched: one in ten of
  /// five-dimensional Gaussian ones.
  private static let farFetched = 9.2

  /// The pose with a given change from the start.
  func pose(changedBy change: Vector5) -> Alignment {
    let rotation = start.rotation * Rotation(rotationVector: change.rotation)
    return Alignment(
      rotation: rotation,
      position: fulcrumPosition(start) + change.shift - projectedFulcrum(rotation))
  }

  /// The covariance of the five parameters at a pose whose change has a given covariance.
  func covariance(ofChange covariance: Matrix5, at pose: Alignment) -> Matrix5 {
    let slopes = parameterDerivatives(
      at: pose, rotation: changeFromStart(of: pose).rotation)
    return covariance.congruent(by: slopes.transposed)
  }

  /// Derivatives of the change from the start (rows) by the five parameters.
  private func changeDerivatives(at pose: Alignment, rotation: Vector3) -> Matrix5 {
    var slopes = Matrix5()
    let turn = Rotation.rightJacobian(at: rotation, inverse: true)
    for row in 0..<3 {
      for column in 0..<3 { slopes[row, column] = turn[row][column] }
    }
    let moves = shiftDerivatives(at: pose)
    for column in 0..<5 {
      slopes[3, column] = moves[column].x
      slopes[4, column] = moves[column].y
    }
    return slopes
  }

  /// The inverse: derivatives of the five parameters (rows) by the change.
  private func parameterDerivatives(at pose: Alignment, rotation: Vector3) -> Matrix5 {
    var slopes = Matrix5()
    let turn = Rotation.rightJacobian(at: rotation)
    let moves = shiftDerivatives(at: pose)
    for column in 0..<3 {
      for row in 0..<3 {
        slopes[row, column] = turn[row][column]
        slopes[3, column] -= moves[row].x * turn[row][column]
        slopes[4, column] -= moves[row].y * turn[row][column]
      }
    }
    slopes[3, 3] = 1
    slopes[4, 4] = 1
    return slopes
  }

  /// Derivatives of the projected fulcrum by the five parameters.
  func shiftDerivatives(at pose: Alignment) -> InlineArray<5, Vector2> {
    let f = fulcrum
    var moves = InlineArray<5, Vector2>(repeating: .zero)
    moves[0] = magnification.position(of: pose.rotation.projected(Vector3(0, -f.z, f.y)))
    moves[1] = magnification.position(of: pose.rotation.projected(Vector3(f.z, 0, -f.x)))
    moves[2] = magnification.position(of: pose.rotation.projected(Vector3(-f.y, f.x, 0)))
    moves[3] = Vector2(1, 0)
    moves[4] = Vector2(0, 1)
    return moves
  }

  /// The nearest pose within the extents.
  func clamped(_ pose: Alignment) -> Alignment {
    var pose = pose
    let (rotation, _) = change(of: pose)
    let angle = (rotation * rotation).sum().squareRoot()
    if angle > rotationExtent {
      let held = fulcrumPosition(pose)
      pose.rotation =
        centre.rotation * Rotation(rotationVector: rotation * (rotationExtent / angle))
      pose.position = held - projectedFulcrum(pose.rotation)
    }
    let shift = fulcrumPosition(pose) - fulcrumPosition(centre)
    let distance = (shift * shift).sum().squareRoot()
    if distance > shiftExtent {
      pose.position -= shift * (1 - shiftExtent / distance)
    }
    return pose
  }

  /// Whether a pose lies within 1% of a limit that leaves room at all.
  func isAtLimit(_ pose: Alignment) -> Bool {
    let (rotation, shift) = change(of: pose)
    let angle = (rotation * rotation).sum().squareRoot()
    let distance = (shift * shift).sum().squareRoot()
    return (rotationExtent > 0 && angle > 0.99 * rotationExtent)
      || (shiftExtent > 0 && distance > 0.99 * shiftExtent)
  }
}
