import CryoEM
import Glibc
import Ground

/// The frame in which a map has a point group in the standard setting, its axes through the centre.
public struct SymmetryAxes: Sendable {
  public let change: FrameChange
  /// The mean correlation of the map in that frame with its copies under the group.
  public let correlation: Double

  /// Searches the axis that is to be z over half a sphere, each with its place by correlation; then the
  /// turn about it; then maximises the correlation of the map with its copies.
  ///
  /// - Parameters:
  ///   - map: with the symmetry, about any axes through any point.
  ///   - group: other than C1.
  public init(
    of map: Volume, group: PointGroup, _ scheduler: @escaping Scheduler,
    progress: (Double) -> Void = { _ in }
  ) {
    let coarse = FrameSearch.coarse(map, size: 40)
    let correlation = FrameSearch.Correlation(coarse)
    let order = Self.orderAboutZ(group)
    let angle = 2 * Double.pi / Double(order)
    func axis(_ directions: [Vector3]) -> FrameSearch.Candidate {
      let found = collected(directions.count, scheduler) { index -> FrameSearch.Candidate in
        let direction = directions[index]
        let turn = Rotation(rotationVector: direction * angle)
        let (shift, score) = correlation.best(
          coarse.movedAsMask(by: FrameChange(rotation: turn)))
        return FrameSearch.Candidate(
          change: FrameChange(
            rotation: Self.turning(direction), centre: Self.fixed(turn, shift, direction)),
          score: score)
      }
      let best = found.indices.max { (found[$0].score, $1) < (found[$1].score, $0) } ?? 0
      return found[best]
    }
    var best = axis(halfSphere(count: 700))
    progress(0.3)
    for spread in [6.0, 2] {
      let middle = best.change.rotation.row2
      best = axis(
        Rotation.ball(extent: radians(spread), spacing: radians(spread / 3)).map {
          $0.applied(to: middle)
        })
    }
    progress(0.5)
    if order < group.order { best = Self.turned(best, coarse, group, scheduler) }
    progress(0.7)
    let operators = Self.generators(of: group)
    for size in [48, 96] {
      let fine = FrameSearch.coarse(map, size: size)
      let spline = CubicSpline(of: fine)
      let radius = Double(fine.size / 2 - 2) * fine.pixelSize
      let points = FrameSearch.points(of: fine, radius: radius)
      let step = fine.pixelSize
      best = FrameSearch.refined(
        best.change, angle: step / (0.5 * radius), shift: step, rounds: 4
      ) { change in
        Self.likeness(spline, fine, points, change, operators, scheduler)
      }
      progress(size == 48 ? 0.8 : 1)
    }
    (change, self.correlation) = (best.change, best.score)
  }

  /// The order of the axis that a group has along z.
  private static func orderAboutZ(_ group: PointGroup) -> Int {
    group.operators.filter { abs($0.row2.z - 1) < 1e-9 }.count
  }

  /// Operators of which all others are products, as good as: the first about z and three others.
  private static func generators(of group: PointGroup) -> [Rotation] {
    let aboutZ = group.operators.dropFirst().filter { abs($0.row2.z - 1) < 1e-9 }
    let others = group.operators.filter { abs($0.row2.z - 1) >= 1e-9 }
    return Array(aboutZ.prefix(1) + others.prefix(3))
  }

  /// A rotation that turns a direction to z.
  private static func turning(_ direction: Vector3) -> Rotation {
    let helper = abs(direction.x) < 0.9 ? Vector3(1, 0, 0) : Vector3(0, 1, 0)
    let first = helper - (helper * direction).sum() * direction
    let row0 = first / (first * first).sum().squareRoot()
    return Rotation(rows: row0, cross(direction, row0), direction).orthonormalised
  }

  /// The point nearest to the centre that x → R·x + s leaves where it is along an axis, for the turn R
  /// about it: s/2 + cot(θ/2)/2 · u × s, s across the axis.
  private static func fixed(_ turn: Rotation, _ shift: Vector3, _ axis: Vector3) -> Vector3 {
    let across = shift - (shift * axis).sum() * axis
    let half = 0.5 * turn.angle
    return 0.5 * across + 0.5 * cos(half) / sin(half) * cross(axis, across)
  }

  /// The turn about z, and the place along it, at which the other axes are where the group has them.
  private static func turned(
    _ start: FrameSearch.Candidate, _ map: Volume, _ group: PointGroup,
    _ scheduler: @escaping Scheduler
  ) -> FrameSearch.Candidate {
    let operators = generators(of: group).filter { abs($0.row2.z - 1) >= 1e-9 }
    guard let first = operators.first else { return start }
    let axis = first.rotationVector / first.angle
    let count = 180
    let found = collected(count, scheduler) { index -> FrameSearch.Candidate in
      let turn = Rotation(rotationVector: Vector3(0, 0, 2 * .pi * Double(index) / Double(count)))
      var change = start.change
      change.rotation = turn * change.rotation
      let placed = map.movedAsMask(by: change)
      let correlation = FrameSearch.Correlation(placed)
      let (shift, score) = correlation.best(
        placed.movedAsMask(by: FrameChange(rotation: first)))
      let place = fixed(first, shift, axis)
      var sum = score
      let centred = placed.movedAsMask(by: FrameChange(centre: Vector3(0, 0, place.z)))
      for other in operators.dropFirst() {
        sum += centred.correlation(with: centred.movedAsMask(by: FrameChange(rotation: other)))
      }
      change.centre = change.old(Vector3(0, 0, place.z))
      return FrameSearch.Candidate(change: change, score: sum / Double(operators.count))
    }
    let best = found.indices.max { (found[$0].score, $1) < (found[$1].score, $0) } ?? 0
    return found[best]
  }

  /// The mean correlation of a map in a frame with its copies.
  private static func likeness(
    _ spline: CubicSpline, _ map: Volume, _ points: [Vector3], _ change: FrameChange,
    _ operators: [Rotation], _ scheduler: @escaping Scheduler
  ) -> Double {
    func values(_ turn: Rotation) -> [Float] {
      collected(16, scheduler) { piece -> [Float] in
        let range = piece * points.count / 16..<(piece + 1) * points.count / 16
        return points[range].map {
          spline.value(at: map.index(of: change.old(turn.applied(to: $0))))
        }
      }.flatMap { $0 }
    }
    let own = values(.identity)
    let sum = operators.reduce(0) { $0 + FrameSearch.correlation(own, values($1)) }
    return sum / Double(max(1, operators.count))
  }
}

private func cross(_ a: Vector3, _ b: Vector3) -> Vector3 {
  Vector3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}
