import CryoEM
import EMFiles
import FoundationEssentials
import Glibc
import Ground
import Particles
import Report
import Runs
import Testing

@testable import fulcrum

/// Whole refinements by the program, from files to files.
struct RefinementRunTests {
  /// A simulated set in a folder of its own.
  private func simulated(_ options: [String] = []) throws -> SmallDataSet {
    let set = try SmallDataSet()
    let arguments = ["simulate", "set", "--count", "60", "--box", "32", "--snr", "2"]
    let run = try ProgramRun(arguments + options, in: set.path)
    try #require(run.status == 0, "\(run.errors)")
    return set
  }

  @Test func aSimulatedSetIsRefined() throws {
    let set = try simulated()
    #expect(
      set.names().filter { $0.hasPrefix("set/") } == [
        "set/body.mrc", "set/half_map_a.mrc", "set/half_map_b.mrc", "set/mask.mrc",
        "set/particles.mrcs",
        "set/set.toml", "set/start.star", "set/truth.star",
      ])
    let run = try ProgramRun(
      ["run", "set/set.toml", "--threads", "2", "--set", "refinement.maximum_iterations=3"],
      in: set.path)
    #expect(run.status == 0, "\(run.errors)")
    for words in ["Resolution inside the mask:", "Median change in pose:", "chimerax ", " → "] {
      #expect(run.output.contains(words), "\(words)")
    }
    let folder = RunFolder(set("runs/set"))
    #expect(
      Set(folder.finalFiles().map { FilePath.name(of: $0.path) }) == [
        "map.mrc", "map_sharp.mrc", "half_map_a.mrc", "half_map_b.mrc", "mask.mrc",
        "mask_fsc.mrc", "local_resolution.mrc", "particles.star", "pose_evidence.cs",
        "fsc.tsv", "fsc.star", "fsc.xml", "metrics.json", "motion.json", "summary.json",
      ])
    let manifest = try folder.manifest()
    #expect(manifest.status == .finished)
    #expect(manifest.particles == 60)
    #expect(manifest.boxSize > 0)
    let summary = try folder.summary()
    // What is to be said against the numbers follows the verdict.
    #expect(manifest.message.hasPrefix(summary.verdict))
    #expect(folder.iterations() == Array(0...summary.iterations))
    #expect(folder.metrics().map(\.iteration) == folder.iterations())
    // The last two iterations have kept their maps, and all of them their poses.
    for iteration in folder.iterations() {
      let kept = iteration > summary.iterations - 2
      #expect(folder.maps(of: iteration).count == (kept ? 3 : 0))
      let poses = folder.iterationPath(iteration) + "/poses.star"
      #expect((access(poses, F_OK) == 0) == (iteration > 0))
    }
    try checkParticles(set)
    try checkResolution(set, run, summary)
    try checkSelection(set, fulcrum: summary.fulcrum)
    try checkReport(set, summary)
    let watch = try ProgramRun(["watch", "runs/set"], in: set.path)
    #expect(watch.status == 0)
    #expect(watch.output.contains("Final pass"))
  }

  /// `fulcrum select` on the run's folder, against how far the poses of its two files are apart: the angle by
  /// the trace, the distance by where the fulcrum appears in an image.
  private func checkSelection(_ set: SmallDataSet, fulcrum: [Double]) throws {
    let before = try ParticleFile.read(path: set("set/start.star"), projectDirectory: set("set"))
    let after = try ParticleFile.read(
      path: set("runs/set/final/particles.star"), projectDirectory: set("set"))
    let place = Vector3(fulcrum[0], fulcrum[1], fulcrum[2])
    let (old, new) = (before.particles.poses, after.particles.poses)
    let turned = zip(old, new).map { one, other in
      let turn = one.rotation.transposed * other.rotation
      let trace = turn.row0.x + turn.row1.y + turn.row2.z
      return acos(min(1, max(-1, (trace - 1) / 2))) * 180 / .pi
    }
    let moved = zip(old, new).map { one, other in
      let step = one.position(of: place) - other.position(of: place)
      return (step * step).sum().squareRoot()
    }
    let limits = [turned, moved].map { $0.sorted()[30] + 1e-4 }
    let halves = after.particles.halfSets
    let expected = (0..<60).count {
      (turned[$0] > limits[0] || moved[$0] > limits[1]) && halves[$0] == .a
    }
    let expression = "(turned > \(limits[0]) or moved > \(limits[1])) and half = A"
    let run = try ProgramRun(
      ["select", "runs/set", expression, "-o", "far.star", "--json"], in: set.path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(expected > 0 && run.output.contains("\"kept\" : \(expected)"), "\(run.output)")
    #expect(run.output.contains("set/start.star"), "what the moves are against is an input")
  }

  /// The page of the run: its numbers, figures, pictures and the digests of its files.
  private func checkReport(_ set: SmallDataSet, _ summary: RunSummary) throws {
    let made = try ProgramRun(["report", "runs/set", "-o", "page.html"], in: set.path)
    #expect(made.status == 0, "\(made.errors)")
    let page = try String(contentsOfFile: set("page.html"), encoding: .utf8)
    #expect(page.utf8.count < 2_000_000)
    #expect(page.ranges(of: "<svg ").count >= 6 && page.ranges(of: "<img ").count == 6)
    #expect(page.contains("falls under 0.143 at \(Format.resolution(summary.resolutionAfter))"))
    #expect(page.contains("refinement.maximum_iterations") && page.contains("EMDB") == false)
    #expect(try ProgramRun(["report", "runs/set", "-o", "page.html"], in: set.path).status == 2)
    let text = try ProgramRun(["report", "runs/set", "-o", "page.txt"], in: set.path)
    #expect(text.status == 0)
    let lines = try String(contentsOfFile: set("page.txt"), encoding: .utf8)
    let digest = try #require(
      lines.split(separator: "\n").first { $0.hasPrefix("map.mrc") }?.split(separator: " ").last)
    let map = try InputFile(path: set("runs/set/final/map.mrc"))
    var sum = SHA256()
    sum.add(try map.bytes(at: 0, count: map.size))
    #expect(sum.text == digest)
    let both = try ProgramRun(["report", "runs/set", "runs/set", "-o", "two.html"], in: set.path)
    #expect(both.status == 0)
    let compared = try String(contentsOfFile: set("two.html"), encoding: .utf8)
    #expect(compared.contains("<h2>Comparison</h2>") && compared.utf8.count < 2_000_000)
    #expect(try ProgramRun(["report", "set", "-o", "x.html"], in: set.path).status == 2)
  }

  /// One resolution before and one after: in the preflight, the log, run.json, the metrics, the summary,
  /// the list, and measured again by `fulcrum fsc` on the files that are there.
  private func checkResolution(_ set: SmallDataSet, _ run: ProgramRun, _ summary: RunSummary) throws
  {
    let folder = RunFolder(set("runs/set"))
    let manifest = try folder.manifest()
    let first = try folder.metrics(of: 0)
    let final = try #require(folder.finalMetrics())
    let (before, after) = (summary.resolutionBefore, summary.resolutionAfter)
    #expect(manifest.startResolution == before && first.fsc.resolution143 == before)
    #expect(manifest.resolution == after && final.fsc.resolution143 == after)
    #expect(manifest.iteration == summary.iterations)
    #expect(final.iteration == summary.iterations + 1)
    let texts = [before, after].map { Format.resolution($0) }
    #expect(run.output.contains("Start: \(texts[0])"))
    #expect(run.output.contains("Final maps: \(texts[1])"))
    #expect(summary.verdict.contains("\(Format.fixed(before, 2)) → \(texts[1])"))
    let list = try ProgramRun(["list"], in: set.path)
    #expect(list.output.contains("finished") && list.output.contains(texts[1]))
    let check = try ProgramRun(["check", "set/set.toml"], in: set.path)
    #expect(check.output.contains(texts[0]) || check.errors.contains(texts[0]), "\(check.output)")
    for (maps, text, curve) in [
      ("set", texts[0], first.fsc.corrected), ("runs/set/final", texts[1], final.fsc.corrected),
    ] {
      let measured = try ProgramRun(
        [
          "fsc", maps + "/half_map_a.mrc", maps + "/half_map_b.mrc", "--mask",
          "runs/set/final/mask_fsc.mrc", "--seed", "1",
        ], in: set.path)
      #expect(measured.output.contains("0.143 at \(text)"), "\(maps): \(measured.output)")
      #expect(curve.count == 16)
    }
  }

  /// The particles that came out: new poses and their widths, everything else as it was.
  private func checkParticles(_ set: SmallDataSet) throws {
    let before = try ParticleFile.read(path: set("set/start.star"), projectDirectory: set("set"))
    let after = try ParticleFile.read(
      path: set("runs/set/final/particles.star"), projectDirectory: set("set"))
    #expect(after.particles.count == 60)
    #expect(after.particles.halfSets == before.particles.halfSets)
    #expect(after.particles.defoci == before.particles.defoci)
    #expect(after.stackNames == before.stackNames)
    #expect(zip(after.particles.poses, before.particles.poses).contains { $0 != $1 })
    let text = try String(contentsOfFile: set("runs/set/final/particles.star"), encoding: .utf8)
    #expect(text.contains("_rlnLocalRotationStdDev"))
  }

  @Test func aRunCanBeRepeatedFromItsFolder() throws {
    let set = try simulated()
    let limit = ["--set", "refinement.maximum_iterations=1"]
    let first = try ProgramRun(["run", "set/set.toml"] + limit, in: set.path)
    #expect(first.status == 0, "\(first.errors)")
    let second = try ProgramRun(
      ["run", "runs/set/job.toml", "--output", "again", "--threads", "1"], in: set.path)
    #expect(second.status == 0, "\(second.errors)")
    for name in ["particles.star", "map.mrc"] {
      #expect(
        try set.bytes("again/final/\(name)") == set.bytes("runs/set/final/\(name)"), "\(name)")
    }
    // The default folder is the next free one.
    let third = try ProgramRun(["run", "set/set.toml"] + limit, in: set.path)
    #expect(third.status == 0)
    #expect(set.names().contains("runs/set-2"))
  }

  @Test func cryoSPARCAndRelionInputGiveTheSamePoses() throws {
    let set = try simulated()
    let star = try ParticleFile.read(path: set("set/start.star"), projectDirectory: set("set"))
    try star.write(as: .cs, to: set("set/start.cs"))
    let limit = ["--set", "refinement.maximum_iterations=2"]
    for (name, input) in [("star", "set/start.star"), ("cs", "set/start.cs")] {
      let run = try ProgramRun(
        [
          "run", "set/set.toml", "--set", "input.particles=\(input)", "--output", name,
          "--project-dir", "set",
        ] + limit, in: set.path)
      #expect(run.status == 0, "\(run.errors)")
    }
    let a = try ParticleFile.read(
      path: set("star/final/particles.star"), projectDirectory: set("set"))
    let b = try ParticleFile.read(
      path: set("cs/final/particles.cs"), projectDirectory: set("set"))
    // The files round the starting poses differently, in the seventh digit: particles end at the same
    // pose, apart from the few whose polish stopped one step earlier, within its tolerance.
    let angles = zip(a.particles.poses, b.particles.poses).map {
      degrees($0.rotation.angle(to: $1.rotation))
    }
    let shifts = zip(a.particles.poses, b.particles.poses).map {
      let shift = $0.origin - $1.origin
      return (shift * shift).sum().squareRoot()
    }
    #expect(angles.count { $0 < 0.02 } >= 54)
    #expect(shifts.count { $0 < 0.01 } >= 54)
    #expect(angles.allSatisfy { $0 < 1 } && shifts.allSatisfy { $0 < 0.2 })
  }

  /// Where nothing may move, the result is the input's reconstruction: neither better nor worse, and
  /// no particle has another pose.
  @Test func whatMayNotMoveDoesNotImprove() throws {
    let set = try simulated()
    let run = try ProgramRun(
      [
        "run", "set/set.toml", "--set", "search.rotation_extent=0", "--set",
        "search.shift_extent=0", "--set", "refinement.subtract_outside=false",
      ], in: set.path)
    #expect(run.status == 0, "\(run.errors)")
    let summary = try RunFolder(set("runs/set")).summary()
    #expect(abs(summary.resolutionAfter / summary.resolutionBefore - 1) < 0.1)
    #expect(summary.medianRotation < 1e-3)
    let before = try ParticleFile.read(path: set("set/start.star"), projectDirectory: set("set"))
    let after = try ParticleFile.read(
      path: set("runs/set/final/particles.star"), projectDirectory: set("set"))
    for (p, q) in zip(before.particles.poses, after.particles.poses) {
      #expect(degrees(p.rotation.angle(to: q.rotation)) < 1e-4)
    }
  }

  @Test func imagesThatAreNotNumbersAreLeftOutAndCounted() throws {
    let set = try simulated(["--float32"])
    var bytes = try set.bytes("set/particles.mrcs")
    let pixel = 1024 + (7 * 32 * 32 + 100) * 4
    bytes.replaceSubrange(pixel..<pixel + 4, with: [0, 0, 0xc0, 0x7f])
    try set.write(bytes, to: "set/particles.mrcs")
    let run = try ProgramRun(
      ["run", "set/set.toml", "--set", "refinement.maximum_iterations=1"], in: set.path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("1 of 60 images"))
    #expect(try RunFolder(set("runs/set")).summary().skipped == 1)
  }

  @Test func anInterruptStopsCleanly() throws {
    let set = try simulated()
    // A hundred extra passes do not end before they are stopped.
    let started = try StartedProgram(
      [
        "run", "set/set.toml", "--set", "refinement.extra_passes=100", "--set",
        "refinement.maximum_iterations=1000",
      ], in: set.path)
    for _ in 0..<600 where !(try started.outputSoFar().contains("Aligning")) { usleep(50_000) }
    kill(started.processID, SIGINT)
    let run = try started.wait()
    #expect(run.status == 130, "\(run.output) \(run.errors)")
    let folder = RunFolder(set("runs/set"))
    #expect(try folder.manifest().status == .stopped)
    #expect(folder.iterations().first == 0)
    #expect(!set.names().contains("runs/set/final"))
    #expect(folder.events().events.last?.kind == .ended)
  }

  @Test func aRequestFromOutsideStopsARun() throws {
    let set = try simulated()
    let started = try StartedProgram(
      [
        "run", "set/set.toml", "--set", "refinement.extra_passes=100", "--set",
        "refinement.maximum_iterations=1000",
      ], in: set.path)
    for _ in 0..<600 where !(try started.outputSoFar().contains("Aligning")) { usleep(50_000) }
    try RunFolder(set("runs/set")).request(.stop)
    #expect(try started.wait().status == 130)
  }

  @Test(arguments: [20, 60, 79, 200])
  func theBarFitsItsLine(width: Int) {
    let progress = RunProgress(
      stage: .search, iteration: 12, done: 70_000, total: 100_000, perSecond: 3521.4)
    let bar = ProgressPrinter.bar(progress, width: width)
    #expect(bar.count <= width)
    if width >= 79 {
      #expect(bar.contains("Iteration 12: Aligning 70%, 3521/s, 9 s left"))
      let filled = bar.count { $0 == "#" }
      let open = bar.prefix { $0 != "]" }.count { $0 == "-" }
      #expect(abs(Double(filled) / Double(filled + open) - 0.7) < 0.1)
    }
  }
}
