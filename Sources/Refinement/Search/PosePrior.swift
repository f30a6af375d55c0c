import CryoEM

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

/// What is believed about a particle's pose before its image is looked at: a Gaussian about a centre,
/// cut off at the search extents.
///
/// log prior = −|log dR|²/(2σ_r²) − |dt|²/(2σ_t²), with dR the change in rotation and dt the change of
/// the projected fulcrum from the centre.
struct PosePrior: Sendable {
  /// Where the prior and the extents are centred.
  var centre: Alignment
  /// The fulcrum relative to the reference's origin, Å.
  var fulcrum: Vector3
  /// 1/σ² of rotation (1/rad²) and shift (1/Å²); 0 without a prior.
  var rotationPrecision: Double
  var shiftPrecision: Double
  /// Hard limits, radians and Å.
  var rotationExtent: Double
  var shiftExtent: Double
  /// Of the particle's optics group.
  var magnification = Magnification.identity

  /// The change from the centre: rotation vector, and shift of the projected fulcrum, Å.
  func change(of pose: Alignment) -> (rotation: Vector3, shift: Vector2) {
    let rotation = (centre.rotation.transposed * pose.rotation).rotationVector
    return (rotation, fulcrumPosition(pose) - fulcrumPosition(centre))
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
    let (rotation, shift) = change(of: pose)
    return -0.5
      * (rotationPrecision * (rotation * rotation).sum() + shiftPrecision * (shift * shift).sum())
  }

  /// Adds the prior's value, gradient and curvature (negative second derivative) at a pose.
  func add(
    at pose: Alignment, value: inout Double, gradient: inout Vector5, curvature: inout Matrix5
  ) {
    let (rotation, shift) = change(of: pose)
    value -=
      0.5
      * (rotationPrecision * (rotation * rotation).sum() + shiftPrecision * (shift * shift).sum())
    for axis in 0..<3 {
      gradient[axis] -= rotationPrecision * rotation[axis]
      curvature[axis, axis] += rotationPrecision
    }
    guard shiftPrecision > 0 else { return }
    // How the projected fulcrum moves with each parameter.
    let moves = shiftDerivatives(at: pose)
    for row in 0..<5 {
      gradient[row] -= shiftPrecision * (moves[row] * shift).sum()
      for column in 0..<5 {
        curvature[row, column] += shiftPrecision * (moves[row] * moves[column]).sum()
      }
    }
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
