import CryoEM
import Fourier
import Glibc
import Ground

/// Tells density that moves with a body from density that stays where the particles started.
///
/// The same images, reconstructed at the poses from which they started, show C = S + B′M, and at the poses of
/// now D = M + B S: what stays, S, and what moves, M, each sharp in its own frame and blurred by the motion in
/// the other's. In D − B C = (1 − B B′) M all that stays is gone, in C − B′D = (1 − B′B) S all that moves. Their
/// local powers, as both half-maps have them, say whose a place is.
struct StandingDensity: Sendable {
  /// Half-maps at the first poses and at those of now, on one cube about the mask's centre.
  let first: [Volume], now: [Volume]
  /// The mask on that cube.
  let mask: Volume
  let blur: MotionBlur

  /// What is found.
  struct Finding: Sendable {
    /// The share of each voxel's density that moves, on the cube.
    var share: Volume
    /// The share of the density's power in the mask that stays, and by how many standard deviations of noise
    /// that differs from none.
    var standing: Double, significance: Double

    /// Whether there is enough that stays to be taken out.
    var isWorthwhile: Bool { significance > 5 && standing > 0.02 }
  }

  /// The highest shell of the references' period that is looked at: what moves by a tenth of that wavelength is
  /// told from what stays, and the cubes stay small.
  static let finestShell = 48

  /// Voxels along the edge of the cubes for accumulators of a radius: fine enough to be read between.
  static func size(radius: Int) -> Int { CubeTransform.size(forRadius: radius + radius / 3) }

  /// What a search for it takes at most, in cubes, as measured.
  static func bytes(radius: Int) -> Int {
    let edge = size(radius: min(radius, finestShell + 4))
    return 20 * 4 * edge * edge * edge
  }

  /// FSC of the half-maps of now in the mask above which a shell is used.
  private static let leastCorrelation = 0.3
  /// Standard deviation of the window of local powers, Å and resolutions: the larger.
  private static let window = (least: 5.0, resolutions: 0.5)
  /// How many deviations of its noise a power that stays must have to count, and those that count for what
  /// moves where neither is seen.
  private static let doubt = (standing: 1.0, moving: 0.5)

  /// Nil where the half-maps have nothing in common.
  func found() -> Finding? {
    let curve = fourierShellCorrelation(now[0], now[1], mask: mask)
    let cut = agreement(of: curve)
    // What stays is sharp at the first poses: halves without anything in common there hold none of it.
    guard cut > 4, agreement(of: fourierShellCorrelation(first[0], first[1], mask: mask)) > 4
    else { return nil }
    let weights = curve.indices.map { $0 < cut ? min(max(curve[$0], 0), 1) : 0 }
    let resolution = mask.edge / Double(cut)
    let region = mask.voxels.map { $0 > 0.01 }
    let (first, now) = (
      first.map { $0.filtered(byShells: weights) }, now.map { $0.filtered(byShells: weights) }
    )
    // What moves and what stays, of each half.
    let moving = zip(now, first).map {
      masked($0 - blur.seen($1, inverted: false, within: region), region)
    }
    let standing = zip(first, now).map {
      masked($0 - blur.seen($1, inverted: true, within: region), region)
    }
    return finding(
      Powers(moving, resolution: resolution, window: window(resolution)),
      Powers(standing, resolution: resolution, window: window(resolution)), resolution: resolution,
      standing: standing)
  }

  /// The shell at which a curve has fallen.
  private func agreement(of curve: RadialCurve) -> Int {
    curve.indices.dropFirst(3).first { curve[$0] < Self.leastCorrelation } ?? curve.count - 1
  }

  private func window(_ resolution: Double) -> Double {
    max(Self.window.least, Self.window.resolutions * resolution)
  }

  private func masked(_ volume: Volume, _ region: [Bool]) -> Volume {
    var result = volume
    for index in region.indices where !region[index] { result.voxels[index] = 0 }
    return result
  }

  /// Local powers of a pair of half-maps.
  private struct Powers {
    /// The local mean of a·b, and the standard deviation that noise alone gives it, √(⟨a²⟩⟨b²⟩/n) with n
    /// independent values in the window.
    let signal: Volume, noise: Volume

    init(_ halves: [Volume], resolution: Double, window: Double) {
      signal = (halves[0] * halves[1]).blurred(by: window)
      // A Gaussian's effective volume is (4π)^{3/2} σ³; values half a resolution apart are independent.
      let count = max(1, pow(4 * .pi, 1.5) * pow(window, 3) / pow(resolution / 2, 3))
      let squares = halves.map { ($0 * $0).blurred(by: window) }
      noise = squares[0].combined(with: squares[1]) {
        (max(0, $0) * max(0, $1) / Float(count)).squareRoot()
      }
    }
  }

  private func finding(
    _ moving: Powers, _ standing: Powers, resolution: Double, standing halves: [Volume]
  ) -> Finding {
    var share = Volume(size: mask.size, pixelSize: mask.pixelSize)
    var (moves, stays, product, square) = (0.0, 0.0, 0.0, 0.0)
    for index in share.voxels.indices {
      share.voxels[index] = 1
      let weight = mask.voxels[index]
      guard weight > 0.01 else { continue }
      let (m, s) = (moving.noise.voxels[index], standing.noise.voxels[index])
      let above =
        max(0, moving.signal.voxels[index]) + Float(Self.doubt.moving) * (m + s)
        + .leastNormalMagnitude
      let below = max(0, standing.signal.voxels[index] - Float(Self.doubt.standing) * s)
      share.voxels[index] = above / (above + below)
      moves += Double(weight * moving.signal.voxels[index])
      stays += Double(weight * standing.signal.voxels[index])
      let (a, b) = (Double(halves[0].voxels[index]), Double(halves[1].voxels[index]))
      product += Double(weight) * a * b
      // The noise of a half: half the squared difference has its variance for a mean, and of its squares a
      // third is the variance of a product of two.
      let noise = 0.5 * (a - b) * (a - b)
      square += Double(weight * weight) * noise * noise / 3
    }
    let correlated = max(1, pow(resolution / 2 / mask.pixelSize, 3))
    return Finding(
      share: share, standing: stays / max(moves + stays, .leastNormalMagnitude),
      significance: square > 0 ? product / (square * correlated).squareRoot() : 0)
  }
}
