import FoundationEssentials
import TestSupport
import Testing

@testable import Ground
@testable import Refinement
@testable import Runs

/// Run folders of other people: what cannot be is told as damage, and nothing adds it up.
struct OutsideValuesTests {
  /// The metrics of an example with one value replaced in their text.
  private func text(_ old: String, _ new: String) throws -> String {
    let good = JSONFile.text(IterationMetrics.example(2), pretty: false)
    #expect(good.contains(old), "\(old) is not in \(good)")
    return good.replacing(old, with: new, maxReplacements: 1)
  }

  private func metrics(_ text: String) throws -> IterationMetrics {
    let folder = try TemporaryFolder()
    let run = RunFolder(folder.path)
    try makeFolder(run.iterationPath(2))
    try AtomicFile.write(text, to: run.iterationPath(2) + "/metrics.json")
    return try run.metrics(of: 2)
  }

  @Test func whatARunWritesIsRead() throws {
    let good = IterationMetrics.example(2)
    #expect(try metrics(JSONFile.text(good)) == good)
    #expect(IterationMetrics.example(1).impossible == nil)
  }

  @Test(arguments: [
    (#""boxSize":64"#, #""boxSize":0"#), (#""boxSize":64"#, #""boxSize":9000000000000000000"#),
    (#""boxSize":64"#, #""boxSize":-64"#), (#""pixelSize":2.5"#, #""pixelSize":0"#),
    (#""pixelSize":2.5"#, #""pixelSize":"nan""#), (#""iteration":2"#, #""iteration":-2"#),
    (#""iteration":2"#, #""iteration":9223372036854775807"#),
    (#""orientationAzimuths":1"#, #""orientationAzimuths":0"#),
    (#""orientationCounts":[7]"#, #""orientationCounts":[9223372036854775807]"#),
    (#""counts":[3,4,2]"#, #""counts":[9223372036854775807,9223372036854775807]"#),
    (#""counts":[3,4,2]"#, #""counts":[-1]"#), (#""upper":20"#, #""upper":-20"#),
    (#""upper":20"#, #""upper":"inf""#), (#""lower":0"#, #""lower":"nan""#),
    (#""corrected":[1,0.8,0.1]"#, #""corrected":[1,1e300]"#),
    (#""bandShell":10"#, #""bandShell":1000"#), (#""particles":7"#, #""particles":-7"#),
    (#""shareAtLimit":0.004"#, #""shareAtLimit":1e300"#),
  ])
  func impossibleMetricsAreDamage(old: String, new: String) throws {
    let text = try text(old, new)
    let problem = #expect(throws: Problem.self) { _ = try metrics(text) }
    #expect(problem?.what.contains("metrics.json: damaged") == true, "\(problem?.what ?? "")")
  }

  @Test func impossibleManifestsAndEventsAreDamage() throws {
    let folder = try TemporaryFolder()
    let run = RunFolder(folder.path)
    var manifest = RunManifest(name: "x", particles: Int.max, threads: 1)
    try run.write(manifest, to: run.manifestPath)
    #expect(throws: Problem.self) { _ = try run.manifest() }
    manifest.particles = 5
    manifest.started = -1e300
    try run.write(manifest, to: run.manifestPath)
    #expect(throws: Problem.self) { _ = try run.manifest() }
    try folder.write(
      """
      {"kind":"log","text":"first","time":1e300}
      {"kind":"log","text":"second","time":5,"iteration":-9223372036854775808}
      {"kind":"log","text":"third","time":6}
      [[[[
      """ + "\n", to: "events.jsonl")
    #expect(run.events().events.map(\.text) == ["third"])
  }

  /// A line longer than any event is passed by, and what follows it is read.
  @Test func anEndlessLineIsNotWaitedFor() throws {
    let folder = try TemporaryFolder()
    let line = String(repeating: "x", count: (1 << 24) + 10)
    try folder.write(
      line + "\n" + #"{"kind":"log","text":"after","time":6}"# + "\n", to: "events.jsonl")
    let run = RunFolder(folder.path)
    let first = run.events()
    #expect(first.events.isEmpty && first.next == 1 << 24)
    #expect(run.events(from: first.next).events.map(\.text) == ["after"])
  }

  @Test func foldersThatAreNoIterations() throws {
    let folder = try TemporaryFolder()
    let run = RunFolder(folder.path)
    for name in ["004", "4", "-3", "9223372036854775807", "\u{1B}[2J"] {
      try makeFolder(run.iterationsPath + "/" + name)
      try folder.write("{}", to: "iterations/" + name + "/metrics.json")
    }
    #expect(run.iterations() == [4])
  }

  @Test(arguments: [1e14, 1e20, 1e300, -1e300, 123_456_789.125])
  func largeNumbersHaveATextWithAnyDecimals(value: Double) {
    for decimals in 0...8 { #expect(Double(Format.fixed(value, decimals)) != nil) }
    #expect(Format.fixed(0.125, 2) == "0.13" && Format.fixed(1e14, 0) == "100000000000000")
  }
}
