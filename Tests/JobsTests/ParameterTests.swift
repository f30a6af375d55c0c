import Refinement
import Testing

@testable import Jobs
@testable import Ground

struct ParameterTests {
  @Test func everyParameterIsDeclaredInFull() {
    for parameter in Parameter.all {
      #expect(!parameter.title.isEmpty, "\(parameter.key)")
      #expect(parameter.help.count > 60 && parameter.help.hasSuffix("."), "\(parameter.key)")
      #expect(!parameter.help.contains("  "), "\(parameter.key): \(parameter.help)")
      #expect(parameter.key.split(separator: ".").count == 2, "\(parameter.key)")
      if let value = parameter.defaultValue {
        #expect(parameter.type.accepts(value), "\(parameter.key)")
      }
    }
  }

  @Test func keysAreUniqueAndTheFormIsInOrder() {
    let keys = Parameter.all.map(\.key)
    #expect(Set(keys).count == keys.count)
    #expect(keys.count == 73)
    let sections = Parameter.all.map(\.section)
    let order = Parameter.Section.allCases
    let indices = sections.compactMap { order.firstIndex(of: $0) }
    #expect(indices == indices.sorted())
    #expect(Set(indices).count == order.count)
  }

  /// A part may be said in percent; what is no part may not.
  @Test func partsAreUnderstoodInPercent() throws {
    var job = Job()
    try job.set("input.fraction", to: "20%")
    #expect(job[Parameter.input.fraction] == 0.2)
    try job.set("input.fraction", to: "12.5 %")
    #expect(job[Parameter.input.fraction] == 0.125)
    for (key, text) in [("input.fraction", "120%"), ("prior.rotation_sd", "20%")] {
      #expect(throws: Problem.self) { try job.set(key, to: text) }
    }
  }

  /// A job with nothing set makes the settings with which the engine begins by itself.
  @Test func defaultsAreThoseOfTheEngine() {
    var settings = Job().settings()
    (settings.threads, settings.memoryLimit) = (1, nil)
    #expect(settings == RefinementSettings())
  }

  /// Each parameter that has a field changes it, so that none is declared and then forgotten.
  @Test func everyParameterReachesItsField() throws {
    let other: [String: String] = [
      "refinement.symmetry": "D7", "fulcrum.coordinates": "1,2,3", "compute.threads": "77",
    ]
    for parameter in Parameter.all where parameter.key != "output.directory" {
      var job = try JobTests.job()
      let text =
        switch parameter.type {
        case .toggle: parameter.defaultValue == .toggle(true) ? "false" : "true"
        case .choice(let words): try #require(words.last { $0 != parameter.defaultValue?.text })
        case .number, .count:
          try #require(
            ["7", "5", "2", "0.5", "1"].first {
              (try? parameter.parsed($0)).map { $0 != parameter.defaultValue } ?? false
            })
        default: other[parameter.key] ?? "/elsewhere"
        }
      let before = job.resolved(on: .current)
      try job.set(parameter.key, to: text)
      let after = job.resolved(on: .current)
      let isSeen = before.settings != after.settings || before.inputs != after.inputs
      #expect(isSeen, "\(parameter.key)")
    }
  }

  @Test func conditionsNameParametersAndValuesThatExist() throws {
    for parameter in Parameter.all {
      guard let condition = parameter.condition else { continue }
      let other = try #require(Parameter.named(condition.key))
      #expect(other.type.accepts(condition.value))
    }
  }

  @Test(arguments: [
    ("search.rotation_extent", "12.5", ParameterValue.number(12.5)),
    ("search.rotation_extent", "12 degrees", .number(12)),
    ("search.rotation_extent", "12°", .number(12)),
    ("search.shift_extent", "4 Å", .number(4)),
    ("search.shift_extent", "4A", .number(4)),
    ("prior.enabled", "yes", .toggle(true)),
    ("refinement.extra_passes", " 3 ", .count(3)),
    ("refinement.symmetry", "d7", .text("D7")),
    ("fulcrum.coordinates", "10, 20.5,30", .coordinates([10, 20.5, 30])),
    ("input.particles", "a.star,b.star", .paths(["a.star", "b.star"])),
    ("search.method", "exhaustive", .text("exhaustive")),
  ])
  func textIsUnderstood(key: String, text: String, value: ParameterValue) throws {
    let parameter = try #require(Parameter.named(key))
    #expect(try parameter.parsed(text) == value)
    #expect(try parameter.parsed(value.text) == value)
  }

  @Test(arguments: [
    ("search.rotation_extent", "181"), ("search.rotation_extent", "-1"),
    ("search.rotation_extent", "nan"), ("search.rotation_extent", "inf"),
    ("search.rotation_extent", "12 Å"), ("search.shift_extent", "4 nm"),
    ("search.alignment_resolution", "0"), ("prior.enabled", "maybe"),
    ("refinement.extra_passes", "1.5"), ("refinement.symmetry", "C0"),
    ("refinement.symmetry", "D"), ("refinement.symmetry", "X3"),
    ("fulcrum.coordinates", "1,2"), ("fulcrum.coordinates", "1,2,nan"),
    ("fulcrum.coordinates", "-1,2,3"), ("search.method", "fast"),
    ("nonuniform.order", "33"), ("nonuniform.awf", "0.9"), ("compute.memory_limit", "1e30"),
  ])
  func wrongTextIsRefusedWithKeyAndRule(key: String, text: String) throws {
    let parameter = try #require(Parameter.named(key))
    let problem = try #require(throws: Problem.self) { try parameter.parsed(text) }
    #expect(problem.what.contains(key))
    #expect(problem.what.contains(parameter.type.expectation))
    #expect(problem.whatToDo.contains(key))
  }

  @Test(arguments: ["", "none", "auto", "Automatic"])
  func wordsUnsetWhereThereIsNoDefault(word: String) throws {
    let parameter = try #require(Parameter.named("search.maximum_resolution"))
    #expect(try parameter.parsed(word) == nil)
  }

  @Test(arguments: [
    ("search.rotation_extnt", "search.rotation_extent"),
    ("serach.shift_extent", "search.shift_extent"),
    ("rotation_extent", "search.rotation_extent"),
    ("input.half_map_1", "input.half_map_a"),
    ("prior.rotation_std", "prior.rotation_sd"),
    ("refinement.marginalise", "refinement.marginalize"),
    ("noise.modle", "noise.model"),
  ])
  func theNearestKeyIsFound(typed: String, meant: String) {
    #expect(Parameter.nearestKey(to: typed) == meant)
  }

  @Test func editDistanceCountsChanges() {
    #expect(editDistance("", "abc") == 3)
    #expect(editDistance("kitten", "sitting") == 3)
    #expect(editDistance("mask", "mask") == 0)
    #expect(editDistance("serach", "search") == 1)
  }
}
