import CryoEM
import Glibc

/// The principal modes of a motion: uncorrelated, the one that moves the regions' points the farthest
/// first. x = μ + Σ amplitude_k · column_k, with amplitudes of standard deviation 1.
///
/// Degrees and Å have no common measure; how far the points of the regions move has one. The modes are
/// principal components in the metric of the points' mean square displacement, weighed by the regions'
/// volumes (as those of an atomic model in the metric of its masses).
struct MotionModes: Sendable {
  /// Mean squares of the displacement, Å², over the moving regions' points, the largest first.
  let squares: [Double]
  /// A column for each mode.
  let columns: Matrix
  /// With the metric Q, column_kᵀ Q column_l is squares_k for k = l, and 0 else.
  private let metric: Matrix

  init(_ covariance: Matrix, regions: [MovingRegion]) {
    let moving = regions.dropFirst()
    let volume = moving.reduce(0) { $0 + $1.shape.volume }
    var metric = Matrix(covariance.rows, covariance.rows)
    for (index, region) in moving.enumerated() {
      metric.set(
        region.shape.metric(fulcrum: region.fulcrum) * (region.shape.volume / volume),
        at: 6 * index, 6 * index)
    }
    self.metric = metric
    let root = metric.cholesky ?? .identity(metric.rows)
    let (values, vectors) = (root.transposed * covariance * root).eigen
    var columns = root.invertedFactor.transposed * vectors
    squares = values.map { max($0, 0) }
    for mode in squares.indices {
      let factor = squares[mode].squareRoot()
      for row in 0..<columns.rows { columns[row, mode] *= factor }
    }
    self.columns = columns
    orient(regions: Array(moving))
  }

  private init(squares: [Double], columns: Matrix, metric: Matrix) {
    (self.squares, self.columns, self.metric) = (squares, columns, metric)
  }

  var count: Int { squares.count }

  func column(_ mode: Int) -> [Double] { (0..<columns.rows).map { columns[$0, mode] } }

  /// Rotation vector (radians) and translation (Å, at the fulcrum) of a region for an amplitude of 1;
  /// nothing for the first region.
  func motion(_ mode: Int, region: Int) -> (rotation: Vector3, translation: Vector3) {
    guard region > 0 else { return (.zero, .zero) }
    let first = 6 * (region - 1)
    func vector(_ row: Int) -> Vector3 {
      Vector3(columns[row, mode], columns[row + 1, mode], columns[row + 2, mode])
    }
    return (vector(first), vector(first + 3))
  }

  /// The share of the whole mean square displacement.
  func share(_ mode: Int) -> Double {
    squares[mode] / max(squares.reduce(0, +), 1e-300)
  }

  /// A square root of the covariance without one mode.
  func columns(without mode: Int) -> Matrix {
    var rest = columns
    for row in 0..<rest.rows { rest[row, mode] = 0 }
    return rest
  }

  /// These modes in the order and with the signs of others, each beside the one that it is most like.
  func like(_ others: MotionModes) -> MotionModes {
    func likeness(_ mode: Int, _ other: Int) -> Double {
      let product = metric * others.column(other)
      let dot = zip(column(mode), product).reduce(0) { $0 + $1.0 * $1.1 }
      return dot / max(squares[mode] * others.squares[other], 1e-300).squareRoot()
    }
    var free = Array(0..<count)
    var columns = self.columns
    var squares = self.squares
    for other in 0..<count {
      guard let best = free.max(by: { abs(likeness($0, other)) < abs(likeness($1, other)) })
      else { break }
      free.removeAll { $0 == best }
      let sign: Double = likeness(best, other) < 0 ? -1 : 1
      squares[other] = self.squares[best]
      for row in 0..<columns.rows { columns[row, other] = sign * self.columns[row, best] }
    }
    return MotionModes(squares: squares, columns: columns, metric: metric)
  }

  /// Of either direction of a mode, the one that turns the region it moves most about an axis whose
  /// largest component is positive.
  private mutating func orient(regions: [MovingRegion]) {
    var columns = self.columns
    for mode in 0..<count {
      let moved = regions.indices.map { index -> (Double, Vector3) in
        let (rotation, translation) = motion(mode, region: index + 1)
        return (
          regions[index].shape.displacement(
            rotation: rotation, translation: translation, fulcrum: regions[index].fulcrum),
          rotation
        )
      }
      guard let most = moved.max(by: { $0.0 < $1.0 })?.1 else { continue }
      let largest = (0..<3).max { abs(most[$0]) < abs(most[$1]) } ?? 0
      guard most[largest] < 0 else { continue }
      for row in 0..<columns.rows { columns[row, mode] *= -1 }
    }
    self = MotionModes(squares: squares, columns: columns, metric: metric)
  }
}

/// A region's part in a mode.
struct ModePart: Sendable {
  /// Radians and a unit vector.
  var angle: Double
  var axis: Vector3
  /// Of the region's centre, Å.
  var translation: Vector3
  /// The point of the screw's axis nearest to the region's centre, Å from the box centre.
  var hinge: Vector3
  /// How far the region moves along the axis, Å.
  var slide: Double
  /// Root of the mean square of its points' displacement, Å.
  var displacement: Double

  init(_ modes: MotionModes, mode: Int, region index: Int, _ region: MovingRegion) {
    let (rotation, translation) = modes.motion(mode, region: index)
    let square = (rotation * rotation).sum()
    angle = square.squareRoot()
    axis = angle > 0 ? rotation / angle : Vector3(0, 0, 1)
    let centre = region.shape.centre
    self.translation = translation + cross(rotation, centre - region.fulcrum)
    hinge =
      square > 0 ? centre + cross(rotation, self.translation) / square : centre
    slide = (axis * self.translation).sum()
    displacement = region.shape.displacement(
      rotation: rotation, translation: translation, fulcrum: region.fulcrum)
  }
}
