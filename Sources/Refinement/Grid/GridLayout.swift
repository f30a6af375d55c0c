/// Where the samples of a grid are, as the kernels have them: half of a Hermitian cube around the origin,
/// x = −1…radius + 2 (fastest), y and z = −radius − 1…radius + 2. What is beyond the radius is read by
/// the taps of interpolations.
struct GridLayout: Sendable, Equatable {
  /// Largest coordinate, grid units.
  let radius: Int

  /// Samples along x.
  var width: Int { radius + 4 }
  /// Samples along y and along z.
  var extent: Int { 2 * radius + 4 }
  /// Number of samples.
  var count: Int { width * extent * extent }
  /// Coordinates y and z.
  var rows: ClosedRange<Int> { -radius - 1...radius + 2 }

  /// The place of a sample in memory.
  @inline(__always)
  func index(_ x: Int, _ y: Int, _ z: Int) -> Int {
    ((z + radius + 1) * extent + y + radius + 1) * width + x + 1
  }
}
