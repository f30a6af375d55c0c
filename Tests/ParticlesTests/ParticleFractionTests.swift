import CryoEM
import EMFiles
import Ground
import Testing

@testable import Particles

struct ParticleFractionTests {
  /// Particles of three optics groups of very different sizes, some of them copies of others.
  private let set: ParticleSet = {
    var generator = SeededGenerator(seed: 5)
    var set = ParticleSet()
    for source in 0..<1200 {
      // Every tenth is there three times.
      for _ in 0..<(source % 10 == 0 ? 3 : 1) {
        set.images.append(ImageLocation(stack: 0, slice: Int32(source)))
        set.poses.append(Pose(rotation: .random(using: &generator), origin: .zero))
        set.opticsIndices.append(source % 100 == 7 ? 2 : source % 3 == 0 ? 1 : 0)
        set.halfSets.append(source % 2 == 0 ? .a : .b)
        set.sources.append(UInt64(source))
        set.scales.append(Double(source))
      }
    }
    return set
  }()

  private func rows(_ fraction: Double, seed: UInt64 = 3) -> [Int32] {
    set.rows(fraction: fraction, families: set.families(separation: 0), seed: seed)
  }

  @Test(arguments: [0.02, 0.1, 0.2, 0.5, 0.77])
  func thePartIsEven(fraction: Double) {
    let chosen = set.selecting(rows: rows(fraction))
    for half in HalfSet.allCases {
      let all = set.halfSets.count { $0 == half }
      let part = chosen.halfSets.count { $0 == half }
      // A family of three goes over or stays short by no more than a half of it.
      #expect(abs(Double(part) - fraction * Double(all)) <= 1.5)
      for group in Int32(0)..<3 {
        func members(_ set: ParticleSet) -> Double {
          Double(zip(set.halfSets, set.opticsIndices).count { $0 == half && $1 == group })
        }
        #expect(abs(members(chosen) - fraction * members(set)) <= 4)
      }
    }
    let copies = Dictionary(grouping: chosen.sources) { $0 }.mapValues(\.count)
    #expect(copies.allSatisfy { $1 == ($0 % 10 == 0 ? 3 : 1) })
  }

  @Test func aSmallerPartLiesInALargerOne() {
    var larger = Set(rows(1))
    #expect(larger.count == set.count)
    for fraction in stride(from: 0.95, to: 0.02, by: -0.03) {
      let smaller = Set(rows(fraction))
      #expect(smaller.isSubset(of: larger))
      larger = smaller
    }
    #expect(rows(0.3) == rows(0.3).sorted())
    #expect(Set(rows(0.3, seed: 4)) != Set(rows(0.3)))
  }

  /// Every particle is as likely as another, whatever the size of its group or family.
  @Test func noParticleIsPreferred() {
    var counts = [Int](repeating: 0, count: set.count)
    let draws = 400
    for seed in 0..<draws {
      for row in rows(0.25, seed: UInt64(seed)) { counts[Int(row)] += 1 }
    }
    for group in Int32(0)..<3 {
      for isCopied in [false, true] {
        let chosen = counts.indices.filter {
          set.opticsIndices[$0] == group && (set.sources[$0] % 10 == 0) == isCopied
        }
        if chosen.isEmpty { continue }
        let mean = Double(chosen.reduce(0) { $0 + counts[$1] }) / Double(chosen.count * draws)
        #expect(abs(mean - 0.25) < 0.03, "group \(group), copied \(isCopied): \(mean)")
      }
    }
    #expect((counts.min() ?? 0) > draws / 4 - 60)
  }

  @Test func selectedRowsKeepEverythingOfTheirs() {
    var whole = set
    whole.families = whole.families(separation: 0)
    let rows = whole.rows(fraction: 0.3, families: whole.families, seed: 1)
    let chosen = whole.selecting(rows: rows)
    #expect(chosen.count == rows.count)
    for (place, row) in rows.enumerated() {
      let row = Int(row)
      #expect(chosen.images[place] == whole.images[row])
      #expect(chosen.poses[place] == whole.poses[row])
      #expect(chosen.scales[place] == whole.scales[row])
      // The families of the part are those that the part itself has.
      #expect(chosen.sources[Int(chosen.families[place])] == chosen.sources[place])
    }
    #expect(chosen.families == chosen.families(separation: 0))
    #expect(chosen.filaments.isEmpty)
  }

  /// The lines of the rows that stay are those of the file, to the byte.
  @Test func thePartIsWrittenAsItWas() throws {
    let fixture = try ParticleFixture()
    let lines = [
      "1@Extract/a.mrcs 0.5 10 20 x", "2@Extract/a.mrcs 1.50 10 20 'y z'",
      "3@Extract/a.mrcs 2.5 10.000 20 x", "1@Extract/b.mrcs 3.5 10 20 x",
    ]
    let file = try fixture.particles(
      lines, more: ["_someoneElse"])
    try file.selecting(rows: [1, 3]).write(to: fixture("part.star"))
    let text = String(decoding: try fixture.bytes("part.star"), as: UTF8.self)
    #expect(text.contains(lines[1] + "\n" + lines[3] + "\n"))
    #expect(!text.contains("0.5 10 20") && !text.contains("2.5 10.000"))
  }
}
