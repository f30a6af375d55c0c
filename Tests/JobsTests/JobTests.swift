import CryoEM
import Ground
import Testing

@testable import Jobs

struct JobTests {
  static let complete = """
    [input]
    particles = "particles.star"
    map = "map.mrc"
    half_map_a = "a.mrc"
    half_map_b = "b.mrc"
    mask = "/data/mask.mrc"
    """

  static func job(_ more: String = "") throws -> Job {
    let (job, problems) = try Job.parsed(toml: complete + "\n" + more, file: "jobs/hinge.toml")
    try #require(problems.isEmpty)
    return job
  }

  @Test func aMinimalJobIsValidWithDefaults() throws {
    let job = try Self.job()
    let valid = try job.validated(on: Machine(cores: 6, memory: 1 << 30))
    #expect(job.name == "hinge")
    #expect(valid.settings.rotationExtent == radians(20))
    #expect(valid.settings.shiftExtent == 10)
    #expect(valid.settings.threads == 6)
    #expect(valid.settings.memoryLimit == Int(0.8 * Double(1 << 30)))
    #expect(valid.inputs.mask == "/data/mask.mrc")
    #expect(valid.inputs.particles == [FilePath.currentFolder + "/jobs/particles.star"])
    #expect(valid.inputs.projectFolder == FilePath.currentFolder + "/jobs")
    #expect(valid.warnings.isEmpty)
  }

  @Test func extentsFollowThePriorUnlessSet() throws {
    let prior = "[prior]\nenabled = true\nrotation_sd = 5\nshift_sd = 3.0\n"
    let follows = try Self.job(prior).validated().settings
    #expect(abs(follows.rotationExtent - radians(15)) < 1e-12)
    #expect(follows.shiftExtent == 9)
    let set = try Self.job(prior + "[search]\nrotation_extent = 8").validated().settings
    #expect(set.rotationExtent == radians(8))
    #expect(set.shiftExtent == 9)
  }

