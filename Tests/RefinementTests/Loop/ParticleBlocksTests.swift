import CryoEM
import Testing

@testable import Ground
@testable import Refinement

/// Sums over particles are those of fixed blocks, whoever makes them.
struct ParticleBlocksTests {
  @Test func blocksAreThoseOfTheFile() {
    let blocks = ParticleBlocks.grouped([200, 3, 63, 64, 0, 130, 127])
    #expect(blocks == [[0, 3, 63], [64, 127], [130], [200]])
    #expect(ParticleBlocks.grouped([]) == [])
    #expect(ParticleBlocks.grouped(0..<1000).map(\.count) == Array(repeating: 64, count: 15) + [40])
  }

  /// Runs of whole blocks, mapped apart and put together, are the whole.
  @Test func partsOfBlocksAreTheWhole() {
    let values = (0..<1000).map { 1 / Double(3 + $0) }
    @Sendable func sum(_ block: [Int]) -> Double { block.reduce(0) { $0 + values[$1] } }
    let whole = ParticleBlocks.map(0..<1000, threads: 3, sum)
    #expect(whole == ParticleBlocks.map(0..<1000, threads: 1, sum))
    for ranks in [2, 3, 7] {
      let limits = (0...ranks).map { min(1000, 16 * $0 / ranks * ParticleBlocks.size) }
      let parts = (0..<ranks).flatMap {
        ParticleBlocks.map(limits[$0]..<limits[$0 + 1], threads: 2, sum)
      }
      #expect(parts == whole)
    }
    #expect(abs(whole.reduce(0, +) - values.reduce(0, +)) < 1e-12)
  }
}
