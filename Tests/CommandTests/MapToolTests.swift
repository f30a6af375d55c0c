import CryoEM
import FoundationEssentials
import Testing

/// `mask`, `frame` and `compose` as programs: what they write, say and refuse.
struct MapToolTests {
  private func number(_ key: String, in json: String) -> Double? {
    let line = json.split(separator: "\n").first { $0.contains("\"\(key)\" :") }
    return line?.split(separator: ":").last.flatMap { part in
      Double(part.filter { "0123456789.-e".contains($0) })
    }
  }

  @Test func aMaskIsMadeWithItsRecord() throws {
    let set = try SmallDataSet()
    let run = try ProgramRun(
      ["mask", "map.mrc", "-o", "out/m.mrc", "--extend", "6", "--edge", "60", "--json"],
      in: set.path)
    #expect(run.status == 0, "\(run.errors)")
    #expect((number("mass", in: run.output) ?? 0) > 0)
    let record = try String(contentsOfFile: set("out/m.mrc.toml"), encoding: .utf8)
    #expect(record.contains("fulcrum mask map.mrc") && record.contains("threshold = "))
    let before = try set.bytes("out/m.mrc")
    let again = try ProgramRun(["mask", "map.mrc", "-o", "out/m.mrc"], in: set.path)
    #expect(again.status == 2 && again.errors.contains("--force"))
    let same = try ProgramRun(
      ["mask", "map.mrc", "-o", "out/m.mrc", "--extend", "6", "--edge", "60", "--force"],
      in: set.path)
    #expect(same.status == 0)
    #expect(try set.bytes("out/m.mrc") == before)
  }

  @Test(arguments: [
    (["mask", "-o", "x.mrc"], "nothing says the box"),
    (["mask", "none.mrc", "-o", "x.mrc"], "none.mrc"),
    (["mask", "map.mrc", "-o", "map.mrc", "--force"], "one of the inputs"),
    (["mask", "map.mrc", "-o", "x.mrc", "--keep", "0"], "--keep 0"),
    (["mask", "map.mrc", "-o", "x.mrc", "--threshold", "1e9"], "nothing is inside"),
    (["mask", "map.mrc", "-o", "x.mrc", "--threshold", "1", "--mass", "3"], "--mass"),
    (["mask", "map.mrc", "-o", "x.mrc", "--sphere", "1,2,3"], "x,y,z,r"),
    (["mask", "map.mrc", "-o", "x.mrc", "--select", "A"], "--model"),
    (["mask", "map.mrc", "-o", "x.mrc", "--model", "job.toml"], "no atoms"),
    (["mask", "start.star", "-o", "x.mrc"], "start.star"),
    (["mask", "map.mrc", "-o", "x", "--segments", "90"], "too few for 90 bodies"),
    (["mask", "map.mrc", "map.mrc", "-o", "x.mrc"], "the same map"),
    (["frame", "map.mrc", "-o", "x"], "nothing says where"),
    (["frame", "-o", "x", "--centre", "1,2,3"], "nothing is to be moved"),
    (["frame", "map.mrc", "-o", "x", "--centre", "none.mrc"], "none.mrc"),
    (["frame", "map.mrc", "-o", "x", "--symmetry", "Q7"], "Q7"),
    (["frame", "map.mrc", "-o", "x", "--turn", "1,2"], "rot,tilt,psi"),
    (["frame", "map.mrc", "-o", "x", "--centre", "1,2,3", "--defocus", "up"], "is no sign"),
    (["frame", "map.mrc", "-o", ".", "--force", "--centre", "1,2,3"], "one of the inputs"),
    (["compose", "map.mrc", "-o", "x.mrc"], "has no mask"),
    (["compose", "map.mrc", "--mask", "none.mrc", "-o", "x.mrc"], "none.mrc"),
    (["compose", ".", "-o", "x.mrc"], "final/map.mrc"),
    (["compose", "map.mrc", "--mask", "mask.mrc", "--mask", "mask.mrc", "-o", "x.mrc"], "1 mask"),
    (["compose", "-o", "x.mrc"], "nothing is to be composed"),
  ])
  func whatIsWrongIsSaidAndNothingIsLeft(arguments: [String], word: String) throws {
    let set = try SmallDataSet()
    let before = set.names()
    let run = try ProgramRun(arguments, in: set.path)
    #expect(run.status == 2)
    #expect(run.output.isEmpty && !run.problems.isEmpty)
    #expect(run.errors.contains(word), "\(run.errors)")
    #expect(set.names() == before)
  }

  /// There and back: maps, masks and poses.
  @Test func aFrameIsLeftAndFoundAgain() throws {
    let set = try SmallDataSet()
    let away = try ProgramRun(
      [
        "frame", "map.mrc", "mask.mrc", "--particles", "start.star", "--centre", "6,-12,18",
        "--turn", "30,40,50", "-o", "away", "--json",
      ], in: set.path)
    #expect(away.status == 0, "\(away.errors)")
    // Q⁻¹ of the Euler angles, and the old centre seen from the new one.
    let turn = Rotation(rot: 30, tilt: 40, psi: 50)
    let centre = turn.applied(to: -Vector3(6, -12, 18))
    let angles = turn.transposed.eulerAngles
    let back = try ProgramRun(
      [
        "frame", "--particles", "away/start.star", "--centre",
        "\(centre.x),\(centre.y),\(centre.z)", "--turn",
        "\(angles.rot),\(angles.tilt),\(angles.psi)", "-o", "back",
      ], in: set.path)
    #expect(back.status == 0, "\(back.errors)")
    func numbers(_ path: String) throws -> [Double] {
      try String(contentsOfFile: set(path), encoding: .utf8).split(separator: "\n")
        .filter { $0.contains("@") }
        .flatMap { $0.split(separator: " ").dropFirst(2).prefix(5).compactMap { Double($0) } }
    }
    let (first, last) = (try numbers("start.star"), try numbers("back/start.star"))
    #expect(first.count == 60 && last.count == 60)
    for (a, b) in zip(first, last) { #expect(abs(a - b) < 1e-3 || abs(abs(a - b) - 360) < 1e-3) }
    #expect(try set.bytes("away/map.mrc") != set.bytes("map.mrc"))
    #expect(set.names().contains("away/provenance.toml"))
  }

  @Test func partsAreComposed() throws {
    let set = try SmallDataSet()
    let run = try ProgramRun(
      [
        "compose", "map.mrc", "--mask", "mask.mrc", "--consensus", "map.mrc", "-o", "all.mrc",
      ], in: set.path)
    #expect(run.status == 0, "\(run.errors)")
    let fsc = try ProgramRun(["fsc", "map.mrc", "all.mrc"], in: set.path)
    #expect(fsc.status == 0)
    #expect(set.names().contains("all.mrc.toml"))
  }
}
