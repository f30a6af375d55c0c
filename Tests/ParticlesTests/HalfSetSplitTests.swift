import EMFiles
import TestSupport
import Testing

@testable import CryoEM
@testable import Ground
@testable import Particles

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
    let families = set.families(separation: 0)
    #expect(Set(families).count == 501)
    set.halfSets = set.resplit(seed: seed, families: families)
    #expect(set.leakingSourceCount == 0)
    // The halves differ by one family at most.
    let inA = set.halfSets.count { $0 == .a }
    #expect(abs(2 * inA - sources.count) <= 6)
    #expect(set.resplit(seed: seed, families: families) == set.halfSets)
    #expect(set.resplit(seed: seed + 1, families: families) != set.halfSets)
  }

  /// Five filaments of two micrographs, twelve segments each, torn by their split.
  private var filaments: ParticleSet {
    var set = particles((0..<60).map { UInt64($0) }, (0..<60).map { $0 % 2 == 0 ? .a : .b })
    set.filaments = (0..<60).map { Int32($0 / 12) }
    return set
  }

  private func warnings(_ set: ParticleSet, separation: Double = 20) -> [String] {
    set.halfSetWarnings(path: "run.star", column: "rlnRandomSubset", separation: separation)
      .map(\.description)
  }

  @Test func filamentsStayWhole() {
    var set = filaments
    #expect(warnings(set).contains { $0.contains("5 of 5 filaments") })
    #expect(complaintOf(set) == nil)
    set.halfSets = set.resplit(seed: 3, families: set.families(separation: 20))
    #expect(warnings(set).isEmpty)
    for filament in 0..<5 {
      #expect(Set(set.halfSets[12 * filament..<12 * filament + 12]).count == 1)
    }
    #expect([24, 36].contains(set.halfSets.count { $0 == .a }))
    // A particle of no filament is of none with the others of none.
    set.filaments = [Int32](repeating: -1, count: 60)
    #expect(Set(set.families(separation: 20)).count == 60)
  }

  /// Picks at 0, 15, 30 Å in a row, one alone, and one at the same place on another micrograph.
  private var picks: ParticleSet {
    var set = particles([1, 2, 3, 4, 5], [.a, .b, .a, .b, .b])
    let places: [(Int32, Double)] = [(0, 100), (0, 115), (0, 130), (0, 400), (1, 100)]
    set.picks = places.map { MicrographPick(micrograph: $0.0, position: Vector2($0.1, 50)) }
    return set
  }

  @Test func nearPicksStayTogether() {
    var set = picks
    #expect(set.families(separation: 20) == [0, 0, 0, 3, 4])
    #expect(set.families(separation: 15) == [0, 1, 2, 3, 4], "15 Å apart is not nearer than 15 Å")
    #expect(set.families(separation: 0) == [0, 1, 2, 3, 4])
    #expect(warnings(set).contains { $0.contains("3 particles are within 20 Å") })
    #expect(warnings(set, separation: 10).isEmpty)
    // One half has them all, and nothing is left to warn of.
    set.halfSets = set.resplit(seed: 1, families: set.families(separation: 20))
    #expect(warnings(set).isEmpty)
    #expect(Set(set.halfSets).count == 2)
    // No micrograph, no neighbours.
    set.picks = set.picks.map { MicrographPick(micrograph: -1, position: $0.position) }
    #expect(set.families(separation: 20) == [0, 1, 2, 3, 4])
  }

  /// Picked 60 Å apart, and brought to one centre by the poses: two picks of one particle.
  @Test func picksThatPosesBringTogetherAreNear() {
    var set = particles([1, 2, 3], [.a, .b, .b])
    set.picks = [100, 160, 160].map { MicrographPick(micrograph: 0, position: Vector2($0, 50)) }
    set.poses[0].origin = Vector2(-30, 0)
    set.poses[1].origin = Vector2(27, 1)
    set.poses[2].origin = Vector2(0, 90)
    #expect(set.families(separation: 20) == [0, 0, 0])
    #expect(set.families(separation: 3) == [0, 1, 1])
    set.poses[2].origin.y = 0
    set.picks[2].position.y = 500
    #expect(set.families(separation: 20) == [0, 0, 2])
  }

  /// Every pair within a distance is found: against all pairs of random places.
  @Test func nearPairsAreAllFound() {
    var generator = SeededGenerator(seed: 8)
    var set = particles((0..<300).map { UInt64($0) }, [])
    set.picks = (0..<300).map { _ in
      MicrographPick(
        micrograph: Int32(generator.next() % 3),
        position: Vector2(1000 * generator.uniform(), 1000 * generator.uniform()))
    }
    var sets = DisjointSets(count: 300)
    for a in 0..<300 {
      for b in 0..<a where set.picks[a].micrograph == set.picks[b].micrograph {
        let step = set.picks[a].position - set.picks[b].position
        if (step * step).sum() < 900 { sets.unite(a, b) }
      }
    }
    let expected = sets.roots()
    #expect(set.families(separation: 30) == expected)
    #expect(Set(expected).count > 100 && Set(expected).count < 280)
  }

  /// Ties through several relations: an image shared with a segment of a filament beside a pick.
  @Test func relationsChain() {
    var set = particles([7, 7, 8, 9, 10], [])
    set.filaments = [-1, 0, 0, -1, -1]
    let places: [(Int32, Double)] = [(-1, 0), (-1, 0), (0, 10), (0, 20), (0, 300)]
    set.picks = places.map { MicrographPick(micrograph: $0.0, position: Vector2($0.1, 0)) }
    #expect(set.families(separation: 20) == [0, 0, 0, 0, 4])
  }
}
