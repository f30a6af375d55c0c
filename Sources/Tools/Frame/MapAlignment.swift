import CryoEM
import Ground

/// How a map has to be turned and moved to lie on another one.
public struct MapAlignment: Sendable {
  /// The frame of the target, from the map's.
  public let change: FrameChange
  /// Pearson's correlation of the map in that frame with the target, at the detail of the search.
  public let correlation: Double

  /// Searches all rotations 20° apart and all shifts on 32 voxels, then around the twelve best ever finer
  /// on 48, and ends by maximising the correlation on up to 96 voxels.
  ///
  /// - Parameters:
  ///   - map: the one that is moved.
  ///   - target: of the same box and pixel size.
  ///   - progress: from 0 to 1.
  public init(
    of map: Volume, onto target: Volume, _ scheduler: @escaping Scheduler,
    progress: (Double) -> Void = { _ in }
  ) {
    let starts = Self.best(
      Rotation.ball(extent: .pi, spacing: radians(20)), of: FrameSearch.coarse(map, size: 32),
      onto: FrameSearch.coarse(target, size: 32), scheduler)
    progress(0.5)
    var candidates = Self.apart(starts, by: radians(12), count: 12)
    let (map48, target48) = (
      FrameSearch.coarse(map, size: 48), FrameSearch.coarse(target, size: 48)
    )
    for (level, spacing) in [10.0, 5, 2.5].enumerated() {
      let near = Rotation.ball(extent: radians(1.5 * spacing), spacing: radians(spacing))
      let rotations = candidates.flatMap { candidate in
        near.map { $0 * candidate.change.rotation }
      }
      let found = Self.best(rotations, of: map48, onto: target48, scheduler)
      candidates = Self.apart(found, by: radians(0.6 * spacing), count: [4, 2, 1][level])
      progress(0.6 + 0.1 * Double(level))
    }
    var best = candidates.first ?? FrameSearch.Candidate(change: FrameChange(), score: 0)
    for (size, rounds) in [(64, 4), (96, 4)] {
      let (from, to) = (FrameSearch.coarse(map, size: size), FrameSearch.coarse(target, size: size))
      let spline = CubicSpline(of: from)
      let radius = Double(to.size / 2 - 1) * to.pixelSize
      let points = FrameSearch.points(of: to, radius: radius)
      let values = points.map { to.linear(at: to.index(of: $0)) }
      let step = from.pixelSize
      best = FrameSearch.refined(
        best.change, angle: step / (0.5 * radius), shift: step, rounds: rounds
      ) { change in
        let pieces = collected(16, scheduler) { piece -> [Float] in
          let range = piece * points.count / 16..<(piece + 1) * points.count / 16
          return points[range].map { spline.value(at: from.index(of: change.old($0))) }
        }
        return FrameSearch.correlation(pieces.flatMap { $0 }, values)
      }
      progress(size == 64 ? 0.9 : 1)
    }
    (change, correlation) = (best.change, best.score)
  }

  /// Each rotation with its best shift.
  private static func best(
    _ rotations: [Rotation], of map: Volume, onto target: Volume, _ scheduler: @escaping Scheduler
  ) -> [FrameSearch.Candidate] {
    let correlation = FrameSearch.Correlation(target)
    return collected(rotations.count, scheduler) { index in
      let rotation = rotations[index]
      let turned = map.movedAsMask(by: FrameChange(rotation: rotation))
      let (shift, score) = correlation.best(turned)
      // What is at y after the shift was at y − s of the turned map.
      return FrameSearch.Candidate(
        change: FrameChange(
          rotation: rotation, centre: rotation.transposed.applied(to: -shift)), score: score)
    }
  }

  /// The best ones that are so far apart, the best first.
  private static func apart(
    _ found: [FrameSearch.Candidate], by angle: Double, count: Int
  ) -> [FrameSearch.Candidate] {
    let order = found.indices.sorted { (found[$0].score, $1) > (found[$1].score, $0) }
    var kept: [FrameSearch.Candidate] = []
    for index in order where kept.count < count {
      let rotation = found[index].change.rotation
      if kept.allSatisfy({ $0.change.rotation.angle(to: rotation) >= angle }) {
        kept.append(found[index])
      }
    }
    return kept
  }
}
