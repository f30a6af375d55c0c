import CryoEM
import Glibc
import Ground

/// A belt of density about the small body that is another one in every particle, like the detergent of
/// a membrane protein: particles agree on where it is, and on nothing else.
public struct DisorderedBelt: Sendable {
  private let centre: Vector3
  /// Unit vectors: along the belt's axis and across it.
  private let axis: Vector3, across: (Vector3, Vector3)
  /// Radius of the ring, and of the tube, Å.
  private let radius: Double, tube: Double
  private let blobWidth: Double
  private let mass: Double

  /// A belt about a body's girth.
  ///
  /// - Parameters:
  ///   - axis: through the body, any length.
  ///   - mass: of a belt, relative to the body's.
  init(about body: Phantom, axis: Vector3, blobWidth: Double, mass: Double) {
    let centre = body.centreOfMass
    let unit = axis / (axis * axis).sum().squareRoot()
    let other = abs(unit.x) < 0.6 ? Vector3(1, 0, 0) : Vector3(0, 1, 0)
    let first = other - (other * unit).sum() * unit
    let side = first / (first * first).sum().squareRoot()
    self.centre = centre
    self.axis = unit
    across = (
      side,
      Vector3(
        unit.y * side.z - unit.z * side.y, unit.z * side.x - unit.x * side.z,
        unit.x * side.y - unit.y * side.x)
    )
    // The body's girth: the largest distance of a blob from the axis.
    let girth =
      body.blobs.map { blob -> Double in
        let offset = blob.position - centre
        let along = (offset * unit).sum()
        return max((offset * offset).sum() - along * along, 0).squareRoot()
      }.max() ?? 0
    tube = 0.35 * girth
    radius = girth + 0.6 * tube
    self.blobWidth = 1.3 * blobWidth
    self.mass = mass * body.mass
  }

  /// The belt of one particle.
  func drawn(using generator: inout SeededGenerator, blobs count: Int = 60) -> Phantom {
    Phantom(
      blobs: (0..<count).map { _ in
        let angle = generator.uniform(0, 2 * .pi)
        let turn = generator.uniform(0, 2 * .pi)
        let depth = tube * generator.uniform(0, 1).squareRoot()
        let outward = cos(angle) * across.0 + sin(angle) * across.1
        return GaussianBlob(
          position: centre + (radius + depth * cos(turn)) * outward + depth * sin(turn) * axis,
          width: blobWidth, weight: mass / Double(count))
      })
  }

  /// What particles have in common of their belts.
  func mean(seed: UInt64) -> Phantom {
    var generator = SeededGenerator(seed: seed, stream: .max - 8)
    return drawn(using: &generator, blobs: 1000).blurred { _ in blobWidth * blobWidth }
  }
}
