import Glibc
import Ground

/// What the viewing directions of a set of particles say by themselves, whatever is in the images.
public struct ViewStatistics: Codable, Sendable, Equatable {
  /// The sampling compensation factor SCF*: 1 for views from everywhere, 0.81 for side views all around
  /// an axis, less where directions of Fourier space are seen by few views or by none.
  public var samplingCompensation: Double
  /// Share of the directions of Fourier space that no view samples, 0…1.
  public var unseen: Double
  /// How many of `cells` equal parts of half the sphere the views would fill if they filled some evenly
  /// and the rest not at all.
  public var effectiveDirections: Double
  public var cells: Int

  public init(
    samplingCompensation: Double, unseen: Double, effectiveDirections: Double, cells: Int
  ) {
    self.samplingCompensation = samplingCompensation
    self.unseen = unseen
    self.effectiveDirections = effectiveDirections
    self.cells = cells
  }

  /// Under this SCF* views are missing: that of side views alone.
  public static let leastCompensation = 0.81

  /// - Parameters:
  ///   - views: unit vectors along which the particles are seen, in the reference's frame.
  ///   - symmetry: of the reference; its rotations multiply the views.
  /// - Returns: nil without views.
  public init?(views: [Vector3], symmetry: PointGroup = .c1, scheduler: Scheduler) {
    guard !views.isEmpty else { return nil }
    // Beyond some millions more views change no digit.
    let step = max(1, views.count * symmetry.order / 4_000_000)
    let all = stride(from: 0, to: views.count, by: step).flatMap { index in
      symmetry.operators.map { $0.applied(to: views[index]) }
    }
    let sampling = Self.sampling(of: all, scheduler).map { Double($0) * Double(step) }
    (samplingCompensation, unseen) = Self.compensation(of: sampling)
    (effectiveDirections, cells) = Self.effective(all)
  }

  /// SCF* of the number of views that sample each direction (Baldwin & Lyumkis, Prog. Biophys. Mol. Biol.
  /// 150, 160, 2020; with directions that no view samples, 160, 53, 2021): with S the samplings, S̄ their
  /// mean, P and Q the shares that are and are not sampled, SCF = 1/(S̄ · mean of 1/S over those that are),
  /// SCF* = SCF / (1 + Q/P · S̄ · SCF / 2).
  static func compensation(of sampling: [Double]) -> (value: Double, unseen: Double) {
    let mean = sampling.reduce(0, +) / Double(sampling.count)
    let seen = sampling.filter { $0 > 0 }
    guard !seen.isEmpty else { return (0, 1) }
    let inverse = seen.reduce(0) { $0 + 1 / $1 } / Double(seen.count)
    // Where views are so few that most directions are seen by one or none, 1/S is 1 and says too much.
    let plain = min(1, 1 / (mean * inverse))
    let missing = Double(sampling.count - seen.count) / Double(seen.count)
    return (
      plain / (1 + missing * mean * plain / 2),
      Double(sampling.count - seen.count) / Double(sampling.count)
    )
  }

  /// The shell on which samplings are counted, and how many of its directions: those of the authors'
  /// own program.
  private static let shell = 50.0
  private static let directions = halfSphere(count: 5000)
  private static let parts = 8

  /// How many views sample each direction: those whose central plane passes within half a voxel of it.
  private static func sampling(of views: [Vector3], _ scheduler: Scheduler) -> [Int32] {
    let width = 8
    let blocks = directions.count / width
    func component(_ axis: Int) -> [SIMD8<Float>] {
      (0..<blocks).map { block in
        var values = SIMD8<Float>()
        for lane in 0..<width { values[lane] = Float(directions[block * width + lane][axis]) }
        return values
      }
    }
    let (x, y, z) = (component(0), component(1), component(2))
    let limit = SIMD8<Float>(repeating: Float(0.5 / shell))
    let counts = collected(parts, scheduler) { part -> [SIMD8<Int32>] in
      var counts = [SIMD8<Int32>](repeating: .zero, count: blocks)
      for view in views[(views.count * part / parts)..<(views.count * (part + 1) / parts)] {
        let v = SIMD3<Float>(view)
        for block in 0..<blocks {
          let offset = v.x * x[block] + v.y * y[block] + v.z * z[block]
          let isNear = (offset .< limit) .& (offset .> -limit)
          counts[block] &+= SIMD8<Int32>.zero.replacing(with: 1, where: isNear)
        }
      }
      return counts
    }
    var total = [SIMD8<Int32>](repeating: .zero, count: blocks)
    for part in counts { for block in 0..<blocks { total[block] &+= part[block] } }
    return total.flatMap { block in (0..<width).map { block[$0] } }
  }

  /// The effective number of directions: with c views in each of the cells, n (n − 1) / Σ c (c − 1), the
  /// inverse of the chance that two views share a cell; a view and its opposite are one.
  private static func effective(_ views: [Vector3]) -> (directions: Double, cells: Int) {
    let (columns, rows) = (48, 12)
    var counts = [Int](repeating: 0, count: columns * rows)
    for view in views {
      let up = view.z < 0 ? -view : view
      var azimuth = atan2(up.y, up.x) / (2 * .pi)
      if azimuth < 0 { azimuth += 1 }
      let column = min(Int(azimuth * Double(columns)), columns - 1)
      // Slices of a sphere of one height have one area.
      let row = min(Int(up.z * Double(rows)), rows - 1)
      counts[row * columns + column] += 1
    }
    let n = Double(views.count)
    let pairs = counts.reduce(0.0) { $0 + Double($1) * Double($1 - 1) }
    let cells = Double(counts.count)
    return (pairs > 0 ? min(n * (n - 1) / pairs, cells) : min(n, cells), counts.count)
  }
}
