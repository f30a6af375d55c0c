import CryoEM
import EMFiles
import FoundationEssentials
import Ground
import Runs
import Testing
import Tools

/// `fulcrum post` beside the end of a run, and what it refuses.
struct PostTests {
  /// From a run's half-maps in its mask: its curves, its local resolution and its B factor, to the byte.
  @Test func theNumbersAreThoseOfARun() throws {
    let set = try SmallDataSet.simulated()
    let run = try ProgramRun(
      ["run", "set/set.toml", "--set", "refinement.maximum_iterations=1"], in: set.path)
    try #require(run.status == 0, "\(run.errors)")
    let final = "runs/set/final/"
    let post = try ProgramRun(
      [
        "post", final + "half_map_a.mrc", final + "half_map_b.mrc", "--mask",
        final + "mask_fsc.mrc", "-o", "post", "--json",
      ], in: set.path)
    try #require(post.status == 0, "\(post.errors)")
    for name in ["fsc.tsv", "fsc.star", "fsc.xml", "mask_fsc.mrc", "local_resolution.mrc"] {
      #expect(try set.bytes("post/" + name) == set.bytes(final + name), "\(name)")
    }
    let summary = try RunFolder(set("runs/set")).summary()
    let made = try JSONDecoder().decode(
      PostProcessing.Summary.self, from: Data(post.output.utf8))
    #expect(made.resolution143 == summary.resolutionAfter && made.bFactor == summary.bFactor)
    // Weighted by shell instead of by voxel, the map is much the same.
    for name in ["map.mrc", "map_sharp.mrc"] {
      let (own, other) = (try map(set("post/" + name)), try map(set(final + name)))
      #expect(own.correlation(with: other) > 0.9, "\(name)")
    }
    #expect(try map(set("post/map_local.mrc")).standardDeviation > 0)
    let record = try String(contentsOfFile: set("post/provenance.toml"), encoding: .utf8)
    #expect(record.contains("half_map_b.mrc") && record.contains("b_factor"))
  }

  private func map(_ path: String) throws -> Volume {
    let file = try MRCVolume(path: path)
    return Volume(size: file.size.x, pixelSize: file.voxelSize.x, voxels: file.voxels)
  }

  @Test func withoutAMaskItSaysWhichItTakes() throws {
    let set = try noisyHalves()
    for (arguments, words) in [
      ([], "a mask made of the map"), (["--mask", "sphere"], "a sphere in the box"),
    ] {
      let run = try ProgramRun(
        ["post", "a.mrc", "b.mrc", "-o", "out", "--force"] + arguments, in: set.path)
      #expect(run.status == 0 && run.output.contains(words), "\(run.output)\(run.errors)")
    }
  }

  private func noisyHalves() throws -> SmallDataSet {
    let set = try SmallDataSet()
    let map = set.simulation.consensusMap
    let strength = 0.3 * map.standardDeviation
    for (name, stream) in [("a.mrc", UInt64(1)), ("b.mrc", 2)] {
      var generator = SeededGenerator(seed: 3, stream: stream)
      try set.write(map.map { $0 + Float(strength * generator.normal()) }, to: name)
    }
    return set
  }

  /// Everything that is wrong is told at once, and nothing is left behind.
  @Test func badInputIsRefused() throws {
    let set = try noisyHalves()
    let box = set.simulation.settings.boxSize
    try set.write(Volume(size: box, pixelSize: 6), to: "empty.mrc")
    try set.write(Volume(size: box, pixelSize: 3).map { _ in 1 }, to: "pixels.mrc")
    try set.write(Array("no map".utf8), to: "text.mrc")
    let before = set.names()
    for (arguments, problems, words) in [
      (["a.mrc", "a.mrc"], 1, ["the same map"]),
      (["a.mrc", "nowhere.mrc", "--mask", "empty.mrc"], 2, ["nowhere.mrc", "empty"]),
      (["a.mrc", "b.mrc", "--mask", "pixels.mrc"], 1, ["pixels.mrc", "pixel size 3"]),
      (["text.mrc", "particles.mrcs"], 2, ["text.mrc", "particles.mrcs"]),
      (["empty.mrc", "a.mrc"], 1, ["every voxel is 0"]),
      (["a.mrc", "b.mrc", "--b-factor", "9999"], 1, ["--b-factor"]),
      (["a.mrc", "b.mrc", "--threads", "0"], 1, ["--threads"]),
    ] {
      let run = try ProgramRun(["post"] + arguments + ["-o", "out"], in: set.path)
      #expect(run.status == 2 && run.output.isEmpty, "\(arguments)")
      #expect(run.problems.count == problems, "\(run.errors)")
      for word in words { #expect(run.errors.contains(word), "\(word): \(run.errors)") }
      #expect(set.names() == before)
    }
    // What is there stays, and an input is not written over even with --force.
    try FileManager.default.createDirectory(atPath: set("out"), withIntermediateDirectories: true)
    let kept = try ProgramRun(["post", "a.mrc", "b.mrc", "-o", "out"], in: set.path)
    #expect(kept.status == 2 && kept.errors.contains("--force"))
    try set.write(set.mask, to: "map.mrc")
    let over = try ProgramRun(
      ["post", "a.mrc", "b.mrc", "--mask", "map.mrc", "-o", ".", "--force"], in: set.path)
    #expect(over.status != 0 && over.errors.contains("inputs are never written to"))
    #expect(!set.names().contains { $0.hasSuffix(".part") || $0 == "fsc.tsv" })
  }
}
