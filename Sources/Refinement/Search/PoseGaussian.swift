import CryoEM
import Glibc

/// What is believed of the change of a pose: a Gaussian over the rotation vector (radians, in the
/// body's frame) and the shift of the projected fulcrum (Å), with a share of outliers.
///
/// The outliers are a second Gaussian about the same mean with wider deviations: a particle far
/// away is pulled back weakly, as it does not belong to the motion that the others make.
struct PoseGaussian: Sendable {
  var mean = Vector5()
  var precision: Matrix5
  /// Share of the particles that are outliers; 0 for a plain Gaussian.
  var outliers = 0.0
  /// How much wider they are spread.
  static let widening = 4.0

  /// Without couplings: 1/σ² of each rotation (1/rad²) and shift (1/Å²).
  init(rotationPrecision: Double, shiftPrecision: Double) {
    precision = Matrix5()
    for axis in 0..<5 { precision[axis, axis] = axis < 3 ? rotationPrecision : shiftPrecision }
  }

  init(mean: Vector5, precision: Matrix5, outliers: Double) {
    self.mean = mean
    self.precision = precision
    self.outliers = outliers
  }

  /// The log density without its constant, the weight of the precision in slope and curvature (1 near
  /// the mean, less where outliers are), and precision · (change − mean).
  func density(of change: Vector5) -> (log: Double, weight: Double, pull: Vector5) {
    let away = change - mean
    let pull = precision.times(away)
    let square = away.dot(pull)
    guard outliers > 0 else { return (-0.5 * square, 1, pull) }
    let spread = Self.widening * Self.widening
    // Relative to the Gaussian of the others, whose logarithm would leave the range of numbers.
    let ratio =
      outliers / (1 - outliers) * pow(Self.widening, -5) * exp(0.5 * square * (1 - 1 / spread))
    guard ratio.isFinite else {
      return (
        log(outliers / (1 - outliers)) - 5 * log(Self.widening) - 0.5 * square / spread, 1 / spread,
        pull
      )
    }
    return (-0.5 * square + log1p(ratio), (1 + ratio / spread) / (1 + ratio), pull)
  }
}

/// What the image alone says of the change of a pose: the logarithm of its likelihood is
/// hᵀc − ½ cᵀJc + constant for changes c near the best one.
struct PoseLikelihood: Sendable {
  /// J, its upper triangle by rows, and h: 15 and 5 numbers. Singular where the image says nothing.
  private var elements = InlineArray<20, Float>(repeating: 0)

  /// Nothing known.
  static let none = PoseLikelihood()

  private init() {}

  init(information: Matrix5, vector: Vector5) {
    var next = 0
    for row in 0..<5 {
      for column in row..<5 {
        elements[next] = Float(information[row, column])
        next += 1
      }
    }
    for index in 0..<5 { elements[15 + index] = Float(vector[index]) }
  }

  var information: Matrix5 {
    var matrix = Matrix5()
    var next = 0
    for row in 0..<5 {
      for column in row..<5 {
        matrix[row, column] = Double(elements[next])
        matrix[column, row] = Double(elements[next])
        next += 1
      }
    }
    return matrix
  }

  var vector: Vector5 {
    var vector = Vector5()
    for index in 0..<5 { vector[index] = Double(elements[15 + index]) }
    return vector
  }
}
