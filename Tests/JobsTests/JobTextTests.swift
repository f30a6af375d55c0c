import Testing

@testable import Jobs

/// Saving a job into the text that a person has written.
struct JobTextTests {
  private let text = """
    # Ribosome, head. Do not touch the mask!
    [input]
    particles = "a.star"   # from J42
    half_map_a = "h1.mrc"
    half_map_b = "h2.mrc"


    # What swings.
    [prior]
      rotation_sd = 8  # was 15, too wide
    # shift_sd: see notes
    [search]
    rotation_extent = 24

    # The end.

    """

  private func job(_ text: String) throws -> Job {
    let (job, problems) = try Job.parsed(toml: text, file: "/data/job.toml")
    #expect(problems.isEmpty)
    return job
  }

  /// The text with some changes; it has to be read as the changed job.
  private func edited(_ text: String, _ change: (inout Job) throws -> Void) throws -> String {
    var changed = try job(text)
    try change(&changed)
    let result = try #require(changed.edited(text))
    #expect(try job(result) == changed)
    return result
  }

  /// Lines that are gone, and lines that are new.
  private func difference(_ before: String, _ after: String) -> [String] {
    let lines = [before, after].map { $0.split(separator: "\n", omittingEmptySubsequences: false) }
    return lines[1].difference(from: lines[0]).map { change in
      switch change {
      case .remove(_, let line, _): "-" + line
      case .insert(_, let line, _): "+" + line
      }
    }
  }

