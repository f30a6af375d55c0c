import CryoEM
import EMFiles
import Testing

@testable import Jobs
@testable import Refinement

/// Defaults that follow from the data and from other parameters.
struct DerivedDefaultTests {
  private static let pixelSizes = [0.5, 0.66, 1, 1.06, 2.6, 4, 5.9, 6.1, 7, 9, 10.5, 12]
  private static let boxes = [16, 20, 32, 64, 100, 256, 512]

  /// What a job of files alone becomes with data of every kind: nothing is refused, and every value is
  /// one that the data support.
  @Test(arguments: pixelSizes, boxes) func noDefaultIsRefused(pixelSize: Double, box: Int) throws {
    let half = Double(box / 2) * pixelSize
    for share in [0.02, 0.5, 0.985, 0.995, 1, 1.4] {
      let data = DataFacts(box: box, pixelSize: pixelSize, maskRadius: share * half)
      for more in ["", "[prior]\nenabled = true\n", "[mask]\ntype = \"dynamic\"\n"] {
        let job = try JobTests.job(more)
        #expect(job.findings(given: data).filter { $0.problem.severity == .error }.isEmpty)
        let settings = job.settings(given: data)
        #expect(settings.initialResolution >= 2 * pixelSize * 0.999)
        #expect(settings.initialResolution <= half)
        #expect(settings.splitResolution >= 2 * pixelSize)
        #expect(settings.shiftExtent < half)
        #expect(settings.windowInner < settings.windowOuter && settings.windowOuter <= 1)
        #expect(share >= 1 || settings.windowOuter * half >= share * half)
        #expect(settings.maskFar - settings.maskNear >= 2 * pixelSize * 0.999)
        #expect(settings.maskStartResolution > 2 * pixelSize)
      }
    }
  }

  /// One value of a pair is set, the other follows.
  @Test(arguments: [
    "[mask]\nnear = 15", "[mask]\nfar = 2", "[image]\nwindow_outer = 0.5",
    "[image]\nwindow_inner = 0.995", "[image]\nwindow_outer = 0.03", "[mask]\nnear = 11.9",
    "[prior]\nenabled = true\nrotation_sd = 158", "[prior]\nenabled = true\nshift_sd = 500",
  ])
  func aDefaultFollowsWhatIsSet(toml: String) throws {
    let job = try JobTests.job(toml)
    #expect(job.errors.isEmpty)
    let data = DataFacts(box: 64, pixelSize: 4, maskRadius: 50)
    let errors = job.findings(given: data).filter { $0.problem.severity == .error }
    // A window within the mask is the fault of the value that was set.
    #expect(errors.allSatisfy { $0.keys.first == "image.window_outer" })
    let settings = job.settings(given: data)
    #expect(settings.maskNear < settings.maskFar)
    #expect(settings.windowInner < settings.windowOuter)
    #expect(settings.rotationExtent <= .pi && settings.shiftExtent <= 64)
  }

  @Test(arguments: [
    ("refinement.initial_resolution", 7.0, 64, ParameterValue.number(14), "two pixels"),
    ("refinement.initial_resolution", 6, 64, .number(12), ""),
    ("refinement.initial_resolution", 0.5, 32, .number(8), "half the box"),
    ("refinement.split_resolution", 12, 64, .number(36), "three pixels"),
    ("refinement.split_resolution", 6.5, 64, .number(20), ""),
    ("search.shift_extent", 0.5, 16, .number(2), "a quarter of the box"),
    ("search.shift_extent", 1, 64, .number(10), ""),
    ("mask.start_resolution", 7, 64, .number(21), "three pixels"),
    ("mask.far", 8, 64, .number(19), "near + two pixels"),
    ("mask.far", 4, 64, .number(12), ""),
  ])
  func valuesAndReasons(
    key: String, pixelSize: Double, box: Int, value: ParameterValue, reason: String
  ) throws {
    let parameter = try #require(Parameter.named(key))
    let data = DataFacts(box: box, pixelSize: pixelSize)
    let job = try JobTests.job()
    #expect(job.value(of: parameter, given: data) == value)
    #expect((job.derived(parameter, given: data)?.reason ?? "") == reason)
  }

  /// The record of a run holds the values that were used, and a job made of it has them derived anew.
  @Test func aCopyOfARunHasItsDefaultsDerivedAnew() throws {
    let prior = "[prior]\nenabled = true\nrotation_sd = 6\nshift_sd = 4.5\n"
    let data = DataFacts(box: 64, pixelSize: 7)
    let record = try JobTests.job(prior).asRun.toml(given: data)
    for line in [
      "# rotation_extent = 18.0 = 3 × sd", "# shift_extent = 13.5 = 3 × sd",
      "# initial_resolution = 14.0 = two pixels", "# split_resolution = 21.0 = three pixels",
    ] {
      #expect(record.contains("\n" + line), "\(line)")
    }
    var copy = try Job.parsed(toml: record, file: "job.toml").job
    #expect(copy["search.rotation_extent"] == .number(18))
    #expect(try copy.settings(given: data) == JobTests.job(prior).settings(given: data))
    copy["prior.rotation_sd"] = .number(10)
    #expect(copy["search.rotation_extent"] == .number(30))
    let finer = copy.settings(given: DataFacts(box: 64, pixelSize: 2))
    #expect(finer.initialResolution == 12 && finer.splitResolution == 20)
  }

  /// Every derived default goes into the record as a comment, whatever it is at the moment.
  @Test func noDerivedDefaultIsWrittenOut() throws {
    let text = try JobTests.job().asRun.toml()
    let written = try Job.parsed(toml: text, file: "job.toml").job
    for parameter in Parameter.all where parameter.derivation != nil {
      #expect(!written.isSet(parameter.key), "\(parameter.key)")
    }
  }

  @Test(arguments: [
    ("search.maximum_resolution", "1", "finer than two pixels, 8 Å"),
    ("refinement.initial_resolution", "5", "finer than two pixels"),
    ("refinement.initial_resolution", "200", "coarser than half the box, 128 Å"),
    ("refinement.split_resolution", "3", "finer than two pixels"),
    ("image.highpass", "3", "finer than two pixels"),
    ("image.highpass", "10", "nothing is left of the first reference, which ends at 12 Å"),
    ("search.shift_extent", "128", "not less than half the box"),
    ("image.window_outer", "0.3", "the mask is 100 Å across"),
    ("fulcrum.coordinates", "70,31,45", "outside of the maps' box of 64"),
    ("mask.start_resolution", "7", "never gets better than two pixels"),
  ])
  func whatTheDataDoNotSupportIsToldWithItsKey(key: String, value: String, what: String) throws {
    var job = try JobTests.job("[mask]\ntype = \"dynamic\"")
    try job.set(key, to: value)
    let data = DataFacts(box: 64, pixelSize: 4, maskRadius: 50)
    let found = job.findings(given: data).filter { $0.keys.first == key }
    #expect(found.contains { $0.what.contains(what) }, "\(found.map(\.what))")
    #expect(job.findings.filter { $0.keys.first == key }.isEmpty, "the data are not known")
  }
}
