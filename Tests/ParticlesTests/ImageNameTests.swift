import EMFiles
import Glibc
import TestSupport
import Testing

@testable import CryoEM
@testable import Particles

/// The ways in which files name the image of a particle.
@Suite struct ImageNameTests {
  let fixture: ParticleFixture

  init() throws { fixture = try ParticleFixture() }

  private func reading(_ names: [String]) throws -> ParticleFile {
    try fixture.particles(names.map { $0 + " 0 0 0" })
  }

  @Test func namesWithoutANumberInAStackAreRefused() throws {
    let names = ["1@Extract/a.mrcs", "2@Extract/b.mrcs", "Extract/b.mrcs", "Extract/b.mrcs"]
    let file = try reading(names)
    let said = complaint { try file.checkImages() } ?? ""
    #expect(said.contains("line 14: row 3, column rlnImageName: the name has no number"))
    #expect(said.contains("\(fixture("Extract/b.mrcs")) has 2 images"))
    // The way out that the message names.
    let mended = try reading(names.map { $0.contains("@") ? $0 : "1@" + $0 })
    #expect(try mended.checkImages() == [8, 8])
  }

  @Test func aFileOfOneImageNeedsNoNumber() throws {
    let writer = try MRCStackWriter(
      path: fixture("Extract/one.mrc"), width: 8, height: 8, pixelSize: 1.5)
    try writer.append([Float](repeating: 1, count: 64))
    try writer.finish()
    let file = try reading(["Extract/one.mrc", "1@Extract/one.mrc", "3@Extract/a.mrcs"])
    try file.checkImages()
    #expect(file.particles.images.map(\.slice) == [0, 0, 2])
    #expect(file.particles.sources[0] == file.particles.sources[1])
  }

  @Test(arguments: ["mrcs", "mrc", "map"])
  func theFormatBehindAColonIsNoPartOfTheName(format: String) throws {
    rename(fixture("Extract/a.mrcs"), fixture("Extract/a.st"))
    let file = try reading(["000002@Extract/a.st:\(format)", "4@Extract/a.st"])
    try file.checkImages()
    #expect(file.particles.stacks == [fixture("Extract/a.st"), fixture("Extract/a.st")])
    #expect(file.stackNames == ["Extract/a.st:\(format)", "Extract/a.st"])
    // What the file calls it stays.
    try file.write(to: fixture("same.star"))
    #expect(try fixture.bytes("same.star") == fixture.bytes("run.star"))
    // A file that has the colon in its name is taken as it is.
    rename(fixture("Extract/a.st"), fixture("Extract/a.st:\(format)"))
    let literal = try reading(["000002@Extract/a.st:\(format)"])
    #expect(literal.particles.stacks == [fixture("Extract/a.st:\(format)")])
  }

  @Test(arguments: [
    "0@Extract/a.mrcs", "x@Extract/a.mrcs", "@Extract/a.mrcs", "1.5@Extract/a.mrcs",
  ])
  func numbersThatAreNoneAreRefused(name: String) {
    let said = complaint { _ = try reading(["1@Extract/a.mrcs", name]) } ?? ""
    #expect(said.contains("row 2, column rlnImageName") && said.contains("an image number from 1"))
  }
}
