import Glibc

/// A proper rotation of three-dimensional space, as the matrix A that maps reference coordinates to
/// image coordinates: x_image = A · x_reference.
///
/// The third row is the viewing direction in the reference frame. A central slice of the reference's
/// transform is P(kx, ky) = V̂(Aᵀ · (kx, ky, 0)).
public struct Rotation: Sendable, Hashable, BitwiseCopyable {
  /// The rows of the matrix.
  public var row0: Vector3, row1: Vector3, row2: Vector3

  /// A rotation from the rows of its matrix, which the caller promises to be orthonormal.
  public init(rows row0: Vector3, _ row1: Vector3, _ row2: Vector3) {
    (self.row0, self.row1, self.row2) = (row0, row1, row2)
  }

  /// No rotation.
  public static let identity = Rotation(
    rows: Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1))

  /// The inverse rotation.
  public var transposed: Rotation {
    Rotation(
      rows: Vector3(row0.x, row1.x, row2.x), Vector3(row0.y, row1.y, row2.y),
      Vector3(row0.z, row1.z, row2.z))
  }

  /// The matrix product `left · right`: first `right`, then `left`.
  public static func * (left: Rotation, right: Rotation) -> Rotation {
    let columns = right.transposed
    return Rotation(
      rows: columns.applied(to: left.row0), columns.applied(to: left.row1),
      columns.applied(to: left.row2))
  }

  /// The matrix times a vector.
  public func applied(to v: Vector3) -> Vector3 {
    Vector3((row0 * v).sum(), (row1 * v).sum(), (row2 * v).sum())
  }

  /// The projection along the viewing direction: the first two components of A · v.
  public func projected(_ v: Vector3) -> Vector2 {
    Vector2((row0 * v).sum(), (row1 * v).sum())
  }

  /// Inverse of the projection: Aᵀ · (p.x, p.y, 0), the point of a central slice in the reference.
  public func lifted(_ p: Vector2) -> Vector3 { row0 * p.x + row1 * p.y }
}
