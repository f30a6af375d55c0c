/// An optics group's magnification matrix M: the sample k of an image is that of M·k of the object.
///
/// A point that the projection puts at p appears at Mᵀ·p, as M·k·p = k·Mᵀ·p.
public struct Magnification: Sendable, Equatable, ExpressibleByArrayLiteral {
  /// Rows of M.
  @usableFromInline var row0: Vector2, row1: Vector2

  /// No magnification.
  public static let identity: Magnification = [1, 0, 0, 1]

  /// M from its four elements, row by row.
  public init(_ elements: [Double]) {
    row0 = Vector2(elements[0], elements[1])
    row1 = Vector2(elements[2], elements[3])
  }

  public init(arrayLiteral elements: Double...) { self.init(elements) }

  /// An element, 0…3, row by row.
  @inlinable public subscript(index: Int) -> Double {
    get { index < 2 ? row0[index] : row1[index - 2] }
    set { if index < 2 { row0[index] = newValue } else { row1[index - 2] = newValue } }
  }

  /// The elements, row by row.
  public var elements: [Double] { [row0.x, row0.y, row1.x, row1.y] }

  /// Where the projection of a point appears: Mᵀ·p.
  @inlinable public func position(of p: Vector2) -> Vector2 { row0 * p.x + row1 * p.y }

  /// The frequency of the object at that of an image: M·k.
  @inlinable public func frequency(at k: Vector2) -> Vector2 {
    Vector2((row0 * k).sum(), (row1 * k).sum())
  }

  /// The largest factor by which M·k is longer than k: the larger singular value.
  public var stretch: Double { singularValues.larger }

  /// The smallest one: the smaller singular value.
  public var shrinkage: Double { singularValues.smaller }

  public var determinant: Double { row0.x * row1.y - row0.y * row1.x }

  private var singularValues: (larger: Double, smaller: Double) {
    let trace = (row0 * row0).sum() + (row1 * row1).sum()
    let root = max(trace * trace / 4 - determinant * determinant, 0).squareRoot()
    return (
      (trace / 2 + root).squareRoot(), max(trace / 2 - root, 0).squareRoot()
    )
  }
}
