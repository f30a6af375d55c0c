import CryoEM
import Jobs
import TestSupport
import Testing

@testable import Tools

struct RelionBodiesTests {
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var mask = Volume(size: 16, pixelSize: 2.5)
    mask[8, 8, 8] = 1
    for name in ["mask_large.mrc", "small_mask.mrc", "head.mrc"] {
      _ = try folder.write(mask, name)
    }
    return folder
  }

  private func star(_ columns: [String], _ rows: [String]) -> String {
    let head = columns.enumerated().map { "_\($1) #\($0 + 1)" }.joined(separator: "\n")
    return "\ndata_\n\nloop_\n\(head)\n\(rows.joined(separator: "\n"))\n\n"
  }

  private let columns = [
    "rlnBodyMaskName", "rlnBodyRotateRelativeTo", "rlnBodySigmaAngles", "rlnBodySigmaOffsetAngst",
  ]

  @Test func bodiesAreRead() throws {
    let folder = try folder()
    let path = try folder.write(
      star(columns, ["mask_large.mrc 2 10 2", "small_mask.mrc 1 12.5 3.5", "head.mrc 2 0 0"]),
      to: "bodies.star")
    let read = try RelionBodies(path)
    #expect(read.bodies.map(\.name) == ["large", "small", "head"])
    #expect(read.bodies.map(\.against) == ["small", "large", "small"])
    #expect(read.bodies.map(\.rotation) == [10, 12.5, 0] && read.notes.isEmpty)
    #expect(read.bodies.map(\.shift) == [2, 3.5, 0] && read.bodies.map(\.isHeld).last == true)
    #expect(read.bodies[0].mask == folder("mask_large.mrc"))
    // A job with a region for each that is not held; what is written says the same.
    var job = Job(name: "both")
    job[Parameter.refinement.maximumIterations] = 7
    let whole = read.job(like: job)
    #expect(whole.regions.map(\.name) == ["large", "small"])
    #expect(whole.regions[1][Parameter.prior.rotationDeviation] == 12.5)
    #expect(whole.regions[1][Parameter.prior.shiftDeviation] == 3.5)
    #expect(whole.regions[1][Parameter.prior.enabled] == true)
    #expect(whole.regions[1][Parameter.input.mask] == folder("small_mask.mrc"))
    #expect(whole[Parameter.refinement.maximumIterations] == 7)
    let (again, problems) = try Job.parsed(toml: whole.toml(), file: "both.toml")
    #expect(problems.isEmpty && again.regions == whole.regions)
    #expect(read.leftOut.count == 3 && read.leftOut.last?.contains("head is held") == true)
  }

  /// What moves in one way only is searched in that alone.
  @Test func deviationsOfZeroHold() throws {
    let folder = try folder()
    let path = try folder.write(
      star(columns, ["mask_large.mrc 2 10 0", "small_mask.mrc 1 0 3.5"]), to: "bodies.star")
    let regions = try RelionBodies(path).job(like: Job()).regions
    #expect(regions[0][Parameter.search.shiftExtent] == 0)
    #expect(regions[0][Parameter.search.rotationExtent] == nil)
    #expect(regions[1][Parameter.search.rotationExtent] == 0)
    #expect(regions[1][Parameter.prior.rotationDeviation] == nil)
  }

  /// The older columns: pixels become Å by the mask's pixel size, three angles one deviation; both are
  /// said.
  @Test func unitsThatAreAssumedAreSaid() throws {
    let folder = try folder()
    let path = try folder.write(
      star(
        [
          "rlnBodyMaskName", "rlnBodySigmaRot", "rlnBodySigmaTilt", "rlnBodySigmaPsi",
          "rlnBodySigmaOffset",
        ], ["mask_large.mrc 3 4 12 2"]), to: "bodies.star")
    let read = try RelionBodies(path)
    #expect(read.bodies[0].shift == 5 && read.bodies[0].against == nil)
    #expect(abs(read.bodies[0].rotation - (169.0 / 3).squareRoot()) < 1e-12)
    #expect(read.notes.count == 2 && read.notes.contains { $0.contains("pixels") })
    #expect(read.notes.contains { $0.contains("2.5 Å") })
  }

  @Test(arguments: [
    ("none.mrc 2 10 2\nhead.mrc 1 1 1", "none.mrc"), ("head.mrc 1 10 2", "no other body"),
    ("head.mrc 3 10 2\nsmall_mask.mrc 1 1 1", "no other body"),
    ("head.mrc 2 -1 2\nsmall_mask.mrc 1 1 1", "no deviation"),
    ("head.mrc 2 ten 2\nsmall_mask.mrc 1 1 1", "ten"),
  ])
  func whatIsWrongIsSaid(rows: String, word: String) throws {
    let folder = try folder()
    let path = try folder.write(star(columns, [rows]), to: "bodies.star")
    let said = complaint { _ = try RelionBodies(path) }
    #expect(said?.contains(word) == true, "\(said ?? "")")
  }

  @Test func anotherStarFileIsRefused() throws {
    let folder = try folder()
    let path = try folder.write(star(["rlnImageName"], ["1@x.mrcs"]), to: "x.star")
    #expect(complaint { _ = try RelionBodies(path) }?.contains("rlnBodyMaskName") == true)
    let few = try folder.write(star(["rlnBodyMaskName"], ["head.mrc"]), to: "few.star")
    let said = complaint { _ = try RelionBodies(few) } ?? ""
    #expect(said.contains("rlnBodySigmaAngles") && said.contains("rlnBodySigmaOffsetAngst"))
  }
}
