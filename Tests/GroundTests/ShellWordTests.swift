import Foundation
import Ground
import Testing

/// Against what a shell makes of the same lines.
@Suite struct ShellWordTests {
  @Test(arguments: [
    "a b", "  a\tb ", "'a b' c", "\"a b\"c", "a\\ b", "'it'\\''s' x", "\"q\\\"q\" ''", "\"a\\b\"",
    "", "'$HOME' \"\\$HOME\"", "a'b'\"c\"d",
  ])
  func wordsAreTheShells(line: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "for w in \(line); do printf '%s\\n' \"[$w]\"; done"]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let words = try #require(shellWords(line))
    #expect(words.map { "[\($0)]\n" }.joined() == output)
    #expect(shellWords(words.map(shellQuoted).joined(separator: " ")) == words)
  }

  @Test(arguments: ["'a", "\"a", "a\\"]) func whatDoesNotEndIsNone(line: String) {
    #expect(shellWords(line) == nil)
  }
}
