import FoundationEssentials
import Testing

/// `fulcrum convert` as people call it; what the files hold, ConversionRoundTripTests say.
struct ConvertCommandTests {
  @Test func aFileGoesThereAndBack() throws {
    let set = try SmallDataSet()
    let there = try ProgramRun(["convert", "start.star", "-o", "new/p.csg"], in: set.path)
    #expect(there.status == 0, "\(there.errors)")
    #expect(there.output.contains("Wrote new/p.cs and new/p.csg"))
    let back = try ProgramRun(["convert", "new/p.csg", "-o", "back.star", "--json"], in: set.path)
    #expect(back.status == 0, "\(back.errors)")
    #expect(back.output.contains("\"particles\" : ") && back.output.contains("\"halfSets\""))
    let record = String(decoding: try set.bytes("back.star.toml"), as: UTF8.self)
    #expect(record.contains("command = \"fulcrum convert new/p.csg -o back.star --json\""))
    #expect(record.contains("new/p.cs\""), "the files of a group are inputs, too")
  }

  @Test(arguments: [
    (["start.star", "-o", "out.txt"], "the ending says no format"),
    (["start.star", "-o", "start.star", "--force"], "start.star is one of the inputs"),
    (["start.star", "-o", "there.cs"], "there.cs exists already"),
    (["start.star", "-o", "out.cs", "--passthrough", "x.cs"], "cannot be joined with passthrough"),
    (["start.star", "-o", "out.cs", "--relion", "3.0"], "a version of RELION was asked for"),
    (["missing.star", "-o", "out.cs"], "missing.star: cannot be read"),
    (["mask.mrc", "-o", "out.cs"], "mask.mrc is an MRC map or stack of images, not a STAR"),
    (["start.star", "-o", "out.cs", "--micrograph-size", "12"], "'12' is invalid"),
    (["cut.star", "-o", "out.cs"], "has 3 values for"),
  ])
  func wrongInputIsTold(arguments: [String], words: String) throws {
    let set = try SmallDataSet()
    try set.write("old", to: "there.cs")
    let text = String(decoding: try set.bytes("start.star"), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let row = try #require(lines.lastIndex { $0.contains("@") })
    try set.write(lines[..<row].joined(separator: "\n") + "\n1 2 3\n", to: "cut.star")
    let run = try ProgramRun(["convert"] + arguments, in: set.path)
    #expect(run.status == 2)
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: set("out.cs")))
    #expect(try set.bytes("there.cs") == Array("old".utf8))
  }
}
