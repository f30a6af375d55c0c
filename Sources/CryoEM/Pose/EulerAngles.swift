import Glibc

extension Rotation {
  /// The rotation of RELION's Euler angles in degrees: Aᵀ = Rz(rot) · Ry(tilt) · Rz(psi).
  public init(rot: Double, tilt: Double, psi: Double) {
    let (ca, sa) = (cos(radians(rot)), sin(radians(rot)))
    let (cb, sb) = (cos(radians(tilt)), sin(radians(tilt)))
    let (cg, sg) = (cos(radians(psi)), sin(radians(psi)))
    self.init(
      rows: Vector3(cg * cb * ca - sg * sa, cg * cb * sa + sg * ca, -cg * sb),
      Vector3(-sg * cb * ca - cg * sa, -sg * cb * sa + cg * ca, sg * sb),
      Vector3(sb * ca, sb * sa, cb))
  }

  /// RELION's Euler angles in degrees: rot and psi in −180…180, tilt in 0…180.
  ///
  /// At tilt 0 and 180 only rot ± psi is determined; rot is then 0. psi is read off the matrix with
  /// the rotation about rot taken out, so that the three angles give the matrix back even where the
  /// tilt is so small that rot alone is noise.
  public var eulerAngles: (rot: Double, tilt: Double, psi: Double) {
    // A root is the same on every machine; hypot depends on the version of the C library.
    let sinTilt = (row2.x * row2.x + row2.y * row2.y).squareRoot()
    let tilt = atan2(sinTilt, row2.z)
    let rot = sinTilt > 1e-9 ? atan2(row2.y, row2.x) : 0
    let (c, s) = (cos(rot), sin(rot))
    let psi = atan2(row0.y * c - row0.x * s, row1.y * c - row1.x * s)
    // Adding zero turns −0, which atan2 may give, into 0.
    let tiltDegrees = sinTilt > 1e-9 ? degrees(tilt) : (row2.z > 0 ? 0 : 180)
    return (degrees(rot) + 0, tiltDegrees, degrees(psi) + 0)
  }
}
