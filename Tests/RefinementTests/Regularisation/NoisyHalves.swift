import CryoEM

@testable import Ground
@testable import Refinement

/// Two half-maps of an object that is fine on one side and coarse on the other, with noise of their
/// own.
struct NoisyHalves {
  let size = 48
  let pixelSize = 3.0
  let fine = Vector3(-30, 0, 0), coarse = Vector3(30, 0, 0)
  /// Shells to which the sides have signal.
  let fineShell = 18.0, coarseShell = 8.0
  let mask: Volume
  let truth: Volume
  let halves: [Volume]

  /// - Parameter hasSignal: without it the half-maps are noise alone.
  init(noise: Double, hasSignal: Bool = true, seed: UInt64 = 5) {
    let (size, pixelSize) = (size, pixelSize)
    var generator = SeededGenerator(seed: seed)
    func white() -> Volume {
      Volume(size: size, pixelSize: pixelSize).map { _ in Float(generator.normal()) }
    }
    func ball(_ centre: Vector3) -> Volume {
      .sphere(size: size, pixelSize: pixelSize, radius: 26, outerRadius: 34, centre: centre)
    }
    // White signal up to a shell, so that each side's resolution is a number.
    func side(_ centre: Vector3, _ shell: Double) -> Volume {
      white().filtered(byShell: { $0 <= shell ? 1 : 0 }) * ball(centre)
    }
    let whole = side(fine, fineShell) + side(coarse, coarseShell)
    truth = hasSignal ? whole : whole.map { _ in 0 }
    mask = ball(fine).combined(with: ball(coarse)) { max($0, $1) }
    let truth = truth
    halves = (0..<2).map { _ in truth + Float(noise) * white() }
  }

  /// Mean of a field in a ball of 12 Å.
  func mean(_ field: [Float], about centre: Vector3) -> Double {
    var (sum, count) = (0.0, 0.0)
    truth.forEachVoxel { index, position in
      let d = position - centre
      guard (d * d).sum() < 144 else { return }
      sum += Double(field[index])
      count += 1
    }
    return sum / count
  }

  /// Relative squared error of a map against the truth within 20 Å of a point.
  func error(of map: Volume, about centre: Vector3) -> Double {
    let ball = Volume.sphere(
      size: size, pixelSize: pixelSize, radius: 20, outerRadius: 21, centre: centre)
    let (off, own) = ((map - truth) * ball, truth * ball)
    return off.voxels.reduce(0) { $0 + Double($1 * $1) }
      / own.voxels.reduce(0) { $0 + Double($1 * $1) }
  }
}
