import Ground

/// Fixed blocks of particles, neighbours in their file: what is summed up over particles is summed up
/// in each block first, and then over the blocks in their order. The sums are then the same however
/// blocks are divided between threads and processes.
enum ParticleBlocks {
  /// Particles of a block.
  static let size = 64

  /// Some particles by block, in order; no block is empty.
  static func grouped(_ particles: some Sequence<Int>) -> [[Int]] {
    var blocks: [[Int]] = []
    var block = -1
    for particle in particles.sorted() {
      if particle / size != block { blocks.append([]) }
      block = particle / size
      blocks[blocks.count - 1].append(particle)
    }
    return blocks
  }

  /// What is made of each block of some particles, in the order of the blocks.
  static func map<Part: Sendable>(
    _ particles: some Sequence<Int>, threads: Int, _ body: @Sendable ([Int]) -> Part
  ) -> [Part] {
    let blocks = grouped(particles)
    let parts = Collected<Part>(count: blocks.count)
    parallelFor(count: blocks.count, chunk: 1, threads: threads, name: "particles: sum") {
      range, _ in
      for block in range { parts[block] = body(blocks[block]) }
    }
    return parts.filled
  }
}
