import CryoEM
import Ground

/// How a body moves against where its particles started, as the prior has learnt it: how far, about
/// which axis, and where its hinge is. The errors of the poses that came are part of it; those of the
/// refined poses are not.
public struct BodyMotion: Codable, Sendable, Equatable {
  /// A number with its standard error.
  public struct Measured: Codable, Sendable, Equatable {
    public var value: Double
    public var error: Double

    public init(value: Double, error: Double) { (self.value, self.error) = (value, error) }
  }

  /// The motion along one of its principal axes: standard deviation, and direction in the body's frame
  /// (of the map, unit length).
  public struct Principal: Codable, Sendable, Equatable {
    public var deviation: Measured
    public var direction: [Double]
  }

  /// Rotations, degrees, and translations of the hinge, Å, the largest first.
  public var rotations: [Principal]
  public var translations: [Principal]
  /// How well the direction of the first rotation axis is known, degrees; 90 where it is not.
  public var axisError: Double
  /// Share of the rotations' mean square that is about it: a third for none preferred, 1 for a hinge.
  public var share: Measured
  /// The point of the body whose translation varies least: Å from the box centre, with standard errors.
  public var hinge: [Measured]
  /// The same as a voxel index from the box's corner.
  public var hingeVoxel: [Measured]
  /// Its distance from the fulcrum, Å.
  public var hingeDistance: Double
  /// Share of particles that do not follow the motion, 0…1.
  public var outliers: Double
  /// How many particles' worth of exact poses it was learnt from.
  public var particles: Double
}

extension BodyMotion {
  /// What the models of both halves say together; nil for none, and where the images tell so little of the
  /// motion that it is hardly more than what was believed.
  ///
  /// The translation of a point p from the fulcrum is d + ω × p. Its mean square is least at
  /// p = −(tr Σω − Σω)⁻¹ E(d × ω). Errors are those of covariances of Gaussians from so many particles
  /// (Anderson, An Introduction to Multivariate Statistical Analysis, 13.5).
  init?(_ models: [MotionModel], fulcrum: Vector3, box: Int, pixelSize: Double) {
    let particles = models.reduce(0) { $0 + $1.particles }
    guard let first = models.first, particles >= Self.leastParticles else { return nil }
    let share = 1 / Double(models.count)
    let covariance = models.dropFirst().reduce(first.covariance * share) {
      $0 + $1.covariance * share
    }
    self.init(
      covariance, particles: particles, outliers: models.reduce(0) { $0 + $1.outliers * share },
      fulcrum: fulcrum, box: box, pixelSize: pixelSize)
  }

  /// Exact poses from which a deviation is known to a fifth.
  private static let leastParticles = 12.0

  /// What a covariance of rotation vector (radians) and translation of the fulcrum (Å) says.
  ///
  /// - Parameters:
  ///   - covariance: 36 numbers by rows.
  ///   - particles: of how many particles' exact poses it is.
  public init?(
    covariance: [Double], particles: Double, outliers: Double, fulcrum: Vector3, box: Int,
    pixelSize: Double
  ) {
    precondition(covariance.count == 36)
    var matrix = Matrix6()
    for row in 0..<6 { for column in 0..<6 { matrix[row, column] = covariance[6 * row + column] } }
    self.init(
      matrix, particles: particles, outliers: outliers, fulcrum: fulcrum, box: box,
      pixelSize: pixelSize)
  }

