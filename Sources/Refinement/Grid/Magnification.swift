import CryoEM
import Particles

/// An optics group's magnification matrix M: the sample k of an image is that of M·k of the object.
///
/// A point that the projection puts at p appears at Mᵀ·p, as M·k·p = k·Mᵀ·p.
struct Magnification: Sendable, Equatable {
  /// Rows of M.
  private let row0: Vector2, row1: Vector2

  /// No magnification.
  static let identity = Magnification([1, 0, 0, 1])

  /// M from its elements, row by row.
  init(_ elements: [Double]) {
    row0 = Vector2(elements[0], elements[1])
    row1 = Vector2(elements[2], elements[3])
  }

  /// Where the projection of a point appears: Mᵀ·p.
  func position(of p: Vector2) -> Vector2 { row0 * p.x + row1 * p.y }

  /// The largest factor by which M·k is longer than k: the larger singular value.
  var stretch: Double { singularValues.larger }

  /// The smallest one: the smaller singular value.
  var shrinkage: Double { singularValues.smaller }

  private var singularValues: (larger: Double, smaller: Double) {
    let trace = (row0 * row0).sum() + (row1 * row1).sum()
    let determinant = row0.x * row1.y - row0.y * row1.x
    let root = max(trace * trace / 4 - determinant * determinant, 0).squareRoot()
    return (
      (trace / 2 + root).squareRoot(), max(trace / 2 - root, 0).squareRoot()
    )
  }
}

extension ParticleSet {
  /// The largest factor by which an optics group's magnification stretches frequencies, at least 1.
  public var stretch: Double {
    optics.reduce(1) { max($0, Magnification($1.magnification).stretch) }
  }

  /// The smallest factor, at most 1.
  var shrinkage: Double {
    optics.reduce(1) { min($0, Magnification($1.magnification).shrinkage) }
  }
}
