/// Views per cell of azimuth (0…360°, columns, fastest) and elevation (−90…90°, rows).
public struct ViewCounts: Sendable, Equatable {
  public static let columns = 48
  public static let rows = 24
  /// Row by row, the lowest first.
  public let counts: [Int]

  /// - Parameter views: unit vectors.
  public init(_ views: some Sequence<Vector3>) {
    var counts = [Int](repeating: 0, count: Self.columns * Self.rows)
    for view in views {
      let place = ViewPlace(of: view)
      let column = min(Int(place.across * Double(Self.columns)), Self.columns - 1)
      let row = min(Int(place.up * Double(Self.rows)), Self.rows - 1)
      counts[row * Self.columns + column] += 1
    }
    self.counts = counts
  }
}
