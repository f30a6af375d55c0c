import CryoEM
import EMFiles
import FoundationEssentials
import Glibc
import Ground
import Particles
import Runs
import Testing

/// Runs of several regions by the program, from files to files.
struct RegionRunTests {
  /// A simulated set whose both bodies are regions.
  private func simulated() throws -> SmallDataSet {
    let set = try SmallDataSet.simulated()
    let simulation = set.simulation
    try set.write(
      simulation.mask(of: simulation.phantom.large, near: 6, far: 60), to: "set/large.mrc")
    let text = try String(contentsOfFile: set("set/set.toml"), encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("mask = ") && !$0.hasPrefix("coordinates") && $0 != "[fulcrum]" }
    try set.write(
      lines.joined(separator: "\n") + """

        [[region]]
        name = "small"
        mask = "mask.mrc"
        prior.rotation_sd = 8
        [[region]]
        name = "large"
        mask = "large.mrc"
        prior.rotation_sd = 3
        """, to: "set/two.toml")
    return set
  }

  private let few = ["--threads", "2", "--set", "refinement.maximum_iterations=2"]

  /// The set of three bodies comes with a job of three regions that is ready to run.
  @Test func aSetOfThreeBodiesIsReadyToRun() throws {
    let set = try SmallDataSet.simulated()
    let options = ["--bodies", "3", "--count", "40", "--box", "48", "--snr", "1"]
    let made = try ProgramRun(["simulate", "three"] + options, in: set.path)
    #expect(made.status == 0, "\(made.errors)")
    let check = try ProgramRun(["check", "three/three.toml"], in: set.path)
    #expect(check.status == 0, "\(check.errors)")
    for name in ["trunk", "head", "arm"] {
      #expect(check.output.contains("\(name): Fulcrum:"), "\(check.output)")
      #expect(access(set("three/truth_\(name).star"), F_OK) == 0)
    }
  }

