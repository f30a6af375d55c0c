import CryoEM
import EMFiles
import FoundationEssentials
import Testing

/// Every kind of bad input ends with status 2, names the file and the way out, and writes nothing.
struct BadInputTests {
  @Test func goodInputIsReady() throws {
    let set = try SmallDataSet()
    let before = set.names()
    let run = try ProgramRun(["check", "job.toml"], in: set.path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.problems.isEmpty)
    #expect(run.output.contains("12 (6 + 6)"))
    #expect(run.output.contains("Estimate:"))
    #expect(run.output.contains("runs/job"))
    #expect(set.names() == before)
  }

  @Test(arguments: ["start.star", "map.mrc", "mask.mrc", "particles.mrcs"])
  func aMissingFile(name: String) throws {
    let set = try SmallDataSet()
    try FileManager.default.removeItem(atPath: set(name))
    try set.expectRefusal([name])
  }

  @Test(arguments: ["start.star", "map.mrc", "mask.mrc", "particles.mrcs"])
  func aFolderInsteadOfAFile(name: String) throws {
    let set = try SmallDataSet()
    try FileManager.default.removeItem(atPath: set(name))
    try FileManager.default.createDirectory(
      atPath: set(name), withIntermediateDirectories: false)
    try set.expectRefusal([name, "folder"])
  }

  @Test(arguments: ["map.mrc", "mask.mrc", "particles.mrcs"])
  func aTruncatedFile(name: String) throws {
    let set = try SmallDataSet()
    try set.write(Array(try set.bytes(name).dropLast(1000)), to: name)
    try set.expectRefusal([name])
  }

  @Test(arguments: ["map.mrc", "particles.mrcs"])
  func aHeaderThatLies(name: String) throws {
    let set = try SmallDataSet()
    var bytes = try set.bytes(name)
    // 2³¹ − 1 along each axis: the product of the three overflows 64 bits with the voxels' size.
    for axis in 0..<3 {
      bytes.replaceSubrange(axis * 4..<axis * 4 + 4, with: [0xff, 0xff, 0xff, 0x7f])
    }
    try set.write(bytes, to: name)
    try set.expectRefusal([name])
  }

