import CryoEM
import FoundationEssentials
import Particles
import Testing

/// `motion` as a program: what it writes, says and refuses.
struct MotionCommandTests {
  /// Two finished runs of one set: of the small body, and of the large one.
  private func refined() throws -> SmallDataSet {
    let set = try SmallDataSet(count: 40)
    let phantom = set.simulation.phantom
    try set.write(set.simulation.mask(of: phantom.large, near: 6, far: 60), to: "large_mask.mrc")
    for (name, mask) in [("small", "mask.mrc"), ("large", "large_mask.mrc")] {
      try set.write(
        """
        [input]
        particles = "start.star"
        map = "map.mrc"
        mask = "\(mask)"
        [refinement]
        maximum_iterations = 2
        [prior]
        enabled = true
        """, to: "\(name).toml")
      let run = try ProgramRun(["run", "\(name).toml", "--threads", "2"], in: set.path)
      try #require(run.status == 0, "\(run.errors)")
    }
    return set
  }

  @Test func modesParticlesAndMapsAreWritten() throws {
    let set = try refined()
    let arguments = ["motion", "runs/large", "runs/small", "-o", "moved", "--frames", "3"]
    let run = try ProgramRun(arguments, in: set.path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("40 particles; against large: small"))
    let names = Set(set.names().filter { $0.hasPrefix("moved/") })
    for name in ["motion.json", "modes.tsv", "particles.star", "provenance.toml"] {
      #expect(names.contains("moved/" + name), "\(names)")
    }
    let particles = try ParticleFile.read(
      path: set("moved/particles.star"), resolvingImages: false)
    let large = try ParticleFile.read(
      path: set("runs/large/final/particles.star"), resolvingImages: false)
    #expect(particles.particles.poses == large.particles.poses)
    let text = try String(contentsOfFile: set("moved/particles.star"), encoding: .utf8)
    #expect(text.contains("_rlnAngleRot_small") && text.contains("_rlnOriginYAngst_small"))
    // A claimed mode has its maps, its script and its columns; what is not claimed has none.
    let isClaimed = !run.output.contains("no mode")
    #expect(isClaimed == text.contains("_rlnMotionMode1"))
    #expect(isClaimed == names.contains("moved/mode1_03.mrc"))
    #expect(isClaimed == names.contains("moved/mode1.cxc"))
    let again = try ProgramRun(arguments, in: set.path)
    #expect(again.status == 2 && again.errors.contains("--force"))
    let json = try ProgramRun(
      ["motion", "runs/large", "runs/small", "--json", "--threads", "1"], in: set.path)
    #expect(json.status == 0 && json.output.contains("\"regions\" : ["))
    #expect(Set(set.names().filter { $0.hasPrefix("moved/") }) == names)
    try refuses(set)
  }

  /// What is wrong is said, and nothing is left.
  private func refuses(_ set: SmallDataSet) throws {
    let cases: [([String], String)] = [
      (["runs/large"], "of one region"), (["runs/large", "runs/large"], "called large"),
      (["runs/large", "runs/none"], "no finished run"), (["runs/large", "map.mrc"], "map.mrc"),
      (["runs/large", "runs/small", "--frames", "1000"], "--frames"),
      (["runs/large", "runs/small", "-o", "map.mrc", "--force"], "no folder"),
    ]
    let before = set.names()
    for (arguments, word) in cases {
      let run = try ProgramRun(["motion"] + arguments, in: set.path)
      #expect(run.status == 2 && run.errors.contains(word), "\(run.errors)")
    }
    // Evidence of other particles.
    let small = "runs/small/final/pose_evidence.cs"
    try set.write(Array(try set.bytes(small).dropLast(80)), to: small)
    let cut = try ProgramRun(["motion", "runs/large", "runs/small"], in: set.path)
    #expect(cut.status == 2 && cut.errors.contains("pose_evidence.cs"), "\(cut.errors)")
    try FileManager.default.removeItem(atPath: set(small))
    let none = try ProgramRun(["motion", "runs/large", "runs/small"], in: set.path)
    #expect(none.status == 2 && none.errors.contains("Refine once more"))
    #expect(set.names() == before.filter { $0 != small })
  }
}
