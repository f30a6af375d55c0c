import FoundationEssentials
import Testing

/// `fulcrum select` and `fulcrum expand` as people call them; what they compute, SelectionTests and
/// ExpansionTests say.
struct SelectCommandTests {
  @Test func aSelectionAndTheRestAreWritten() throws {
    let set = try SmallDataSet()
    let run = try ProgramRun(
      ["select", "start.star", "row <= 5", "-o", "new/a.star", "--rejected", "new/b.star"],
      in: set.path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("kept 5") && run.output.contains("Wrote new/a.star, new/b.star"))
    #expect(set.names().contains("new/a.star.toml") && set.names().contains("new/b.star.toml"))
    let json = try ProgramRun(
      ["select", "start.star", "-o", "c.star", "--random", "50%", "--seed", "3", "--json"],
      in: set.path)
    #expect(json.output.contains("\"kept\" : 6"), "\(json.output) \(json.errors)")
  }

  @Test func anExpansionIsTakenBack() throws {
    let set = try SmallDataSet()
    let there = try ProgramRun(
      ["expand", "start.star", "--symmetry", "D3", "-o", "e.star"], in: set.path)
    #expect(there.status == 0, "\(there.errors)")
    #expect(there.output.contains("12 particles × 6 (D3): 72 copies"))
    let back = try ProgramRun(["expand", "--undo", "e.star", "-o", "u.star"], in: set.path)
    #expect(back.status == 0, "\(back.errors)")
    #expect(try set.bytes("u.star") == set.bytes("start.star"))
  }

  @Test(arguments: [
    (["select", "start.star", "rlnDefocsU > 1", "-o", "o.star"], "character 1 of the expression"),
    (["select", "start.star", "row > 99", "-o", "o.star"], "no particle of start.star is left"),
    (["select", "start.star", "row > 1", "-o", "o.cs"], "particles of a .star file"),
    (["select", "start.star", "turned > 1", "-o", "o.star"], "--against"),
    (["select", "start.star", "--separate", "20", "-o", "o.star"], "no places on micrographs"),
    (["select", "start.star", "--and", "mask.mrc", "-o", "o.star"], "mask.mrc is an MRC map"),
    (["select", "start.star", "--random", "0", "-o", "o.star"], "'0' is invalid"),
    (["select", "start.star", "--best", "row", "-o", "o.star"], "--best needs --separate"),
    (["select", "start.star", "-o", "start.star", "--force"], "one of the inputs"),
    (["expand", "start.star", "--symmetry", "D", "-o", "o.star"], "is not a point group"),
    (["expand", "start.star", "--symmetry", "C1", "-o", "o.star"], "nothing is expanded"),
    (["expand", "start.star", "-o", "o.star"], "Give --symmetry GROUP, or --undo"),
    (["expand", "start.star", "--undo", "-o", "o.star"], "no particle has copies"),
    (["expand", "start.star", "--symmetry", "C2", "-o", "o.mrc"], "Name it .star"),
    (["expand", "missing.cs", "--undo", "-o", "o.cs"], "missing.cs: cannot be read"),
  ])
  func wrongInputIsTold(arguments: [String], words: String) throws {
    let set = try SmallDataSet()
    let before = set.names()
    let run = try ProgramRun(arguments, in: set.path)
    #expect(run.status == 2)
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(set.names() == before)
  }
}
