import CryoEM
import Glibc

/// What is known of a particle's pose after the search: a Gaussian about the best pose, and the weights
/// of the rotations with which its image is inserted into a reconstruction.
struct PosePosterior: Sendable {
  /// Covariance of rotation vector (rad²) and position (Å²) about the best pose.
  var covariance = Matrix5()
  /// Weights of the sampled rotations, see `PosteriorSamples`; unused while `isSampled` is false.
  var weights = InlineArray<4, Float>(repeating: 0.25)
  /// Whether the rotation is sampled; if not, the best pose stands for all.
  var isSampled = false
  /// 1 / Σ weight² of the samples, 1 when not sampled.
  var effectiveSampleSize = 1.0

  /// A posterior without width.
  static let point = PosePosterior()

  private init() {}

  /// Standard deviation of the rotation about an axis, radians, and of the position of the reference's
  /// origin along an axis, Å.
  var rotationDeviation: Double {
    ((covariance[0, 0] + covariance[1, 1] + covariance[2, 2]) / 3).squareRoot()
  }
  var shiftDeviation: Double { ((covariance[3, 3] + covariance[4, 4]) / 2).squareRoot() }

  /// Standard deviation along an axis, Å, of where a point appears whose position in the image has the
  /// given derivatives by the five parameters.
  func shiftDeviation(_ moves: InlineArray<5, Vector2>) -> Double {
    var sum = 0.0
    for row in 0..<5 {
      for column in 0..<5 { sum += (moves[row] * moves[column]).sum() * covariance[row, column] }
    }
    return (max(sum, 0) / 2).squareRoot()
  }

  /// Covariance of where the projection of a part of the body appears, Å²: xx, xy, yy, averaged over a body
  /// whose density is spread alike in all directions about the reference's origin, with rms radius g.
  ///
  /// A point r that is turned by ω moves by P R (ω × r), of which the covariance is
  /// (g²/3) P R (tr Σ_ωω − Σ_ωω) Rᵀ Pᵀ; the origin's own is added.
  ///
  /// - Parameter gyration: g, Å.
  func displacement(gyration: Double, at pose: Alignment) -> Vector3 {
    let c = covariance
    let trace = c[0, 0] + c[1, 1] + c[2, 2]
    let axes = [Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1)].map {
      pose.rotation.projected($0)
    }
    var spread = Vector3(trace, 0, trace)
    for row in 0..<3 {
      for column in 0..<3 {
        let (a, b) = (axes[row], axes[column])
        spread -= c[row, column] * Vector3(a.x * b.x, a.x * b.y, a.y * b.y)
      }
    }
    return Vector3(c[3, 3], c[3, 4], c[4, 4]) + gyration * gyration / 3 * spread
  }

  /// The posterior from the curvature (negative second derivative) at the best pose, within the
  /// extents.
  ///
  /// A uniform ball of radius Ω has the variance Ω²/5 along an axis and a uniform disc of radius T the
  /// variance T²/4; as precisions they keep a posterior that the image hardly narrows inside its
  /// limits.
  ///
  /// - Parameter narrow: rotation sd (radians) under which one insertion does for all.
  init(curvature: Matrix5, at pose: Alignment, prior: PosePrior, narrow: Double) {
    var precision = curvature
    var unused = Vector5()
    Polish.freeze(&precision, &unused, at: pose, prior: prior)
    if prior.rotationExtent > 0 {
      for axis in 0..<3 {
        precision[axis, axis] += 5 / (prior.rotationExtent * prior.rotationExtent)
      }
    }
    if prior.shiftExtent > 0 {
      for axis in 3..<5 { precision[axis, axis] += 4 / (prior.shiftExtent * prior.shiftExtent) }
    }
    guard var inverse = precision.inverse else { return }
    for index in 0..<5 where (index < 3 ? prior.rotationExtent : prior.shiftExtent) <= 0 {
      inverse[index, index] = 0
    }
    if prior.shiftExtent <= 0 { Self.carryOrigin(&inverse, prior.shiftDerivatives(at: pose)) }
    covariance = inverse
    isSampled = prior.rotationExtent > 0 && rotationDeviation >= narrow
    effectiveSampleSize = isSampled ? 4 : 1
  }

  /// The covariance of a position that moves only to keep the projected fulcrum in place.
  private static func carryOrigin(_ covariance: inout Matrix5, _ moves: InlineArray<5, Vector2>) {
    for axis in 0..<2 {
      for column in 0..<3 {
        let value = (0..<3).reduce(0.0) { $0 - moves[$1][axis] * covariance[$1, column] }
        covariance[3 + axis, column] = value
        covariance[column, 3 + axis] = value
      }
    }
    for row in 0..<2 {
      for column in 0..<2 {
        covariance[3 + row, 3 + column] = (0..<3).reduce(0.0) {
          $0 - moves[$1][row] * covariance[$1, 3 + column]
        }
      }
    }
  }

  /// Lets the best pose stand for all.
  mutating func collapse() {
    isSampled = false
    effectiveSampleSize = 1
  }

  /// Weighs the samples by how the exact log posterior compares with the Gaussian's, which at each of
  /// them is 1.5 under that of the best pose.
  mutating func reweigh(
    about pose: Alignment, best: Double, score: (Alignment) -> Double
  ) {
    guard isSampled, let samples = PosteriorSamples(self, about: pose) else { return }
    var total: Float = 0
    for index in 0..<PosteriorSamples.count {
      // A sample far above the Gaussian says that the Gaussian is wrong there, not that all weight
      // belongs to it.
      let excess = min(score(samples.pose(index)) - best + 1.5, 1)
      weights[index] = Float(exp(excess))
      total += weights[index]
    }
    guard total > 1e-6 else {
      collapse()
      return
    }
    var squares: Float = 0
    for index in 0..<PosteriorSamples.count {
      weights[index] /= total
      squares += weights[index] * weights[index]
    }
    effectiveSampleSize = Double(1 / squares)
  }
}

