/// How finely a surface is drawn: in drafts while it turns, so that frames stay small, the whole once it
/// rests.
struct SurfaceTurning: Sendable {
  /// When it was turned last, seconds since 1970; nil before it was.
  private(set) var last: Double?
  /// Which of the drafts it is drawn as while it turns.
  private(set) var coarseness = 0

  struct Detail: Sendable, Hashable {
    var shades: Int
    /// Pixels along an edge of squares that share a ray, and of those that the map is averaged over.
    var block = 1
    var smoothing = 1.0
    /// The most pixels of a picture in true pixels.
    var pixels = 400_000
  }

  /// Seconds for which a surface that turns is drawn quickly.
  private static let draftTime = 0.5

  /// What a surface that turns is drawn as, the finest first: each change of colour in a line costs some
  /// twenty bytes.
  static let drafts = [
    Detail(shades: 5, block: 2, smoothing: 4, pixels: 60_000),
    Detail(shades: 4, block: 2, smoothing: 8, pixels: 40_000),
    Detail(shades: 4, block: 4, smoothing: 8, pixels: 20_000),
  ]

  /// Bytes of a frame in cells beyond which the next draft is coarser.
  static let draftBytes = 8000

  private func isTurning(_ surroundings: Surroundings) -> Bool {
    last.map { abs(surroundings.now - $0) < Self.draftTime } ?? false
  }

  func detail(_ surroundings: Surroundings) -> Detail {
    let isSlow = surroundings.isLowBandwidth
    if isTurning(surroundings) {
      return Self.drafts[min(isSlow ? 2 : coarseness, Self.drafts.count - 1)]
    }
    return isSlow ? Detail(shades: 6, block: 2, smoothing: 4) : Detail(shades: 24)
  }

  /// Remembers that it turns, and whether the last draft was larger than frames should be.
  mutating func note(_ surroundings: Surroundings) {
    if isTurning(surroundings), surroundings.traffic.lastFrameBytes > Self.draftBytes,
      !surroundings.showsPictures
    {
      coarseness = min(coarseness + 1, Self.drafts.count - 1)
    }
    last = surroundings.now
  }
}
