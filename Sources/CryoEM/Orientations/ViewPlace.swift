import Glibc

/// Where a view lies on a map of the sphere.
public struct ViewPlace: Sendable, Equatable {
  /// Shares of the map's width, from azimuth 0 on, and of its height, from the south pole on: 0…1.
  let across: Double
  let up: Double

  /// - Parameter view: a unit vector, the third row of a pose's rotation.
  public init(of view: Vector3) {
    let turns = atan2(view.y, view.x) / (2 * .pi)
    across = turns < 0 ? turns + 1 : turns
    up = asin(min(max(view.z, -1), 1)) / .pi + 0.5
  }

  /// Degrees about z from x on, 0…360.
  public var azimuth: Double { 360 * across }
  /// Degrees above the plane of x and y, −90…90.
  public var elevation: Double { 180 * (up - 0.5) }
}
