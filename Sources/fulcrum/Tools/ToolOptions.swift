import ArgumentParser
import Ground
import Tools

/// The arguments that tools with an output share.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Where to write.", valueName: "path"),
    completion: .file())
  var output: String

  @Flag(help: "Replace what is there.")
  var force = false

  /// Where to write, once it is certain that nothing is lost by it.
  ///
  /// Throws a `CommandFailure` where there is something already, or where it is one of the inputs.
  func place(isFolder: Bool = false, inputs: [String]) throws -> ToolOutput {
    do {
      let place = try ToolOutput(output, isFolder: isFolder, replacing: force, inputs: inputs)
      try place.makeFolders()
      return place
    } catch { throw CommandFailure.input(error) }
  }
}

extension ToolRecord {
  /// A record of this command line.
  init(inputs: [String], facts: [(key: String, value: Fact)] = []) {
    self.init(
      command: ["fulcrum"] + CommandLine.arguments.dropFirst(), inputs: inputs, facts: facts)
  }
}
