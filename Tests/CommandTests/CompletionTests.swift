import FoundationEssentials
import Ground
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
    #expect(Completions.runFolders(startingWith: folder + "/").count == 3)
    #expect(Completions.runFolders(startingWith: folder + "/runs/head/").isEmpty)
  }

  /// As bash asks: words parted at `=`, and what is offered stands for the last of them.
  @Test(arguments: [
    ("fulcrum run a.toml --set search.rotation_ext", "search.rotation_extent="),
    ("fulcrum run a.toml --set prior.model=", "fixed learned"),
    ("fulcrum check a.toml --set prior.enabled=t", "true"),
    ("fulcrum check a.toml --set no.such", ""), ("fulcrum sim", "simulate"),
  ])
  func bashIsOfferedAssignments(line: String, offered: String) throws {
    let set = try SmallDataSet()
    let program = try StartedProgram.programPath()
    let script = try ProgramRun(["--generate-completion-script", "bash"], in: set.path)
    try set.write(script.output, to: "completions")
    try set.write(
      """
      fulcrum() { "\(program)" "$@"; }
      cd "$(dirname "$0")" && . ./completions
      COMP_LINE='\(line)' COMP_POINT=\(line.utf8.count)
      read -ra COMP_WORDS <<<"${COMP_LINE//=/ = }"
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      _fulcrum_with_assignments fulcrum "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      echo "${COMPREPLY[*]}"
      """, to: "ask")
    let shell = try ChildProcess(["/bin/bash", set("ask")], output: .file(set("answer")))
    #expect(shell.wait() == .exited(0))
    #expect(String(decoding: try set.bytes("answer"), as: UTF8.self) == offered + "\n")
  }
}
