import CryoEM
import EMFiles
import FoundationEssentials
import Glibc
import Ground
import Testing

/// What is said of half-sets and files, and that following it leads on.
struct HalfSetAdviceTests {
  private let anew = ["check", "job.toml", "--set", "refinement.resplit=true"]

  /// Whatever is wrong with the split, a new one is the way out that is named, and works at once.
  @Test(arguments: ["none", "one half", "copies", "other values"])
  func aNewSplitIsTheWayOut(fault: String) throws {
    let set = try SmallDataSet()
    switch fault {
    case "none": try set.writeStar(hasSplit: false)
    case "one half": try set.writeStar(halfSets: [Int](repeating: 2, count: 12))
    case "copies":
      try set.writeStar(halfSets: (0..<12).map { $0 % 2 + 1 }, slices: (0..<12).map { $0 / 2 })
    default: try set.writeStar(halfSets: (0..<12).map { $0 % 3 })
    }
    try set.expectRefusal(["start.star", "Set refinement.resplit = true"])
    let run = try ProgramRun(anew, in: set.path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("New half-sets were drawn") && run.output.contains("Ready to run."))
  }

  /// The same with half-maps instead of a map: their mean starts both halves.
  @Test func aNewSplitTakesTheMeanOfHalfMaps() throws {
    let set = try SmallDataSet()
    let map = set.simulation.consensusMap
    var generator = SeededGenerator(seed: 4)
    for name in ["half_a.mrc", "half_b.mrc"] {
      var half = map
      for index in half.voxels.indices { half.voxels[index] += Float(0.01 * generator.normal()) }
      try set.write(half, to: name)
    }
    let job = try String(contentsOfFile: set("job.toml"), encoding: .utf8)
    try set.write(
      job.replacing(
        "map = \"map.mrc\"", with: "half_map_a = \"half_a.mrc\"\nhalf_map_b = \"half_b.mrc\""),
      to: "job.toml")
    try set.writeStar(hasSplit: false)
    try set.expectRefusal(["refinement.resplit = true"])
    let run = try ProgramRun(anew, in: set.path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("warning: refinement.resplit = true with half-maps"))
  }

  /// Twelve particles of six filaments, or of six pairs of picks, torn by their split.
  @Test(arguments: ["filaments", "picks"])
  func tornFamiliesAreWarnedOf(kind: String) throws {
    let set = try SmallDataSet()
    let rows = Array(0..<12)
    var extra: [(name: String, column: STARColumn)] = [
      ("rlnMicrographName", .texts(rows.map { "m\($0 / 4).mrc" }))
    ]
    if kind == "filaments" {
      extra.append(("rlnHelicalTubeID", .integers(rows.map { $0 / 2 % 2 })))
    } else {
      // 2 pixels of 6 Å apart; the poses of the two differ, too.
      extra.append(("rlnCoordinateX", .integers(rows.map { 500 * ($0 / 2) + 100 })))
      extra.append(("rlnCoordinateY", .integers(rows.map { 300 + 2 * ($0 % 2) })))
    }
    try set.writeStar(halfSets: (0..<12).map { $0 % 2 + 1 }, extra: extra)
    let words = kind == "filaments" ? "6 of 6 filaments" : "12 particles are within 20 Å"
    let torn = try ProgramRun(["check", "job.toml"], in: set.path)
    #expect(torn.status == 0 && torn.errors.contains("warning: "), "\(torn.errors)")
    #expect(torn.errors.contains(words), "\(torn.errors)")
    let run = try ProgramRun(anew, in: set.path)
    #expect(!run.errors.contains(words))
    #expect(run.status == 0 && run.output.contains("(6 families of 12 particles)"), "\(run.errors)")
    let off = try ProgramRun(
      ["check", "job.toml", "--set", "refinement.minimum_separation=0"], in: set.path)
    #expect(off.errors.contains(words) == (kind == "filaments"))
  }

  @Test func particlesThatAllBelongTogetherCannotBeSplit() throws {
    let set = try SmallDataSet()
    let places: [(name: String, column: STARColumn)] = [
      ("rlnMicrographName", .texts((0..<12).map { _ in "m.mrc" })),
      ("rlnCoordinateX", .numbers((0..<12).map { Double(2 * $0) + 100 })),
      ("rlnCoordinateY", .numbers((0..<12).map { _ in 100 })),
    ]
    try set.writeStar(extra: places)
    let resplit = ["--set", "refinement.resplit=true"]
    try set.expectRefusal(
      ["all 12 particles belong together", "refinement.minimum_separation = 0"],
      arguments: resplit)
    let run = try ProgramRun(
      ["check", "job.toml", "--set", "refinement.minimum_separation=0"] + resplit, in: set.path)
    #expect(run.status == 0, "\(run.errors)")
  }