  @Test func aChangedValueIsOneLine() throws {
    let result = try edited(text) { try $0.set("prior.rotation_sd", to: "10") }
    #expect(
      difference(text, result) == [
        "-  rotation_sd = 8  # was 15, too wide", "+  rotation_sd = 10  # was 15, too wide",
      ])
    #expect(try edited(text) { _ in } == text)
  }

  @Test func whatIsNewStandsInItsTable() throws {
    let result = try edited(text) {
      try $0.set("prior.shift_sd", to: "2.5")
      try $0.set("search.shift_extent", to: "7")
      try $0.set("refinement.symmetry", to: "C3")
      try $0.set("refinement.extra_passes", to: "2")
    }
    #expect(
      difference(text, result) == [
        "+shift_sd = 2.5", "+shift_extent = 7", "+", "+[refinement]", "+extra_passes = 2",
        "+symmetry = \"C3\"",
      ])
    #expect(result.hasSuffix("# The end.\n\n[refinement]\nextra_passes = 2\nsymmetry = \"C3\"\n"))
  }

  @Test func whatIsGoneTakesItsLineAlong() throws {
    let result = try edited(text) { $0["search.rotation_extent"] = nil }
    #expect(difference(text, result) == ["-rotation_extent = 24"])
  }

  /// In a file that the form has written a value comes behind the comment that stood for it.
  @Test func aFileOfTheFormStaysOne() throws {
    var first = try job(text)
    try first.set("refinement.symmetry", to: "D7")
    let whole = first.toml()
    let result = try edited(whole) {
      try $0.set("search.rotation_extent", to: "20")
      try $0.set("search.shift_extent", to: "6")
    }
    let changes = difference(whole, result)
    #expect(changes.count == 3 && changes.allSatisfy { $0.contains("extent = ") }, "\(changes)")
    let lines = result.split(separator: "\n").map(String.init)
    let place = try #require(lines.firstIndex { $0.hasPrefix("shift_extent = 6  #") })
    #expect(lines[place - 1].hasPrefix("# shift_extent ="))
  }

  @Test(arguments: [
    "prior.rotation_sd = 8 # a\nprior.enabled = true\n",
    "prior = { rotation_sd = 8, enabled = true } # a\n",
    "\u{FEFF}[prior] # a\r\nrotation_sd = 8\r\nenabled = true\r\n",
    "[prior]\nrotation_sd = 8\nenabled = true # a",
    "[ \"prior\" ] # a\nenabled = true\n'rotation_sd'=\t8",
  ])
  func otherWaysToWriteIt(text: String) throws {
    guard (try? job(text))?.isSet("prior.enabled") == true else {
      Issue.record("no such parameter")
      return
    }
    let result = try edited(text) {
      try $0.set("prior.rotation_sd", to: "3")
      try $0.set("prior.shift_sd", to: "4")
      try $0.set("refinement.extra_passes", to: "1")
    }
    #expect(result.contains("# a"))
    #expect(result.contains("\r\n") == text.contains("\r\n"))
    if text.contains("\r\n") { #expect(!result.replacing("\r\n", with: "").contains("\n")) }
    let gone = try edited(text) { $0["prior.rotation_sd"] = nil }
    #expect(!gone.contains("rotation_sd"))
  }

  // MARK: Regions

  private let two = """
    [input]
    particles = "a.star"

    # The head, which swings.
    [[region]]
    name = "head"   # the large one
    mask = "head.mrc"
    [region.prior]
    rotation_sd = 8 # wide

    # The arm.
    [[region]]
    name = "arm"
    mask = "arm.mrc"
    prior.rotation_sd = 3

    # For all.
    [refinement]
    extra_passes = 1

    """

  @Test func aRegionIsRenamedAndChanged() throws {
    let result = try edited(two) {
      $0.regions[0].name = "crown"
      try $0.set("region.crown.prior.rotation_sd", to: "9")
      try $0.set("region.crown.prior.shift_sd", to: "2")
      try $0.set("region.crown.symmetry", to: "C2")
      try $0.set("region.arm.prior.shift_sd", to: "1")
    }
    #expect(
      difference(two, result) == [
        "-rotation_sd = 8 # wide", "-name = \"head\"   # the large one",
        "+name = \"crown\"   # the large one", "+symmetry = \"C2\"", "+rotation_sd = 9 # wide",
        "+shift_sd = 2", "+prior.shift_sd = 1",
      ])
  }

  @Test func regionsComeAndGoWithTheirComments() throws {
    let arm =
      "# The arm.\n[[region]]\nname = \"arm\"\nmask = \"arm.mrc\"\nprior.rotation_sd = 3\n\n"
    let gone = try edited(two) { $0.regions.remove(at: 1) }
    #expect(gone == two.replacing(arm, with: ""))
    let swapped = try edited(two) { $0.regions.swapAt(0, 1) }
    #expect(swapped.contains(arm + "# The head, which swings.\n[[region]]"))
    #expect(swapped.hasSuffix("# For all.\n[refinement]\nextra_passes = 1\n"))
    let added = try edited(two) { $0.regions.append(JobRegion(name: "foot", values: [:])) }
    #expect(added.contains("prior.rotation_sd = 3\n\n\n[[region]]\nname = \"foot\"\n# For all."))
    // One goes and another comes: nothing of the one is said of the other.
    let other = try edited(two) {
      $0.regions[1] = JobRegion(name: "foot", values: [:])
      try $0.set("region.foot.mask", to: "foot.mrc")
    }
    #expect(!other.contains("The arm") && other.contains("The head, which swings"))
    let none = try edited(two) { $0.regions = [] }
    #expect(!none.contains("region") && none.contains("# For all."))
    let first = try edited(text) { $0.regions = [JobRegion(name: "foot", values: [:])] }
    #expect(first == text + "\n[[region]]\nname = \"foot\"\n")
  }

  /// In another folder the same files are meant.
  @Test func pathsFollowTheFile() throws {
    let job = try job(text)
    #expect(job.written(at: "/data/other.toml") == job)
    let moved = try #require(job.written(at: "/elsewhere/job.toml").edited(text))
    #expect(moved.contains("particles = \"/data/a.star\"   # from J42"))
    #expect(moved.contains("project_dir = \"/data\""))
  }

  /// Texts that allow no such change are not changed.
  @Test func whatCannotBeKeptIsSaid() throws {
    let changed = try job(text)
    #expect(changed.edited("not TOML") == nil)
    #expect(changed.edited("region = [{ name = \"a\" }]\n") == nil)
    #expect(changed.edited(text + "[input2]\nunknown = 1\n") == nil)
  }
}
