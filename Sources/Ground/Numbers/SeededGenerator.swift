import Glibc

/// A deterministic source of random numbers: the same seed and stream give the same numbers on every
/// machine and in every version.
///
/// SplitMix64 (Steele, Lea & Flood, 2014). Numbered streams let each particle have its own sequence,
/// so that what is drawn for one does not depend on how many were drawn for the others.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64
  private var spareNormal: Double?

  /// The sequence of a seed, or one of the independent sequences numbered by `stream`.
  public init(seed: UInt64, stream: UInt64 = 0) {
    self.state = Self.mixed(seed &+ Self.mixed(stream &* 0xD1B5_4A32_D192_ED03 &+ 1))
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number uniform in [0, 1).
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number uniform in [lower, upper).
  public mutating func uniform(_ lower: Double, _ upper: Double) -> Double {
    lower + (upper - lower) * uniform()
  }

  /// A number from the normal distribution of mean 0 and variance 1 (Box and Muller's transform).
  public mutating func normal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    let radius = (-2 * log(1 - uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    spareNormal = radius * sin(angle)
    return radius * cos(angle)
  }

  /// Three independent normal numbers.
  public mutating func normalVector3() -> SIMD3<Double> {
    SIMD3(normal(), normal(), normal())
  }

  /// Two independent normal numbers.
  public mutating func normalVector2() -> SIMD2<Double> { SIMD2(normal(), normal()) }
}
