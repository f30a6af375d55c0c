import EMFiles
import Glibc
import Ground
import TestSupport
import Testing

@testable import CryoEM
@testable import Particles

/// One image in both halves is told whatever its stack is called.
@Suite struct StackIdentityTests {
  let fixture: ParticleFixture

  init() throws { fixture = try ParticleFixture() }

  /// Two particles of the first image of Extract/a.mrcs, one in each half, the second by a name.
  private func complaint(_ name: String) throws -> String? {
    let file = try fixture.particles(
      ["1@Extract/a.mrcs 0 0 0 1", "1@\(name) 0 0 0 2"], more: ["_rlnRandomSubset"])
    return TestSupport.complaint { try file.checkHalfSets() }
  }

  @Test(arguments: [
    "Extract/a.mrcs", "./Extract/a.mrcs", "Extract//a.mrcs", "Extract/../Extract/a.mrcs",
    "Extract/a.mrcs:mrcs", ">Extract/a.mrcs", "Extract/symbolic.mrcs", "Extract/hard.mrcs",
    "Extract/copy.mrcs",
  ])
  func oneImageOfManyNames(name: String) throws {
    symlink("a.mrcs", fixture("Extract/symbolic.mrcs"))
    link(fixture("Extract/a.mrcs"), fixture("Extract/hard.mrcs"))
    try AtomicFile.write(try fixture.bytes("Extract/a.mrcs"), to: fixture("Extract/copy.mrcs"))
    #expect(try complaint(name)?.contains("copies of 1 particle are in both half-sets") == true)
    #expect(
      try complaint(fixture(name.replacing(":mrcs", with: "").replacing(">", with: "")))
        != nil)
  }

  /// Stacks of one size and one header are not copies of each other when their images differ.
  @Test func otherImagesAreOthers() throws {
    #expect(try complaint("Extract/b.mrcs") == nil)
    var bytes = try fixture.bytes("Extract/a.mrcs")
    // A pixel of the last image, far behind the header.
    bytes[bytes.count - 5] ^= 0x40
    try AtomicFile.write(bytes, to: fixture("Extract/other.mrcs"))
    #expect(try complaint("Extract/other.mrcs") == nil)
  }

  /// Without the files the names are compared, less what changes nothing in them.
  @Test func namesAreComparedWithoutFiles() {
    #expect(
      firstsOfSameNames(["a/b.mrcs", "./a/b.mrcs", ">a//b.mrcs", "/a/b.mrcs", "a/c.mrcs"])
        == [0, 0, 0, 3, 4])
    #expect(firstsOfSameFiles(["/nowhere/a.mrcs", "/nowhere/a.mrcs"]) == [0, 1])
  }
}