  @Test func everyProblemOfAFileIsToldAtOnce() throws {
    let text = """
      [search]
      rotation_extnt = 20
      shift_extent = "wide"
      alignment_resolution = -0.1
      [prior]
      enabled = 3
      [nonuniform]
      awf = inf
      [paths]
      output = "x"
      """
    let (job, problems) = try Job.parsed(toml: text, file: "bad.toml")
    let what = problems.map(\.what)
    #expect(problems.count == 6)
    #expect(what.contains { $0.hasPrefix("bad.toml, line 2: search.rotation_extnt") })
    #expect(problems.contains { $0.whatToDo.contains("search.rotation_extent?") })
    #expect(what.contains { $0.contains("line 3: search.shift_extent = wide") })
    #expect(what.contains { $0.contains("line 4") && $0.contains("above 0") })
    #expect(what.contains { $0.contains("line 6: prior.enabled = 3") })
    #expect(what.contains { $0.contains("line 8: nonuniform.awf = inf") })
    #expect(what.contains { $0.contains("line 10: paths.output") })
    let missing = try #require(throws: Problems.self) { try job.validated() }
    #expect(
      missing.all.map(\.what) == [
        "input.particles: missing", "input.mask: missing", "input.map: missing",
      ])
  }

  @Test func textThatIsNotTOMLNamesTheLine() throws {
    let problem = try #require(throws: Problem.self) {
      try Job.parsed(toml: "[input]\nmap = map.mrc\n", file: "job.toml")
    }
    #expect(problem.what.hasPrefix("job.toml, line 2: not valid TOML at character 7"))
  }

  @Test(arguments: [
    ("[image]\nwindow_inner = 0.9\nwindow_outer = 0.9", "image.window_inner"),
    ("[mask]\nnear = 12\nfar = 12", "mask.near"),
  ])
  func contradictionsAreErrors(toml: String, key: String) throws {
    let errors = try Self.job(toml).errors
    #expect(errors.contains { $0.keys.first == key })
  }

  @Test func oneHalfMapIsRefused() throws {
    var job = try Self.job()
    job["input.half_map_b"] = nil
    #expect(job.errors.map(\.keys) == [["input.half_map_b"]])
  }

  @Test(arguments: [
    ("[search]\nrecenter_shifts = true", "search.recenter_shifts"),
    ("[refinement]\nresplit = true", "refinement.resplit"),
    ("[prior]\nrotation_sd = 4", "prior.rotation_sd"),
    ("[mask]\nthreshold = 0.3", "mask.threshold"),
    ("[prior]\nenabled = true\n[search]\nrotation_extent = 2", "search.rotation_extent"),
    (
      "[prior]\nenabled = true\nrotation_sd = 10\n[search]\nrotation_extent = 18",
      "search.rotation_extent"
    ),
    (
      "[prior]\nenabled = true\nshift_sd = 10\n[search]\nshift_extent = 13.5",
      "search.shift_extent"
    ),
    ("[prior]\nenabled = true\nrotation_sd = 30", "prior.rotation_sd"),
    ("[search]\nrotation_extent = 70", "search.rotation_extent"),
  ])
  func adviceIsAWarning(toml: String, key: String) throws {
    let findings = try Self.job(toml).findings
    #expect(findings.map(\.problem.severity) == [.warning])
    #expect(findings.first?.keys.first == key)
  }

  @Test func threadsBeyondTheCoresAreAdvisedAgainst() throws {
    var job = try Self.job("[compute]\nthreads = 500")
    let two = Machine(cores: 2, memory: 1 << 30)
    #expect(job.findings(on: two).map(\.keys) == [["compute.threads"]])
    job["compute.threads"] = .count(2)
    #expect(job.findings(on: two).isEmpty)
  }

  @Test func aJobIsWrittenAndReadBackTheSame() throws {
    var job = try Self.job()
    try job.set("fulcrum.coordinates", to: "10,20.5,30")
    try job.set("search.maximum_resolution", to: "3.25")
    try job.set("input.particles", to: "a \"quoted\" name.star,b\\c.star")
    try job.set("refinement.symmetry", to: "d7")
    try job.set("compute.threads", to: "3")
    for complete in [true, false] {
      let (again, problems) = try Job.parsed(
        toml: job.toml(complete: complete), file: "jobs/hinge.toml")
      #expect(problems.isEmpty)
      for parameter in Parameter.all { #expect(again[parameter.key] == job[parameter.key]) }
      if !complete { #expect(again == job) }
    }
    for parameter in Parameter.all {
      let name = parameter.key.split(separator: ".")[1]
      #expect(job.toml().contains("\(name) ="), "\(parameter.key)")
    }
  }

  @Test func assignmentsOfTheCommandLineSetValues() throws {
    var job = try Self.job()
    try job.set(assignment: "search.rotation_extent=7", typedIn: "/here")
    try job.set(assignment: "input.mask = m.mrc", typedIn: "/here")
    #expect(job["search.rotation_extent"] == .number(7))
    #expect(job["input.mask"] == .text("/here/m.mrc"))
    let unknown = try #require(throws: Problem.self) {
      try job.set(assignment: "search.rotation=7", typedIn: "/here")
    }
    #expect(unknown.whatToDo.contains("search.rotation_extent"))
    #expect(throws: Problem.self) { try job.set(assignment: "search.method", typedIn: "/") }
  }

  @Test func theCommandLineOfAJobSaysWhatChanged() throws {
    var job = Job()
    try job.set("search.rotation_extent", to: "7")
    try job.set("search.shift_extent", to: "10")
    try job.set("input.map", to: "my map.mrc")
    #expect(
      job.commandLine(jobFile: "job.toml")
        == "fulcrum run job.toml --set 'input.map=my map.mrc' --set search.rotation_extent=7")
  }

  @Test func presetsHoldValuesThatAreAllowed() throws {
    for preset in JobPreset.all {
      let job = try Self.job("[search]\nrotation_extent = 1").applying(preset)
      #expect(job.errors.isEmpty)
      #expect(!job.isSet("search.rotation_extent"))
      #expect(
        job.differences(from: try Self.job()).sorted()
          == preset.values.keys
          .filter { job[$0] != Parameter.named($0)?.defaultValue }.sorted())
    }
  }

  @Test(arguments: ["[*input]\n", "a = \n"]) func whatIsNotTOMLIsAnErrorOfItsLine(text: String)
    throws
  {
    let problem = try #require(throws: Problem.self) {
      _ = try Job.parsed(toml: text, file: "job.toml")
    }
    #expect(problem.what.hasPrefix("job.toml, line 1: not valid TOML"))
  }
}
