import EMFiles
import TestSupport
import Testing

@testable import CryoEM
@testable import Particles

/// The table of optics of RELION 3.1: which of its rows count.
@Suite struct OpticsTableTests {
  let fixture: ParticleFixture

  init() throws { fixture = try ParticleFixture() }

  private let second = "second 8 200.0 2.0 0.07 1.5 8 2 0   0     [0,0,0,0,0,0] 1 0 0 1 0\n"

  /// Reads the two groups of `relion31Text` with a row more.
  private func reading(with row: String, first: Bool = false) throws -> ParticleFile {
    let rows = first ? row + "\n" + second : second + row + "\n"
    _ = try fixture.write(relion31Text.replacing(second, with: rows), "run.star")
    return try fixture.read("run.star")
  }

  @Test(arguments: [
    // Another voltage, coma, Zernike coefficient, magnification.
    "again 8 300.0 2.0 0.07 1.5 8 2 0 0 [0,0,0,0,0,0] 1 0 0 1 0",
    "again 8.0 200.0 2.0 0.07 1.5 8 2 0.1 0 [0,0,0,0,0,0] 1 0 0 1 0",
    "again 8 200.0 2.0 0.07 1.5 8 2 0 0 [0,0,0,0,0,1] 1 0 0 1 0",
    "again 8 200.0 2.0 0.07 1.5 8 2 0 0 [0,0,0,0,0,0] 1.01 0 0 1 0",
  ])
  func aNumberTwiceIsRefused(row: String) throws {
    for first in [true, false] {
      let said = complaint { _ = try reading(with: row, first: first) } ?? ""
      #expect(said.contains("row 3, column rlnOpticsGroup: the number 8 is that of row 2 as well"))
      #expect(said.contains("again") && said.contains("second"))
    }
    // The two ways out that the message names.
    _ = try fixture.write(relion31Text, "run.star")
    _ = try fixture.read("run.star")
    let other = row.replacing("again 8.0", with: "again 9").replacing("again 8", with: "again 9")
    #expect(try reading(with: other).particles.optics.map(\.name) == ["first", "second"])
  }

  @Test func rowsThatSayTheSameAreOne() throws {
    let file = try reading(with: "again 8 200.00 2 0.070 1.5 8 2 0 0 [0,0,0,0,0,0] 1 0 0 1 0")
    #expect(file.particles.optics.map(\.name) == ["first", "second"])
    #expect(file.particles.opticsIndices == [0, 1, 1, 1, 0])
  }

  @Test(arguments: [
    // No voltage, a text for it, subtomograms, another sampling, no list.
    "idle 9 0 2.0 0.07 1.5 8 2 0 0 [0,0,0,0,0,0] 1 0 0 1 0",
    "idle 9 None 2.0 0.07 1.5 8 2 0 0 [0,0,0,0,0,0] 1 0 0 1 0",
    "idle 9 200 2.0 0.07 1.5 8 3 0 0 [0,0,0,0,0,0] 1 0 0 1 0",
    "idle 9 200 2.0 0.07 9.9 64 2 0 0 [0,0,0,0,0,0] 1 0 0 1 0",
    "idle 9 200 2.0 0.07 1.5 8 2 0 0 none 1 0 0 1 0",
  ])
  func rowsWithoutParticlesDoNotCount(row: String) throws {
    for first in [true, false] {
      let particles = try reading(with: row, first: first).particles
      #expect(particles.optics.map(\.name) == ["first", "second"])
      #expect(particles.optics.map(\.voltage) == [300, 200])
      #expect(particles.opticsIndices == [0, 1, 1, 1, 0])
    }
    // The same row is an error as soon as a particle is of it.
    let used = row.replacing("idle 9", with: "second 8")
    _ = try fixture.write(relion31Text.replacing(second, with: used + "\n"), "run.star")
    let file = try? fixture.read("run.star")
    #expect(file == nil || file?.particles.optics[1].pixelSize == 9.9)
  }
}
