import CryoEM
import Glibc

/// What is lost of a body that is imaged at the defocus of the box centre, at a resolution.
public struct BodyDefocusEffect: Sendable, Equatable {
  /// The body's distance from the box centre, and the resolution, Å.
  public let distance: Double
  public let resolution: Double
  /// The error of phase where the whole distance lies along the beam, π λ r / d², radians.
  public let phase: Double

  /// - Parameter wavelength: of the electrons, Å.
  public init(distance: Double, resolution: Double, wavelength: Double) {
    self.distance = distance
    self.resolution = resolution
    phase = .pi * wavelength * distance / (resolution * resolution)
  }

  /// The share of its amplitude that the body keeps over views from all sides: sin(a)/a with a the phase,
  /// the mean of cos(a u) over heights u r that are uniform from −r to r.
  public var keptAmplitude: Double { phase == 0 ? 1 : sin(phase) / phase }

  /// Whether it is large enough to be seen: ten degrees.
  public var isSeen: Bool { phase >= radians(10) }
}
