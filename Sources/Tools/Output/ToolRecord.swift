import Ground
import Refinement
import Runs
import TOMLText

/// Where an output comes from: the command, the program, and the files that were read, each with its size
/// and checksum. Nothing in it changes when the same is done again.
public struct ToolRecord: Sendable {
  /// The words of the command line.
  public var command: [String]
  /// What the tool has to say of its output, key by key.
  public var facts: [(key: String, value: Fact)]
  /// Paths of everything that was read.
  public var inputs: [String]

  /// A value of the record.
  public enum Fact: Sendable {
    case text(String)
    case number(Double)
    case count(Int)
  }

  public init(command: [String], inputs: [String], facts: [(key: String, value: Fact)] = []) {
    (self.command, self.inputs, self.facts) = (command, inputs, facts)
  }

  /// Writes the record beside the output.
  ///
  /// - Throws: a problem where an input can no longer be read, or the record not be written.
  public func write(beside output: ToolOutput) throws(Problem) {
    try AtomicFile.write(try toml(), to: output.recordPath)
  }

  /// The record as TOML.
  func toml() throws(Problem) -> String {
    var text = "# Where this output comes from.\n"
    func add(_ key: String, _ value: String) { text += "\(key) = \(value)\n" }
    add("command", quotedTOML(command.map(shellQuoted).joined(separator: " ")))
    add("folder", quotedTOML(FilePath.currentFolder))
    add("program", quotedTOML(RunManifest.programName))
    add("instructions", quotedTOML(Machine.instructions))
    for (key, fact) in facts {
      switch fact {
      case .text(let value): add(key, quotedTOML(value))
      case .number(let value): add(key, value.description)
      case .count(let value): add(key, String(value))
      }
    }
    for path in inputs {
      let file = try InputFile(path: path)
      text += "\n[[input]]\n"
      add("path", quotedTOML(FilePath.absolute(path)))
      add("bytes", String(file.size))
      add("checksum", quotedTOML(String(try file.checksum(), radix: 16)))
    }
    return text
  }
}
