import Glibc

/// Directions of equal areas over half a sphere, z upwards: a spiral that turns by the golden angle
/// (González, Math. Geosci. 42, 49, 2010). For what an axis and its opposite have in common.
public func halfSphere(count: Int) -> [Vector3] {
  (0..<count).map { index in
    let z = (Double(index) + 0.5) / Double(count)
    let angle = Double(index) * Double.pi * (3 - 5.0.squareRoot())
    let radius = (1 - z * z).squareRoot()
    return Vector3(radius * cos(angle), radius * sin(angle), z)
  }
}
