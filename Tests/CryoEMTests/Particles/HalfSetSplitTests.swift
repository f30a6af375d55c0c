import EMFiles
import Testing

@testable import CryoEM

@Suite struct HalfSetSplitTests {
  private func particles(_ sources: [UInt64], _ halves: [HalfSet]) -> ParticleSet {
    let pose = Pose(rotation: .identity, origin: .zero)
    return ParticleSet(poses: sources.map { _ in pose }, halfSets: halves, sources: sources)
  }

  private func complaintOf(_ particles: ParticleSet) -> String? {
    complaint { try particles.checkHalfSets(path: "run.star", column: "rlnRandomSubset") }
  }

  @Test func splitsThatCannotBeTrustedAreErrors() {
    #expect(complaintOf(particles([1, 2, 3], [.a, .b, .a])) == nil)
    let missing = complaintOf(particles([1, 2], []))
    #expect(missing?.contains("column rlnRandomSubset is missing") == true)
    #expect(missing?.contains("refinement.resplit = true") == true)
    #expect(complaintOf(particles([1, 2], [.b, .b]))?.contains("all 2 particles") == true)
    #expect(complaintOf(particles([1, 2], [.b, .b]))?.contains("half-set B") == true)
    let leaking = complaintOf(particles([1, 1, 2, 2, 3, 3], [.a, .b, .a, .a, .b, .a]))
    #expect(leaking?.contains("copies of 2 particles are in both") == true)
  }

  @Test(arguments: [0, 1, 77] as [UInt64])
  func aNewSplitIsEvenAndKeepsCopiesTogether(seed: UInt64) throws {
    // 501 sources of one to six copies, scattered.
    var sources: [UInt64] = []
    for source in 0..<501 as Range<UInt64> {
      for _ in 0...(source % 6) { sources.append(source &* 0x9E37_79B9_7F4A_7C15) }
    }
    var generator = SeededGenerator(seed: 5)
    sources.shuffle(using: &generator)
    var set = particles(sources, [])
    set.halfSets = set.resplit(seed: seed)
    #expect(set.leakingSourceCount == 0)
    let inA = Set(zip(sources, set.halfSets).filter { $0.1 == .a }.map(\.0)).count
    #expect(inA == 251)
    #expect(set.resplit(seed: seed) == set.halfSets)
    #expect(set.resplit(seed: seed + 1) != set.halfSets)
  }
}
