import Ground
import Jobs
import Particles
import Report
import Runs
import Testing

/// Runs on a part of the particles.
struct FractionTests {
  private let half = ["--set", "input.fraction=0.5", "--set", "refinement.maximum_iterations=2"]

  @Test func aPartIsRefinedAndSaysSoEverywhere() throws {
    let set = try SmallDataSet.simulated()
    let run = try ProgramRun(
      ["run", "set/set.toml", "--threads", "1"] + half, in: set.path)
    #expect(run.status == 0, "\(run.errors)")
    let folder = RunFolder(set("runs/set"))
    let summary = try folder.summary()
    #expect(summary.part == ParticlePart(fraction: 0.5, all: 60) && summary.particles == 30)
    #expect(summary.verdict.contains("on half of the particles"))
    let report = try ProgramRun(["report", "runs/set", "-o", "page.txt"], in: set.path)
    #expect(report.status == 0, "\(report.errors)")
    let page = String(decoding: try set.bytes("page.txt"), as: UTF8.self)
    let list = try ProgramRun(["list"], in: set.path).output
    for text in [run.output, list, page] { #expect(text.contains("30 of 60"), "\(text)") }
    #expect(
      folder.events().events.contains { $0.text.contains("Refined is half of the particles") })

    // Each particle of the result is one of the input's, of the same half, and in the input's order.
    let before = try ParticleFile.read(path: set("set/start.star"), projectDirectory: set("set"))
    let after = try ParticleFile.read(
      path: set("runs/set/final/particles.star"), projectDirectory: set("set"))
    #expect(after.particles.count == 30)
    let slices = after.particles.images.map { Int($0.slice) }
    #expect(slices == slices.sorted() && Set(slices).count == 30)
    let halves = Dictionary(
      uniqueKeysWithValues: zip(
        before.particles.images.map { Int($0.slice) }, before.particles.halfSets))
    #expect(zip(slices, after.particles.halfSets).allSatisfy { halves[$0] == $1 })
    #expect(after.particles.halfSets.count { $0 == .a } == 15)

    // The same with other threads, and with the part alone as a file of its own.
    let again = try ProgramRun(
      ["run", "set/set.toml", "--threads", "2", "--output", "again"] + half, in: set.path)
    #expect(again.status == 0, "\(again.errors)")
    for name in ["map.mrc", "particles.star"] {
      #expect(try set.bytes("runs/set/final/" + name) == set.bytes("again/final/" + name))
    }
    try before.selecting(rows: slices.map { Int32($0) }).write(to: set("set/part.star"))
    let alone = try ProgramRun(
      [
        "run", "set/set.toml", "--output", "alone", "--set", "input.particles=set/part.star",
        "--set", "refinement.maximum_iterations=2",
      ], in: set.path)
    #expect(alone.status == 0, "\(alone.errors)")
    for name in ["map.mrc", "particles.star"] {
      #expect(try set.bytes("runs/set/final/" + name) == set.bytes("alone/final/" + name))
    }
  }

  @Test func aPartThatIsTooSmallIsRefused() throws {
    let set = try SmallDataSet(count: 60)
    try set.expectRefusal(["input.fraction larger"], arguments: ["--set", "input.fraction=0.1"])
    try set.expectRefusal(["no two halves"], arguments: ["--set", "input.fraction=0.001"])
    try set.expectRefusal(["above 0 and at most 1"], arguments: ["--set", "input.fraction=1.5"])
  }
}
