import CryoEM
import Ground

/// What the height of the body along the beam does to its defocus, and how that is known.
public struct BodyDefocusFinding: Sendable, Codable, Equatable {
  /// +1 where the height is taken off the particle's defocus, −1 where it is put onto it, the hand of the
  /// data being the other one, 0 where the body is at the particle's defocus.
  public internal(set) var sign = 0
  /// Images that were asked; 0 where it was not measured.
  public internal(set) var particles = 0
  /// The resolution at which it was measured, Å, and the largest error of phase there, degrees.
  public internal(set) var resolution = 0.0
  public internal(set) var phase = 0.0
  /// By how much the images are likelier on average with the height taken off than with it put on, in
  /// logarithms, and that in standard errors.
  public internal(set) var gain = 0.0
  public internal(set) var deviations = 0.0
  /// By how many standard errors they are likelier with the better of the two than with neither.
  public internal(set) var deviationsOverNone = 0.0

  public init() {}

  /// Itself; nil where it was neither measured nor given.
  public var told: BodyDefocusFinding? { particles > 0 || sign != 0 ? self : nil }

  /// What was measured, in a sentence; nil where nothing was.
  public var summary: String? {
    guard particles > 0 else { return nil }
    let better = deviations >= 0 ? ("taken off", "put on") : ("put on", "taken off")
    let gap = deviationsOverNone < 0 ? "worse" : "better"
    func rounded(_ value: Double) -> String { Format.shortest((value * 10).rounded() / 10) }
    let found =
      "Body defocus: at \(Format.rounded(resolution, digits: 3)) Å the body is out of phase by up to "
      + "\(Int(phase.rounded()))°; \(Format.count(particles)) images fit better with its height "
      + "\(better.0) than \(better.1) by \(rounded(abs(deviations))) standard errors, and \(gap) "
      + "than with neither by \(rounded(abs(deviationsOverNone)))"
    switch sign {
    case 1: return found + ": the height is taken off the defocus (on)"
    case -1: return found + ": the height is put onto the defocus (inverted)"
    default: return found + ": not clear, the body keeps the particles' defocus"
    }
  }
}
