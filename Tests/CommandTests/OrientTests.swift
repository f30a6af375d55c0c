import FoundationEssentials
import Glibc
import Ground
import Runs
import Testing

/// `fulcrum orient` on particle files and runs, beside what the run says itself, and what it refuses.
struct OrientTests {
  private struct Report: Decodable {
    struct Views: Decodable { var samplingCompensation: Double }
    struct Cones: Decodable {
      var areaRatio: Double
      var resolutions: [Double]
      var axes: [[Double]]
    }
    var particles: Int
    var views: Views?
    var cones: Cones?
  }

  private func report(_ arguments: [String], in folder: String) throws -> Report {
    let run = try ProgramRun(["orient"] + arguments + ["--json"], in: folder)
    try #require(run.status == 0, "\(run.errors)")
    return try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
  }

  /// A run's own numbers, in its metrics and its summary, are what the tool finds in its final maps.
  @Test func aRunSaysTheSame() throws {
    let set = try SmallDataSet.simulated()
    let run = try ProgramRun(
      ["run", "set/set.toml", "--set", "refinement.maximum_iterations=1"], in: set.path)
    try #require(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("Orientations: SCF* "))
    let folder = RunFolder(set("runs/set"))
    let summary = try folder.summary()
    let final = try #require(folder.finalMetrics())
    let found = try report(["runs/set"], in: set.path)
    #expect(found.particles == 60)
    #expect(found.cones?.areaRatio == summary.conicalAreaRatio)
    #expect(found.cones?.resolutions == final.cones?.resolutions)
    #expect(found.cones?.axes.count == 256)
    // Poses go through a text file.
    let (own, other) = (found.views?.samplingCompensation, summary.samplingCompensation)
    #expect(abs((own ?? 0) - (other ?? 1)) < 0.01)
    // The same from the files by name.
    let final2 = "runs/set/final/"
    let named = try report(
      [
        final2 + "particles.star", "--half-maps", final2 + "half_map_a.mrc",
        final2 + "half_map_b.mrc", "--mask", final2 + "mask_fsc.mrc", "--threads", "3",
      ], in: set.path)
    #expect(named.cones?.areaRatio == found.cones?.areaRatio)
  }

  @Test func particlesAreAPicture() throws {
    let set = try SmallDataSet(count: 40)
    let run = try ProgramRun(
      ["orient", "start.star", "-o", "views.svg"], in: set.path, environment: ["LANG=C.UTF-8"])
    #expect(run.status == 0, "\(run.errors)")
    for words in ["40 particles", "SCF* 0.", "Viewing directions", "! views are missing"] {
      #expect(run.output.contains(words), "\(words): \(run.output)")
    }
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    let picture = try String(contentsOfFile: set("views.svg"), encoding: .utf8)
    #expect(picture.hasPrefix("<svg") && picture.contains("Orientations of start.star"))
    #expect(access(set("views.svg.toml"), F_OK) == 0)
    // With more copies of the views there is more of the sphere.
    let one = try report(["start.star"], in: set.path)
    let many = try report(["start.star", "--symmetry", "D7"], in: set.path)
    let (few, more) = (one.views?.samplingCompensation, many.views?.samplingCompensation)
    #expect(try #require(few) < (try #require(more)))
    #expect(one.cones == nil)
  }

  @Test func badInputIsRefused() throws {
    let set = try SmallDataSet()
    try set.write("data_\nloop_\n_rlnMicrographName\na.mrc\n", to: "poseless.star")
    let before = set.names()
    for (arguments, words) in [
      (["nowhere.star"], ["nowhere.star"]),
      (["poseless.star"], ["poseless.star"]),
      (["start.star", "--symmetry", "X9"], ["not a point group"]),
      (["start.star", "--half-maps", "map.mrc"], ["--half-maps takes two"]),
      (["start.star", "--half-maps", "map.mrc", "map.mrc"], ["the same map"]),
      (
        ["start.star", "--symmetry", "X9", "--half-maps", "map.mrc", "gone.mrc"],
        ["not a point group", "gone.mrc"]
      ),
      (["start.star", "--mask", "mask.mrc"], ["--half-maps"]),
      (["start.star", "-o", "map.mrc"], ["exists already", "--force"]),
      (["start.star", "-o", "start.star", "--force"], ["inputs are never written to"]),
    ] {
      let run = try ProgramRun(["orient"] + arguments, in: set.path)
      #expect(run.status == 2 && run.output.isEmpty, "\(arguments) \(run.output)")
      for word in words { #expect(run.errors.contains(word), "\(word): \(run.errors)") }
      #expect(set.names() == before)
    }
  }
}
