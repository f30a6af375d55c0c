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

  /// What is wrong with all regions is told once, of the job; what is wrong with one, at what it has.
  @Test func findingsStandAtTheRegionsField() throws {
    var job = try Self.job()
    try job.set("region.head.search.rotation_extent", to: "10")
    let own = job.findings.filter { $0.what.hasPrefix("region head: ") }
    #expect(own.map { $0.keys.first } == ["region.head.search.rotation_extent"], "\(own)")
    try job.set("search.rotation_extent", to: "6")
    let all = job.findings.filter { $0.what.contains("cuts the prior") }
    #expect(all.count == 2, "6° cut both priors, 10° one of 8°: \(all)")
    try job.set("region.head.search.rotation_extent", to: "")
    job[Parameter.refinement.initialResolution] = 1
    var data = DataFacts(box: 64, pixelSize: 2)
    data.regions = [.init(radius: 20, centre: [0, 0, 0]), nil]
    let found = job.findings(given: data)
    #expect(found.count { $0.keys == ["refinement.initial_resolution"] } == 1, "\(found)")
    // 1, 2, 3 is a corner, far from the mask of 20 Å.
    #expect(found.count { $0.keys == ["region.head.fulcrum.coordinates"] } == 1)
    job.regions[1][Parameter.input.mask] = nil
    job.regions[1].name = "b d"
    let keys = Set(job.errors.compactMap(\.keys.first))
    #expect(keys.isSuperset(of: ["region.b d.mask", "region.b d.name"]), "\(keys)")
  }

  /// Fields of regions by their keys, and what differs between jobs.
  @Test func regionsAreComparedByTheirKeys() throws {
    let job = try Self.job()
    #expect(job["region.head.prior.rotation_sd"] == .number(8))
    #expect(job["region.body.prior.rotation_sd"] == .number(5))
    #expect(job["region.body.search.rotation_extent"] == .number(15), "it follows the prior")
    #expect(job["region.tail.mask"] == nil && JobField("region.head") == nil)
    #expect(JobField("region.head.prior.rotation_sd")?.region == "head")
    var other = job
    try other.set("region.body.prior.rotation_sd", to: "4")
    other.regions[0].name = "top"
    let keys = Set(other.differences(from: job))
    #expect(
      keys.isSuperset(of: ["region.body.prior.rotation_sd", "region.top.mask", "region.head.mask"]))
    #expect(!keys.contains("region.body.mask") && !keys.contains("prior.rotation_sd"))
    #expect(job.differences(from: job).isEmpty)
    // An own value that is the common one is no change.
    #expect(job.isChanged("prior.rotation_sd", ofRegion: 0))
    try other.set("prior.rotation_sd", ofRegion: 1, to: "5")
    #expect(!other.isChanged("prior.rotation_sd", ofRegion: 1))
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
    #expect(
      try errors { $0.regions[1][Parameter.input.mask] = "head.mrc" }
        == ["the regions head and body have the same mask"])
    #expect(try errors { $0.regions[0].name = "../x" }.first?.contains("region 1 is named") == true)
    #expect(
      try errors { $0[Parameter.refinement.resplit] = true }.first?.contains("with regions") == true
    )
  }
}
