import CryoEM
import Ground
import Phantoms

extension Phantom {
  /// Blobs of equal width and random weight at random in a ball about the origin (Å).
  public static func random(blobs count: Int, radius: Double, width: Double, seed: UInt64)
    -> Phantom
  {
    var generator = SeededGenerator(seed: seed)
    var blobs: [GaussianBlob] = []
    while blobs.count < count {
      let point = Vector3(
        generator.uniform(-1, 1), generator.uniform(-1, 1), generator.uniform(-1, 1))
      guard (point * point).sum() <= 1 else { continue }
      blobs.append(
        GaussianBlob(
          position: radius * point, width: width, weight: 1000 * generator.uniform(0.5, 1.5)))
    }
    return Phantom(blobs: blobs)
  }
}