  /// The sample of three bodies is ready to run.
  @Test func theSampleIsReadyToRun() throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let set = try SmallDataSet.simulated()
    let check = try ProgramRun(
      ["check", root + "/samples/three-bodies/three-bodies.toml"], in: set.path)
    #expect(check.status == 0, "\(check.errors)")
    #expect(check.output.contains("arm: Half-maps inside the mask:"))
  }

  @Test func twoRegionsAreRefinedTogether() throws {
    let set = try simulated()
    let check = try ProgramRun(["check", "set/two.toml"], in: set.path)
    #expect(check.status == 0, "\(check.errors)")
    #expect(check.output.contains("small: ") && check.output.contains("large: "))
    let run = try ProgramRun(["run", "set/two.toml"] + few, in: set.path)
    #expect(run.status == 0, "\(run.errors)")
    let folder = RunFolder(set("runs/two"))
    #expect(folder.regions.map(\.name) == ["small", "large"])
    #expect(try folder.finishedRegions().count == 2)
    let summary = try folder.summary()
    let manifest = try folder.manifest()
    #expect(summary.regions?.map(\.name) == ["small", "large"])
    #expect(manifest.regions?.map(\.name) == ["small", "large"])
    #expect(manifest.status == .finished && manifest.message.contains("large"))
    // Its iterations are the regions', and not missing.
    #expect(!folder.events(from: 0).events.contains { $0.text.contains("vanished") })
    var after: [Double] = []
    for (name, region) in zip(["small", "large"], folder.regions) {
      // A region reads as a run does.
      #expect(try region.manifest().status == .finished)
      #expect(region.status(of: try region.manifest()) == .finished)
      let own = try region.summary()
      #expect(region.iterations() == Array(0...own.iterations))
      #expect(region.finalMetrics()?.fsc.resolution143 == own.resolutionAfter)
      #expect(try region.job().regions.isEmpty)
      after.append(own.resolutionAfter)
      for file in ["map.mrc", "half_map_a.mrc", "mask.mrc", "particles.star", "fsc.tsv"] {
        #expect(access(set("runs/two/final/\(name)/\(file)"), F_OK) == 0, "\(name)/\(file)")
      }
      #expect(run.output.contains("\(name): Iteration 1:"))
    }
    // One resolution of a run: that of the region that is known least well.
    #expect(summary.resolutionAfter == after.max() && manifest.resolution == after.max())
    let poses = try ["small", "large"].map {
      try ParticleFile.read(
        path: set("runs/two/final/\($0)/particles.star"), projectDirectory: set("set")
      ).particles.poses
    }
    #expect(poses[0].count == 60 && poses[0] != poses[1])
    try checkTogether(set, poses)
    #expect(try folder.remove().isEmpty, "nothing of the run is left")
  }

  /// What the regions come to together: the poses of all in one file, the motion, and a map that is the
  /// consensus where no region is.
  private func checkTogether(_ set: SmallDataSet, _ poses: [[Pose]]) throws {
    let final = "runs/two/final/"
    let star = try STARFile(path: set(final + "particles.star"))
    let table = star.tables[try #require(star.index(withColumn: "rlnAngleRot_large"))]
    var problems = ProblemList()
    let origins = table.numbers("rlnOriginXAngst_large", problems: &problems)
    #expect(zip(origins, poses[1]).allSatisfy { abs($0 - $1.origin.x) < 1e-4 })
    #expect(
      try ParticleFile.read(
        path: set(final + "particles.star"), projectDirectory: set("set")
      ).particles.poses == poses[0])
    // The command makes the same map of the run, and of its regions' folders.
    for (name, runs) in [
      ("one.mrc", ["runs/two"]), ("two.mrc", ["runs/two/regions/small", "runs/two/regions/large"]),
    ] {
      let made = try ProgramRun(["compose"] + runs + ["-o", name], in: set.path)
      #expect(made.status == 0, "\(made.errors)")
    }
    #expect(try set.bytes("one.mrc") == set.bytes("two.mrc"))
    // One report of all regions, none of which speaks for the run.
    let report = try ProgramRun(["report", "runs/two", "-o", "two.txt"], in: set.path)
    #expect(report.status == 0, "\(report.errors)")
    let page = try String(contentsOfFile: set("two.txt"), encoding: .utf8)
    for heading in ["\nMotion\n", "\nComposite map\n", "\nsmall\n-----", "\nlarge\n-----"] {
      #expect(page.contains(heading), "\(heading)")
    }
    #expect(page.contains("2 regions of the same particles were refined together"))
    let motion = try String(contentsOfFile: set(final + "motion.json"), encoding: .utf8)
    #expect(motion.contains("\"small\"") && motion.contains("\"large\""))
    #expect(try !set.bytes(final + "modes.tsv").isEmpty)
    func voxels(_ name: String) throws -> [Float] { try MRCVolume(path: set(name)).voxels }
    let composite = try voxels(final + "composite.mrc")
    let (small, large) = (
      try voxels(final + "small/mask.mrc"), try voxels(final + "large/mask.mrc")
    )
    let halves = (try voxels("set/half_map_a.mrc"), try voxels("set/half_map_b.mrc"))
    var (outside, inside) = (0, 0)
    for index in composite.indices {
      let mean = 0.5 * (halves.0[index] + halves.1[index])
      let isOf = abs(composite[index] - mean) <= 1e-3 * (abs(mean) + 1e-3)
      if small[index] == 0, large[index] == 0 {
        #expect(isOf, "outside of all regions is the consensus")
        outside += 1
      } else if max(small[index], large[index]) > 0.9, !isOf {
        inside += 1
      }
    }
    #expect(outside > 1000 && inside > 1000, "\(outside), \(inside)")
  }

  /// Ended by force anywhere and gone on with, also in another number of threads: the same bytes.
  @Test func aKilledRunOfRegionsEndsTheSame() throws {
    let set = try simulated()
    let whole = try ProgramRun(
      ["run", "set/two.toml", "--output", "whole"] + few, in: set.path)
    #expect(whole.status == 0, "\(whole.errors)")
    let stopped = try ProgramRun(
      ["run", "set/two.toml", "--output", "again", "--time-limit", "2s"] + few, in: set.path)
    if stopped.status != 0 {
      let resumed = try ProgramRun(["resume", "again", "--threads", "1"], in: set.path)
      #expect(resumed.status == 0, "\(resumed.errors)")
    }
    for region in ["small", "large"] {
      for file in ["map.mrc", "half_map_b.mrc", "particles.star", "pose_evidence.cs"] {
        let name = "final/\(region)/\(file)"
        #expect(try set.bytes("whole/" + name) == set.bytes("again/" + name), "\(name)")
      }
    }
  }

  /// What is wrong with one region is told with its name, and what is wrong with all once.
  @Test func problemsOfRegionsAreToldAtOnce() throws {
    let set = try simulated()
    let one = try ProgramRun(
      ["check", "set/two.toml", "--set", "region.large.mask=none.mrc"], in: set.path)
    #expect(one.status == 2 && one.errors.contains("region large: "), "\(one.errors)")
    let all = try ProgramRun(
      ["check", "set/two.toml", "--set", "input.particles=none.star"], in: set.path)
    #expect(all.status == 2 && !all.errors.contains("region "), "\(all.errors)")
    #expect(all.errors.ranges(of: "none.star").count <= 2, "\(all.errors)")
  }
}
