import Ground

extension Rotation {
  /// A rotation from the uniform (Haar) distribution.
  ///
  /// A quaternion of four normal numbers has a uniform direction.
  public static func random(using generator: inout SeededGenerator) -> Rotation {
    while true {
      let quaternion = SIMD4(
        generator.normal(), generator.normal(), generator.normal(), generator.normal())
      let norm = (quaternion * quaternion).sum().squareRoot()
      if norm > 1e-3 { return Rotation(quaternion: quaternion / norm) }
    }
  }
}
