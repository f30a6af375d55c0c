import Ground
import Surface
import Testing

@testable import Console
@testable import Jobs

/// Regions as sections of the form.
struct RegionFormTests {
  private func form(_ stage: Stage) throws -> FormScreen {
    try #require(stage.application.screen as? FormScreen)
  }

  private func stage(_ job: Job = SampleRuns.regionJob(), _ keys: String = "") -> Stage {
    var stage = Stage(.runs, size: Size(width: 120, height: 40))
    stage.show(FormScreen(job))
    stage.play(keys)
    return stage
  }

  /// The first region takes the mask and the fulcrum that the job had, the last one gives them back.
  @Test func theFirstRegionTakesTheMask() throws {
    var job = SampleRuns.job()
    try job.set("fulcrum.coordinates", to: "31,30,48")
    var stage = stage(job, "+")
    #expect(try form(stage).job.regions.map(\.name) == ["head_soft"])
    let region = try #require(form(stage).job.regions.first)
    #expect(region[Parameter.input.mask] == "masks/head_soft.mrc")
    #expect(region.values[Parameter.fulcrum.coordinates.key] == .coordinates([31, 30, 48]))
    #expect(
      try !form(stage).job.isSet("input.mask") && !form(stage).job.isSet("fulcrum.coordinates"))
    #expect(stage.text.contains("head_soft.mrc is now the mask of the region head_soft"))
    #expect(stage.text.contains("of each region"), "the job's own mask")
    stage.play("+")
    #expect(try form(stage).job.regions.map(\.name) == ["head_soft", "region2"])
    #expect(try form(stage).errors.map(\.what) == ["region region2 has no mask"])
    #expect(try form(stage).current == .mask(ofRegion: 1))
    stage.play("X X")
    #expect(try form(stage).job == job)
    stage.play("u u u u")
    #expect(try form(stage).job == job && form(stage).history.isEmpty)
  }

  /// What a region does not say for itself is shown as it follows from what all have and from its own.
  @Test func valuesThatFollowAreShownAsThat() throws {
    var stage = stage(SampleRuns.regionJob(), "] ] /")
    stage.play("\"rotation_\" Enter")
    let lines = stage.text.split(separator: "\n").filter {
      $0.lowercased().contains("rotation") || $0.contains("Region")
    }.map { $0.prefix(70) }
    let text = lines.joined(separator: "\n")
    #expect(text.contains("5 degrees, as all regions"), "\(text)")
    #expect(text.contains("* Standard deviation of prior over rotation 3 degrees"), "\(text)")
    #expect(text.contains("15 degrees = 3 × sd"), "\(text)")
    #expect(text.contains("9 degrees = 3 × sd"), "\(text)")
    // Taken back, it is as of all again.
    stage.play("Esc")
    var screen = try form(stage)
    screen.reset(FormField("prior.rotation_sd", ofRegion: 1))
    #expect(screen.job["region.body.prior.rotation_sd"] == .number(5))
  }

  @Test func regionsAreRenamedCopiedAndMovedByKeys() throws {
    var stage = stage(SampleRuns.regionJob(), "]")
    stage.play("R \"top\" Enter")
    #expect(try form(stage).job.regions.map(\.name) == ["top", "body"])
    stage.play("C")
    #expect(try form(stage).job.regions.map(\.name) == ["top", "top-2", "body"])
    #expect(
      try form(stage).errors.map { $0.keys.first } == ["region.top-2.mask"], "the mask is the same")
    stage.play("> Enter")
    #expect(try form(stage).job.regions.map(\.name) == ["top", "body", "top-2"])
    stage.play("Esc < < <")
    #expect(try form(stage).job.regions.map(\.name) == ["top-2", "top", "body"])
    #expect(stage.text.contains("It is the first"))
    stage.play("R \"a/b\" Enter")
    #expect(try form(stage).errors.first?.keys.first == "region.a/b.name")
    #expect(stage.text.contains("letters, numbers, - and _"))
  }

  /// A mistake goes where its region goes, and with it.
  @Test func mistakesGoWithTheirRegion() throws {
    var screen = FormScreen(SampleRuns.regionJob())
    let field = FormField("prior.rotation_sd", ofRegion: 1)
    screen.set(field, to: "far")
    screen.selected = field
    _ = screen.changeRegion { $0.move(region: $1, by: -1) }
    #expect(screen.mistakes.keys.map { $0 } == [FormField("prior.rotation_sd", ofRegion: 0)])
    #expect(screen.current == FormField("prior.rotation_sd", ofRegion: 0))
    #expect(screen.errors.first?.keys == ["region.body.prior.rotation_sd"])
    _ = screen.changeRegion { $0.remove(region: $1) }
    #expect(screen.mistakes.isEmpty && screen.job.regions.map(\.name) == ["head"])
  }

  /// A sweep over what a region has of its own, which keeps to it when the region is renamed.
  @Test func sweepsVaryWhatARegionHas() throws {
    var screen = FormScreen(SampleRuns.regionJob())
    _ = screen.vary("region.body.prior.rotation_sd", "3, 6")
    screen.set(.name(ofRegion: 1), to: "tail")
    #expect(screen.sweep.map(\.key) == ["region.tail.prior.rotation_sd"])
    let plan = try screen.sweepRequest.plan()
    #expect(
      plan.points.map { $0.job["region.tail.prior.rotation_sd"] } == [.number(3), .number(6)])
    #expect(plan.points.allSatisfy { $0.job["region.head.prior.rotation_sd"] == .number(5) })
    #expect(plan.points[0].varied.first?.shortKey == "tail.rotation_sd")
    #expect(plan.points[0].job.regions.count == 2)
    #expect(screen.sweepCommandLine.contains("--vary region.tail.prior.rotation_sd=3,6"))
  }

  /// What the check finds of a region is shown at the region, and Start goes there.
  @Test func findingsGoToTheRegionsField() throws {
    var stage = stage()
    let screen = try form(stage)
    let finding = JobFinding(
      ["region.body.mask"], "region body: masks/body.mrc: there is no such file",
      whatToDo: "Give it.")
    stage.tell(.checked(CheckReport(job: screen.job, findings: [finding], lines: [])))
    #expect(try form(stage).current == .mask(ofRegion: 1))
    #expect(stage.text.contains("there is no such file"))
  }

  /// The fulcrum of the mask view, a mask of the maker and a preset are the region's.
  @Test func otherScreensAnswerToTheRegion() throws {
    var stage = stage(SampleRuns.regionJob(), "] ] m f")
    let name = Parameter.fulcrum.coordinates
    #expect(try form(stage).job.regions[1][name] != [31, 30, 48])
    #expect(try form(stage).job.regions[1][name] != nil && form(stage).job.regions[0][name] == nil)
    stage.play("p Enter")
    #expect(try form(stage).job["region.body.prior.rotation_sd"] == .number(20))
    #expect(try form(stage).job["region.head.prior.rotation_sd"] == .number(5))
    #expect(try form(stage).job["prior.rotation_sd"] == .number(5))
  }

  /// Every field can be reached, and the form as a table has all of them.
  @Test func everyFieldIsThere() throws {
    let screen = FormScreen(SampleRuns.regionJob())
    let count = Parameter.all.count + 2 * (JobRegion.parameters.count + 1)
    #expect(screen.fields.count == count && Set(screen.fields).count == count)
    let table = try #require(screen.exported(Surroundings(folder: "/data")).table)
    #expect(table.count == count + 1)
    #expect(table.contains { $0[0] == "region.body.prior.rotation_sd" && $0[1] == "3" })
    #expect(Set(screen.fields.map(screen.key(of:))).count == count)
  }
}
