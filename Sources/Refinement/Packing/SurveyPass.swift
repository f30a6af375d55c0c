import CryoEM
import Fourier
import Ground
import Particles

/// Looks at a sample of the images for a survey.
struct SurveyPass: Sendable {
  let transformer: ImageTransformer
  /// Projections of the whole input map.
  let map: BoxModel
  /// The outside density of half a and half b; empty for none.
  let outside: [BoxModel]
  /// Whether directions are told apart.
  let isDirected: Bool
  let threads: Int
  /// Gets the images that cannot be used.
  let bad: BadImages
  let shard: Shard
  let progress: @Sendable (Double) -> Void

  /// What the sample adds up to.
  struct Result {
    /// Indexed [half · groups + group].
    var sums: [SurveySums]
    var powers: [Power]
    /// The median of the powers.
    var typicalPower: Double
  }

  /// A particle's power within its window, and its background.
  struct Power: Sendable, PlainData {
    var particle: Int
    var power: Double
    var background: ImageTransformer.Background
  }

  /// Looks at most at `sampleSize` images of each half-set and optics group.
  ///
  /// - Throws: `Problem` where too many images cannot be used.
  func run(sampleSize: Int) throws -> Result {
    let particles = transformer.particles
    let whole = ParticleBlocks.grouped(particles.sample(ofEachSlot: sampleSize))
    let empty = SurveySums(shells: transformer.box / 2 + 1, isDirected: isDirected)
    let measured = Collected<Block>(count: whole.count)
    try measure(Array(whole.indices), of: whole, empty: empty, into: measured)
    let powers = try measured.values().flatMap(\.powers)
    let typical = Survey.median(powers.map(\.power))
    // An image that outshines the others is no measure of their noise: its block is done again.
    let excessive = powers.filter { $0.power > ImageTransformer.largestExcess * typical }
    for found in excessive {
      bad.add(
        found.particle, transformer.excess(of: found.particle, found.power / typical), in: .packing)
    }
    if !excessive.isEmpty {
      let redone = Set(excessive.map(\.particle))
      try measure(
        whole.indices.filter { !redone.isDisjoint(with: whole[$0]) }, of: whole, empty: empty,
        into: measured)
    }
    try bad.throwIfOverLimit()
    var sums = [SurveySums](repeating: empty, count: particles.slotCount)
    for block in try measured.values() {
      for (slot, part) in block.sums { sums[slot].add(part) }
    }
    return Result(sums: sums, powers: powers, typicalPower: typical)
  }

  /// Measures blocks: each rank reads its own, and knows what the others have measured.
  private func measure(
    _ blocks: [Int], of whole: [[Int]], empty: SurveySums, into measured: Collected<Block>
  ) throws {
    let own = blocks.filter { shard.particles.contains(whole[$0][0]) }
    let workers = WorkspacePool {
      SurveyWorker(transformer: transformer, map: map, outside: outside)
    }
    let counter = Counter()
    parallelFor(count: own.count, chunk: 1, threads: threads) { range, _ in
      let worker = workers.take()
      defer { workers.giveBack(worker) }
      for block in range.map({ own[$0] }) {
        measured[block] = Block(
          whole[block], empty: empty, bad: bad, worker: worker)
        progress(min(1, Double(counter.add(1)) / Double(own.count)))
      }
    }
    for part in try shard.gather(own.map { Measured(index: $0, block: measured[$0]) }).joined() {
      measured[part.index] = part.block
    }
    try shard.share(bad)
    try bad.throwIfOverLimit()
  }

  /// A block with its place among all; nil where too many images were bad.
  private struct Measured: Columned {
    var index: Int
    var block: Block?

    mutating func move(_ columns: inout Columns) { block?.move(&columns) }
  }

  /// What a block of the sample adds up to. It has members of few groups, and there may be thousands of
  /// groups: only those take memory.
  private struct Block: Sendable, Columned {
    var sums: [Int: SurveySums] = [:]
    var powers: [Power] = []

    mutating func move(_ columns: inout Columns) {
      columns.move("sums", &sums)
      columns.move("powers", &powers)
    }

    init(
      _ members: [Int], empty: SurveySums, bad: BadImages, worker: SurveyWorker
    ) {
      let particles = worker.particles
      for particle in members where !bad.contains(particle) {
        if bad.isOverLimit { return }
        do throws(Problem) {
          let (power, background) = try worker.add(
            particle, to: &sums[particles.slot(of: particle), default: empty])
          powers.append(Power(particle: particle, power: power, background: background))
        } catch { bad.add(particle, error, in: .packing) }
      }
    }
  }
}
