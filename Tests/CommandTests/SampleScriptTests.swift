import ArgumentParser
import Foundation
import Ground
import Jobs
import Testing

@testable import fulcrum

/// The sample's script of commands: all of them are commands of this program, and what they read is there by
/// then. That it ends is for those who run it; it takes a minute.
@Suite struct SampleScriptTests {
  /// The words of each command, without the program, with the folder's name in place of the variable.
  static let commands: [[String]] = {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let text =
      (try? String(contentsOfFile: "/\(root)/samples/two-bodies.sh", encoding: .utf8)) ?? ""
    let lines = text.replacing("\\\n", with: " ").split(separator: "\n")
    return lines.filter { $0.hasPrefix("\"$fulcrum\" ") }.compactMap { line in
      let command = line.split(separator: " | ")[0].replacing("$folder", with: "two")
      return shellWords(String(command)).map { Array($0.dropFirst()) }
    }
  }()

  @Test func theScriptHasTheWholeWay() {
    #expect(
      Set(Self.commands.map { $0[0] }) == [
        "simulate", "reconstruct", "mask", "subtract", "new", "run", "select", "convert", "compose",
        "fsc",
      ])
  }

  @Test(arguments: commands) func aCommandParses(words: [String]) throws {
    let command = try FulcrumCommand.parseAsRoot(words)
    #expect(!(command is FulcrumCommand), "\(words)")
    var job = Job(folder: "/two")
    for (option, value) in zip(words, words.dropFirst()) where option == "--set" {
      try job.set(assignment: value, typedIn: "/two")
    }
    if words[0] == "new" {
      #expect(job.errors.isEmpty, "\(job.errors)")
      #expect(words.contains("--plain"), "in a terminal the form would open")
    }
  }

  /// A file that a command names was written by one before it: its name begins with an output, a new job,
  /// the folder of a run, or what a simulation makes.
  @Test func whatIsReadWasWritten() {
    var there: Set<String> = ["start.star", "truth/truth.star"]
    for words in Self.commands {
      let output = words.firstIndex(of: "-o").map { words[$0 + 1] }
      for word in words.dropFirst() where word != output && !word.contains("=") {
        let isFile = [".mrc", ".star"].contains { word.hasSuffix($0) } || word.hasPrefix("runs/")
        guard isFile else { continue }
        #expect(
          there.contains { word == $0 || word.hasPrefix($0 + "/") }, "\(words[0]): \(word)")
      }
      if let output { there.insert(output) }
      if words[0] == "run" { there.insert("runs/" + FilePath.stem(of: words[1])) }
    }
  }
}
