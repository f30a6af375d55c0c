import CryoEM
import EMFiles
import FoundationEssentials
import Ground
import Testing

/// `fulcrum reconstruct` on a simulated set whose half-maps are known, and what it refuses.
struct ReconstructTests {
  private func map(_ path: String) throws -> Volume {
    let file = try MRCVolume(path: path)
    return Volume(size: file.size.x, pixelSize: file.voxelSize.x, voxels: file.voxels)
  }

  /// The set's own half-maps are those of its particles at their first poses; the truth is the better map.
  @Test func theSetsHalfMapsComeBack() throws {
    let set = try SmallDataSet.simulated()
    let run = try ProgramRun(
      [
        "reconstruct", "set/start.star", "--project-dir", "set", "--mask", "set/mask.mrc", "-o",
        "rec", "--json",
      ],
      in: set.path)
    try #require(run.status == 0, "\(run.errors)")
    for name in [
      "map.mrc", "map_sharp.mrc", "half_map_a.mrc", "half_map_b.mrc", "fsc.xml", "summary.json",
      "local_resolution.mrc", "mask_fsc.mrc", "provenance.toml",
    ] { #expect(set.names().contains("rec/" + name), "\(name)") }
    let mask = try map(set("set/mask.mrc"))
    let body = try map(set("set/body.mrc")) * mask
    let (start, truth) = (try map(set("rec/map.mrc")) * mask, try reconstruct(set, "truth.star"))
    #expect((truth * mask).correlation(with: body) > start.correlation(with: body) + 0.01)
    // The same bytes with other threads.
    let again = try ProgramRun(
      [
        "reconstruct", "set/start.star", "--project-dir", "set", "--mask", "set/mask.mrc", "-o",
        "again", "--threads",
        "3",
      ], in: set.path)
    #expect(again.status == 0 && again.output.contains("Wrote again"), "\(again.errors)")
    for name in ["map.mrc", "half_map_a.mrc", "fsc.tsv"] {
      #expect(try set.bytes("again/" + name) == set.bytes("rec/" + name), "\(name)")
    }
  }

  private func reconstruct(_ set: SmallDataSet, _ particles: String) throws -> Volume {
    let run = try ProgramRun(
      [
        "reconstruct", "set/" + particles, "--project-dir", "set", "--mask", "set/mask.mrc", "-o",
        "of-" + particles,
      ],
      in: set.path)
    try #require(run.status == 0, "\(run.errors)")
    return try map(set("of-" + particles + "/map.mrc"))
  }

  @Test func badInputIsRefused() throws {
    let set = try SmallDataSet()
    try set.writeStar(hasSplit: false)
    try set.write(Volume(size: 16, pixelSize: 6).map { _ in 1 }, to: "small.mrc")
    let start = try set.bytes("start.star")
    try set.writeStar(slices: [Int](repeating: 999, count: 12))
    try set.write(try set.bytes("start.star"), to: "beyond.star")
    try set.writeStar()
    try set.write(start, to: "unsplit.star")
    let before = set.names()
    for (arguments, words) in [
      (["nowhere.star"], ["nowhere.star"]),
      (["unsplit.star"], ["--resplit"]),
      (["beyond.star"], ["particles.mrcs"]),
      (["start.star", "--symmetry", "Z3"], ["not a point group"]),
      (["start.star", "--mask", "small.mrc"], ["small.mrc", "box 16"]),
      (["start.star", "--mask", "gone.mrc"], ["gone.mrc"]),
      (["start.star", "--project-dir", "/nonexistent/folder", "--threads", "-1"], ["--threads"]),
    ] {
      let run = try ProgramRun(["reconstruct"] + arguments + ["-o", "out"], in: set.path)
      #expect(run.status == 2 && run.output.isEmpty, "\(arguments): \(run.status)")
      for word in words { #expect(run.errors.contains(word), "\(word): \(run.errors)") }
      #expect(set.names() == before)
    }
  }
}