/// The poses that stand for a posterior: four rotations, the vertices of a regular tetrahedron in the
/// space whitened by the Cholesky factor of their covariance, each with the position's regression on
/// the rotation. What is left of the position's width damps the insertion in closed form.
///
/// Four points are the fewest with a given mean and covariance in three dimensions (the simplex points
/// of the unscented transform: Julier, 2003); the six points on the axes gave no better maps.
struct PosteriorSamples: Sendable {
  /// Number of samples.
  static let count = 4
  private let centre: Alignment
  /// The Cholesky factor of the rotations' covariance.
  private let factor: SmallMatrix<3>
  /// Regression of the position on the rotation, Σ_tω Σ_ωω⁻¹, its two rows.
  private let slopeX: Vector3, slopeY: Vector3
  /// Covariance of the position given the rotation, Å²: xx, xy, yy.
  let shiftCovariance: Vector3

  /// Nil where the rotation has no width.
  init?(_ posterior: PosePosterior, about pose: Alignment) {
    let c = posterior.covariance
    var rotations = SmallMatrix<3>()
    for row in 0..<3 { for column in 0..<3 { rotations[row, column] = c[row, column] } }
    guard let factor = rotations.cholesky else { return nil }
    self.factor = factor
    centre = pose
    let x = Vector3(c[3, 0], c[3, 1], c[3, 2])
    let y = Vector3(c[4, 0], c[4, 1], c[4, 2])
    slopeX = Vector3(factor.solvingAsFactor(SmallVector(x)))
    slopeY = Vector3(factor.solvingAsFactor(SmallVector(y)))
    shiftCovariance = Vector3(
      max(0, c[3, 3] - (slopeX * x).sum()), c[3, 4] - (slopeX * y).sum(),
      max(0, c[4, 4] - (slopeY * y).sum()))
  }

  /// Sample 0…3.
  func pose(_ index: Int) -> Alignment {
    let step =
      column(0) * (index < 2 ? 1 : -1) + column(1) * (index % 2 == 0 ? 1 : -1)
      + column(2) * (index == 0 || index == 3 ? 1 : -1)
    return Alignment(
      rotation: centre.rotation * Rotation(rotationVector: step),
      position: centre.position + Vector2((slopeX * step).sum(), (slopeY * step).sum()))
  }

  /// A column of the factor.
  private func column(_ index: Int) -> Vector3 {
    Vector3(factor[0, index], factor[1, index], factor[2, index])
  }
}