  private init?(
    _ covariance: Matrix6, particles: Double, outliers: Double, fulcrum: Vector3, box: Int,
    pixelSize: Double
  ) {
    (self.particles, self.outliers) = (particles, outliers)
    let count = max(particles, 1)
    func block(_ row: Int, _ column: Int) -> SmallMatrix<3> {
      var block = SmallMatrix<3>()
      for i in 0..<3 { for j in 0..<3 { block[i, j] = covariance[row + i, column + j] } }
      return block
    }
    let turns = block(0, 0)
    rotations = Self.principal(turns, count: count, unit: degrees)
    let values = rotations.map { $0.deviation.value * $0.deviation.value }
    let whole = max(values.reduce(0, +), 1e-300)
    self.share = Measured(
      value: values[0] / whole,
      error: (2 / count).squareRoot() * values[0] / whole * (1 - values[0] / whole))
    let spread = values.dropFirst().reduce(0.0) {
      let gap = max(values[0] - $1, 1e-300)
      return $0 + values[0] * $1 / (gap * gap * count)
    }
    axisError = min(degrees(spread.squareRoot()), 90)
    // E(d × ω), of the couplings E(d ωᵀ).
    let coupled = block(3, 0)
    var product = SmallVector<3>()
    for i in 0..<3 {
      let (j, k) = ((i + 1) % 3, (i + 2) % 3)
      product[i] = coupled[j, k] - coupled[k, j]
    }
    let moment = SmallMatrix<3>.identity * turns.trace - turns
    guard let inverse = moment.inverse else { return nil }
    let point = inverse.times(product) * -1
    let arm = Self.cross(point)
    // Translations of the hinge, d + ω × p = d − [p]× ω.
    let still =
      block(3, 3) - (arm.times(block(0, 3)) + coupled.times(arm.transposed))
      + turns.congruent(by: arm.transposed)
    translations = Self.principal(still, count: count) { $0 }
    let scatter = Self.productScatter(still, turns).congruent(by: inverse)
    let errors = (0..<3).map { (max(0, scatter[$0, $0]) / count).squareRoot() }
    hinge = (0..<3).map { Measured(value: fulcrum[$0] + point[$0], error: errors[$0]) }
    hingeVoxel = hinge.map {
      Measured(
        value: Double(box / 2) + $0.value / pixelSize, error: $0.error / pixelSize)
    }
    hingeDistance = point.dot(point).squareRoot()
  }

  /// "turns by 5.0° about 0.30,0.90,0.30 …": the motion in a line.
  public var summary: String {
    func text(_ value: Double, _ places: Double = 10) -> String {
      Format.shortest((value * places).rounded() / places)
    }
    func list(_ motions: [Principal]) -> String {
      motions.map { text($0.deviation.value, 100) }.joined(separator: ", ")
    }
    let voxel = hingeVoxel.map { text($0.value) }.joined(separator: ",")
    let largest = hingeVoxel.map(\.error).max() ?? 0
    return
      "the body turns by \(list(rotations))° (sd about its axes) and its hinge moves by "
      + "\(list(translations)) Å; \(text(100 * share.value, 1))% of the rotation is about "
      + rotations[0].direction.map { text($0, 100) }.joined(separator: ",")
      + " (±\(text(axisError, 1))°); the hinge is at voxel \(voxel) (±\(text(largest))), "
      + "\(text(hingeDistance)) Å from the fulcrum"
  }

  private static func principal(
    _ covariance: SmallMatrix<3>, count: Double, unit: (Double) -> Double
  ) -> [Principal] {
    let (values, vectors) = covariance.eigen
    return (0..<3).sorted { values[$0] > values[$1] }.map { index in
      let deviation = unit(max(values[index], 0).squareRoot())
      // Of either direction along an axis, the one whose largest component is positive.
      let direction = (0..<3).map { vectors[$0, index] }
      let largest = direction.max { abs($0) < abs($1) } ?? 1
      return Principal(
        deviation: Measured(value: deviation, error: deviation / (2 * count).squareRoot()),
        direction: direction.map { largest < 0 ? -$0 : $0 })
    }
  }

  /// [p]×.
  private static func cross(_ p: SmallVector<3>) -> SmallMatrix<3> {
    var matrix = SmallMatrix<3>()
    (matrix[0, 1], matrix[0, 2], matrix[1, 2]) = (-p[2], p[1], -p[0])
    (matrix[1, 0], matrix[2, 0], matrix[2, 1]) = (p[2], -p[1], p[0])
    return matrix
  }

  /// E((t × ω)(t × ω)ᵀ) of independent t and ω with the given covariances.
  private static func productScatter(
    _ t: SmallMatrix<3>, _ w: SmallMatrix<3>
  ) -> SmallMatrix<3> {
    var scatter = SmallMatrix<3>()
    for i in 0..<3 {
      for j in 0..<3 {
        let (a, b, c, d) = ((i + 1) % 3, (i + 2) % 3, (j + 1) % 3, (j + 2) % 3)
        scatter[i, j] =
          t[a, c] * w[b, d] - t[a, d] * w[b, c] - t[b, c] * w[a, d]
          + t[b, d] * w[a, c]
      }
    }
    return scatter
  }
}
