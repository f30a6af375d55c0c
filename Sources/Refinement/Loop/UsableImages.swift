/// Which images this process holds, and which of all can be used.
struct UsableImages: Sendable {
  /// The particles whose images this process holds.
  let shard: Shard
  /// The bad images, those that later passes find among them.
  let bad: BadImages
  /// Particles whose images were found bad before the iterations; no pass uses them.
  private(set) var skipped: Set<Int>

  init(shard: Shard, bad: BadImages) {
    (self.shard, self.bad) = (shard, bad)
    skipped = Set(bad.all.map(\.particle))
  }

  /// Leaves out the images that a pass has found bad since.
  mutating func leaveOutBad() { skipped = Set(bad.all.map(\.particle)) }

  /// Whether a particle takes part.
  func uses(_ particle: Int) -> Bool { !skipped.contains(particle) }

  /// Those of the process that can be used, by index.
  var held: [Int] { shard.particles.filter(uses) }

  /// Those of some particles that can be used.
  func used(of particles: Range<Int>) -> [Int] { particles.filter(uses) }
}