  /// Columns of the CTF that hold no numbers, and the way out that is named for files without.
  @Test func columnsThatAreNotNeededAreNotRead() throws {
    let set = try SmallDataSet()
    let text = try String(contentsOfFile: set("start.star"), encoding: .utf8)
    try set.write(text.replacing("_rlnDefocusV", with: "_rlnOther"), to: "start.star")
    let defocus = "\(set.simulation.defoci[3].u)".prefix(6)
    let spoilt = try String(contentsOfFile: set("start.star"), encoding: .utf8)
      .replacing(defocus, with: "None" + defocus)
    try set.write(spoilt, to: "start.star")
    try set.expectRefusal(["rlnDefocusU", "not a finite number"])
    let run = try ProgramRun(["check", "job.toml", "--set", "ctf.correct=false"], in: set.path)
    #expect(run.status == 0, "\(run.errors)")
  }

  @Test func namesWithoutNumbersAreNotTakenForCopies() throws {
    let set = try SmallDataSet()
    let text = try String(contentsOfFile: set("start.star"), encoding: .utf8)
    try set.write(text.replacing("8@particles.mrcs", with: "particles.mrcs"), to: "start.star")
    try set.expectRefusal(["row 8, column rlnImageName", "no number", "12 images", "NUMBER@STACK"])
  }

  /// Maps that no FSC can be made of, and odd boxes, of which one can.
  @Test func mapsOfTheFSC() throws {
    let set = try SmallDataSet()
    var generator = SeededGenerator(seed: 2)
    for size in [32, 33] {
      for half in ["a", "b"] {
        var map = Volume(size: size, pixelSize: 6)
        map.forEachVoxel { index, position in
          // A body off the centre under noise.
          let d = position - Vector3(12, -6, 18)
          map.voxels[index] = Float(exp(-(d * d).sum() / 200) + 0.05 * generator.normal())
        }
        try set.write(map, to: "\(half)\(size).mrc")
      }
    }
    func line(_ names: [String]) throws -> String {
      let run = try ProgramRun(["fsc"] + names, in: set.path)
      #expect(run.status == 0, "\(run.errors)")
      return String(run.output.split(separator: "\n").last { $0.hasPrefix("# spher") } ?? "")
    }
    // The same body in both boxes, and noise of the same power: the resolutions agree within a shell.
    let numbers = try [32, 33].map { size in
      let words = try line(["a\(size).mrc", "b\(size).mrc"]).split(separator: " ")
      return try #require(words.compactMap { Double($0) }.dropFirst().first)
    }
    #expect(abs(numbers[0] / numbers[1] - 1) < 0.2, "\(numbers)")
    try set.write(Volume(size: 32, pixelSize: 6), to: "empty.mrc")
    try set.write(Volume(size: 32, pixelSize: 6).map { _ in 3 }, to: "flat.mrc")
    var far = Volume(size: 32, pixelSize: 6)
    far.voxels[5] = 1
    try set.write(far, to: "far.mrc")
    for (arguments, words) in [
      (["a32.mrc", "empty.mrc"], "empty.mrc: every voxel is 0.0"),
      (["flat.mrc", "flat.mrc"], "flat.mrc: every voxel is 3.0"),
      (["a32.mrc", "b32.mrc", "--mask", "empty.mrc"], "empty.mrc: the mask is empty"),
      (["a32.mrc", "far.mrc", "--mask", "mask.mrc"], "far.mrc: there is no density inside"),
      (["a32.mrc", "a33.mrc"], "a33.mrc: box 34"),
    ] {
      let run = try ProgramRun(["fsc"] + arguments, in: set.path)
      #expect(run.status == 2 && run.output.isEmpty)
      #expect(run.errors.contains(words), "\(run.errors)")
    }
    let same = try ProgramRun(["fsc", "a32.mrc", "a32.mrc"], in: set.path)
    #expect(same.output.contains("the two maps are the same"))
  }
}
