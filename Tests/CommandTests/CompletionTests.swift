import FoundationEssentials
import Testing

@testable import fulcrum

struct CompletionTests {
  @Test func keysOfParametersAreOffered() {
    let keys = Completions.assignments(startingWith: "prior.")
    #expect(keys.contains("prior.rotation_sd=") && keys.contains("prior.enabled="))
    #expect(keys.allSatisfy { $0.hasPrefix("prior.") && $0.hasSuffix("=") })
    #expect(Completions.assignments(startingWith: "no.such").isEmpty)
  }

  @Test func valuesOfAKeyWithFewAreOffered() {
    #expect(
      Completions.assignments(startingWith: "prior.enabled=") == [
        "prior.enabled=true", "prior.enabled=false",
      ])
    #expect(Completions.assignments(startingWith: "prior.enabled=f") == ["prior.enabled=false"])
    let choices = Completions.assignments(startingWith: "mask.type=")
    #expect(choices.contains("mask.type=static") && choices.contains("mask.type=dynamic"))
    #expect(Completions.assignments(startingWith: "prior.rotation_sd=").isEmpty)
  }

  /// Each runs folder of what has been typed, and of the current folder; nothing else.
  @Test func runFoldersAreOffered() throws {
    let set = try SmallDataSet()
    for name in ["head", "headless", "foot"] {
      try FileManager.default.createDirectory(
        atPath: set("p/runs/\(name)"), withIntermediateDirectories: true)
      try set.write("{}", to: "p/runs/\(name)/run.json")
    }
    let folder = set("p")
    #expect(
      Completions.runFolders(startingWith: folder + "/runs/hea") == [
        folder + "/runs/head", folder + "/runs/headless",
      ])
    #expect(Completions.runFolders(startingWith: folder + "/runs/x").isEmpty)
  }
}
