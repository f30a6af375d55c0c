import CryoEM
import Ground
import Testing

@testable import Jobs

/// Jobs with several regions.
struct RegionJobTests {
  static let text = """
    [input]
    particles = "particles.star"
    half_map_a = "a.mrc"
    half_map_b = "b.mrc"
    [prior]
    enabled = true
    rotation_sd = 5
    [[region]]
    name = "head"
    mask = "head.mrc"
    symmetry = "C2"
    prior.rotation_sd = 8
    [region.fulcrum]
    coordinates = [1, 2, 3]
    [[region]]
    name = "body"
    mask = "/data/body.mrc"
    """

  static func job(_ text: String = text) throws -> Job {
    let (job, problems) = try Job.parsed(toml: text, file: "jobs/two.toml")
    try #require(problems.isEmpty, "\(problems)")
    return job
  }

  /// What a region has of its own goes before the job's; everything else is the job's.
  @Test func regionsHaveTheirOwnValues() throws {
    let job = try Self.job()
    #expect(job.regions.map(\.name) == ["head", "body"])
    #expect(job.errors.isEmpty, "\(job.errors)")
    let settings = try (0..<2).map { try job.ofRegion($0).validated() }
    #expect(settings[0].settings.priorRotation == radians(8))
    #expect(settings[1].settings.priorRotation == radians(5))
    #expect(settings.map(\.settings.symmetry) == ["C2", "C1"])
    #expect(settings[0].inputs.mask == FilePath.currentFolder + "/jobs/head.mrc")
    #expect(settings[1].inputs.mask == "/data/body.mrc")
    #expect(settings[0].inputs.fulcrumVoxel == Vector3(1, 2, 3))
    #expect(settings[1].inputs.fulcrumVoxel == nil)
    // What no region has is subtracted where the consensus has it.
    #expect(settings.allSatisfy { $0.settings.subtractOutside })
    #expect(job.ofRegion(0).regions.isEmpty)
  }

  /// A job is the same when it is written and read again, by itself and as a run has it, and as a command
  /// line's words.
  @Test(arguments: [true, false])
  func aJobComesBack(complete: Bool) throws {
    let job = try Self.job()
    #expect(try Self.job(job.toml(complete: complete)).regions == job.regions)
    let run = job.asRun
    #expect(run.regions[0][Parameter.input.mask] == FilePath.currentFolder + "/jobs/head.mrc")
    #expect(try Self.job(run.toml(complete: complete)).regions == run.regions)
    var again = Job(name: "two", folder: "jobs")
    let words = shellWords(job.commandLine(jobFile: "x.toml")) ?? []
    for word in words where word.contains("=") { try again.set(assignment: word, typedIn: "jobs") }
    #expect(again.regions.map(\.name) == job.regions.map(\.name))
    #expect(again.regions[0][Parameter.prior.rotationDeviation] == 8)
    #expect(
      again.regions[0][Parameter.input.mask].map(FilePath.absolute)
        == FilePath.currentFolder + "/jobs/head.mrc")
  }

  @Test func assignmentsReachRegions() throws {
    var job = try Self.job()
    try job.set(assignment: "region.body.prior.rotation_sd=3", typedIn: ".")
    try job.set(assignment: "region.tail.mask=tail.mrc", typedIn: "/here")
    #expect(job.regions[1][Parameter.prior.rotationDeviation] == 3)
    #expect(job.regions[2][Parameter.input.mask] == "/here/tail.mrc")
    for (wrong, words) in [
      ("region.body.prior.rotation_sdd=3", "prior.rotation_sd"), ("region.body=3", "names no"),
      ("region.body.refinement.max_iterations=3", "no such parameter"),
      ("region.body.compute.threads=3", "for all regions"),
      ("region.body.prior.rotation_sd=x", "x"),
    ] {
      let problem = #expect(throws: Problem.self) {
        try job.set(assignment: wrong, typedIn: ".")
      }
      let text = (problem?.what ?? "") + " " + (problem?.whatToDo ?? "")
      #expect(text.contains(words), "\(wrong): \(text)")
    }
  }

  /// Everything that is wrong is told at once, with its line.
  @Test func whatIsWrongIsNamed() throws {
    let (job, problems) = try Job.parsed(
      toml: """
        [[region]]
        name = "a"
        masc = "a.mrc"
        search.rotation_extent = "far"
        compute.threads = 3
        """, file: "x.toml")
    #expect(problems.count == 3, "\(problems)")
    #expect(problems.contains { $0.what.hasPrefix("x.toml, line 3: masc") })
    #expect(problems.contains { $0.what.hasPrefix("x.toml, line 4: search.rotation_extent") })
    #expect(problems.contains { $0.what.hasPrefix("x.toml, line 5: compute.threads") })
    #expect(job.errors.contains { $0.what == "region a has no mask" })
  }

  @Test func contradictionsOfRegionsAreFound() throws {
    func errors(_ change: (inout Job) -> Void) throws -> [String] {
      var job = try Self.job()
      change(&job)
      return job.errors.map(\.what)
    }
    #expect(
      try errors { $0[Parameter.input.mask] = "m.mrc" }.first?.contains("so are regions") == true)
    #expect(try errors { $0.regions[1].name = "HEAD" } == ["two regions are named HEAD"])
    #expect(try errors { $0.regions[0].name = "../x" }.first?.contains("region 1 is named") == true)
    #expect(
      try errors { $0[Parameter.refinement.resplit] = true }.first?.contains("with regions") == true
    )
  }
}