  @Test(arguments: ["map.mrc", "mask.mrc", "particles.mrcs"])
  func aPointerOrTextInsteadOfData(name: String) throws {
    let set = try SmallDataSet()
    try set.write(
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", to: name)
    try set.expectRefusal([name, "LFS"])
    try set.write(String(repeating: "a line of text\n", count: 200), to: name)
    try set.expectRefusal([name])
  }

  /// Map and mask need not have the particles' sampling, nor each other's; where the header of an equal
  /// box may be wrong, that is said, and what is advised leads on.
  @Test func mapsOfAnotherBoxOrPixelSizeAreBroughtToTheParticles() throws {
    let set = try SmallDataSet()
    let map = set.simulation.consensusMap
    func check() throws -> ProgramRun {
      let run = try ProgramRun(["check", "job.toml"], in: set.path)
      #expect(run.status == 0, "\(run.errors)")
      return run
    }
    try set.write(map.boxed(to: 40), to: "map.mrc")
    let cut = try check().output
    #expect(cut.contains("map.mrc: box 40, pixel size 6 Å: cut to the particles'"))
    try set.write(set.mask.boxed(to: 40), to: "mask.mrc")
    let both = try check().output
    #expect(both.contains("map.mrc, mask.mrc: box 40, pixel size 6 Å: cut to"))
    var other = map
    other.pixelSize = 5
    try set.write(other, to: "map.mrc")
    let suspected = try check()
    #expect(suspected.errors.contains("pixels of 5 Å instead of 6: its header may be wrong"))
    #expect(suspected.output.contains("resampled to the particles' pixel size of 6 Å"))
    other.pixelSize = 6
    try set.write(other, to: "map.mrc")
    let mended = try check().errors
    #expect(!mended.contains("header"))
  }

  /// A mask outside of the particles' box is an error with a reason, wherever the fulcrum is, and the
  /// mask that the advice asks for leads on.
  @Test func aMaskThatTheBoxCutsOff() throws {
    let set = try SmallDataSet()
    let far = Volume.sphere(
      size: 64, pixelSize: 6, radius: 12, outerRadius: 40, centre: Vector3(0, 0, 150))
    try set.write(far, to: "mask.mrc")
    for arguments in [[], ["--set", "fulcrum.location=box_center"]] {
      try set.expectRefusal(
        ["mask.mrc: nothing of the mask is inside", "96 Å"], arguments: arguments)
    }
    let near = Volume.sphere(
      size: 64, pixelSize: 6, radius: 12, outerRadius: 40, centre: Vector3(0, 0, 50))
    try set.write(near, to: "mask.mrc")
    let run = try ProgramRun(["check", "job.toml"], in: set.path)
    #expect(run.status == 0 && run.output.contains("Fulcrum: voxel 16, 16, 24.3"))
  }

  @Test func emptyAndNegativeMasks() throws {
    let set = try SmallDataSet()
    let mask = set.mask
    try set.write(mask.map { _ in 0 }, to: "mask.mrc")
    try set.expectRefusal(["mask.mrc", "empty"])
    try set.write(mask.map { $0 - 0.5 }, to: "mask.mrc")
    try set.expectRefusal(["mask.mrc", "-0.5 to"])
    try set.write(mask.map { 2 * $0 }, to: "mask.mrc")
    try set.expectRefusal(["mask.mrc", "to 2"])
  }

  @Test func aBinaryMaskIsAWarning() throws {
    let set = try SmallDataSet()
    try set.write(set.mask.map { $0 > 0.5 ? 1 : 0 }, to: "mask.mrc")
    let run = try ProgramRun(["check", "job.toml"], in: set.path)
    #expect(run.status == 0)
    #expect(run.errors.contains("warning: \(set("mask.mrc")): the mask is binary"))
  }

  @Test func halfSetsThatCannotBeTrusted() throws {
    let set = try SmallDataSet()
    try set.writeStar(hasSplit: false)
    try set.expectRefusal(["start.star", "rlnRandomSubset", "refinement.resplit"])
    try set.writeStar(halfSets: [Int](repeating: 1, count: 12))
    try set.expectRefusal(["start.star", "half-set A"])
    let copies = (0..<12).map { $0 / 2 }
    try set.writeStar(halfSets: (0..<12).map { $0 % 2 + 1 }, slices: copies)
    try set.expectRefusal(["start.star", "copies of 6 particles"])
    let resplit = try ProgramRun(
      ["check", "job.toml", "--set", "refinement.resplit=true"], in: set.path)
    #expect(resplit.status == 0, "\(resplit.errors)")
  }

  @Test func anImageThatIsNotThere() throws {
    let set = try SmallDataSet()
    try set.writeStar(slices: (0..<12).map { $0 == 5 ? 99 : $0 })
    try set.expectRefusal(["particles.mrcs", "image 100"])
  }

  @Test func opticsGroupsOfDifferentSampling() throws {
    let set = try SmallDataSet()
    try set.writeStar(pixelSizes: [6, 5.5])
    try set.expectRefusal(["start.star", "group1", "group2", "5.5"])
  }

  @Test func aStarFileCutInARow() throws {
    let set = try SmallDataSet()
    let text = try String(contentsOfFile: set("start.star"), encoding: .utf8)
    let lines = text.split(separator: "\n")
    let last = try #require(lines.last)
    let cut = lines.dropLast().joined(separator: "\n") + "\n" + last.prefix(last.count / 2)
    try set.write(cut, to: "start.star")
    try set.expectRefusal(["start.star", "line \(lines.count)"])
  }

  @Test func aCryoSPARCFileWithoutAlignments() throws {
    let set = try SmallDataSet()
    // A .npy of one field, uid, and two rows.
    var header = "{'descr': [('uid', '<u8')], 'fortran_order': False, 'shape': (2,), }"
    while (header.count + 11) % 64 != 0 { header += " " }
    header += "\n"
    let magic: [UInt8] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]
    let size = [UInt8(header.count & 0xff), UInt8(header.count >> 8)]
    let rows = [UInt8](repeating: 1, count: 16)
    try set.write(magic + size + Array(header.utf8) + rows, to: "particles.cs")
    try set.expectRefusal(
      ["particles.cs", "alignments3D"], arguments: ["--set", "input.particles=particles.cs"])
  }

  @Test func aFulcrumOutsideTheBox() throws {
    let set = try SmallDataSet()
    try set.expectRefusal(
      ["fulcrum.coordinates = 10,40,12", "0 to 31"],
      arguments: ["--set", "fulcrum.coordinates=10,40,12"])
  }

  @Test func parametersOutOfRangeAreAllTold() throws {
    let set = try SmallDataSet()
    try set.append("\nrotation_sd = -5\nshift_sd = nan\nrotation_sdd = 1\n", to: "job.toml")
    try FileManager.default.removeItem(atPath: set("mask.mrc"))
    try set.expectRefusal(
      [
        "job.toml, line 7: prior.rotation_sd = -5:", "line 8: prior.shift_sd = nan",
        "line 9: prior.rotation_sdd", "Did you mean prior.rotation_sd?", "mask.mrc",
        "search.shift_extent = -1", "5 problems",
      ],
      arguments: ["--set", "search.shift_extent=-1"])
  }

  @Test func parametersThatTheDataContradict() throws {
    let set = try SmallDataSet()
    try set.expectRefusal(
      ["search.maximum_resolution = 5", "12 Å", "search.shift_extent = 96", "96 Å"],
      arguments: [
        "--set", "search.maximum_resolution=5", "--set", "search.shift_extent=96",
      ])
  }

  @Test func anOutputFolderThatExists() throws {
    let set = try SmallDataSet()
    try FileManager.default.createDirectory(
      atPath: set("taken"), withIntermediateDirectories: false)
    try set.expectRefusal(["taken", "exists already"], arguments: ["--output", "taken"])
    try set.expectRefusal(["map.mrc is not a folder"], arguments: ["--output", "map.mrc/run"])
  }

  @Test func aScratchFolderThatIsNotThere() throws {
    let set = try SmallDataSet()
    try set.expectRefusal(
      ["compute.cache_dir", "scratch"], arguments: ["--set", "compute.cache_dir=scratch"])
  }
}
