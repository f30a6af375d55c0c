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

  /// Where to write, once it is certain that nothing is lost by it; nothing is made yet.
  ///
  /// Throws a `CommandFailure` where there is something already, or where it is one of the inputs.
  ///
  /// - Parameters:
  ///   - path: one of several outputs; nil for what was named.
  ///   - replacing: whether it goes on with what is there.
  func checked(
    _ path: String? = nil, isFolder: Bool = false, inputs: [String], replacing: Bool = false
  ) throws -> ToolOutput {
    do {
      return try ToolOutput(
        path ?? output, isFolder: isFolder, replacing: force || replacing, inputs: inputs)
    } catch { throw CommandFailure.input(error) }
  }
}

/// The arguments that tools with long work share.
struct ComputingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Threads. (default: all cores)", valueName: "n"))
  var threads: Int?

  @Flag(help: "Print the numbers as JSON.")
  var json = false

  func validate() throws {
    if let threads, !(1...4096).contains(threads) {
      throw ValidationError("--threads must be from 1 to 4096")
    }
  }

  var count: Int { threads ?? Machine.current.cores }
}

/// The mask in which half-maps are compared.
struct MeasuringMaskOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Mask of the FSC, or: auto, sphere. (default: auto)", valueName: "mask"),
    completion: Completions.maps)
  var mask: String?

  var choice: MeasuringMask.Choice { MeasuringMask.Choice(mask) }
}

extension ToolRecord {
  /// A record of this command line.
  init(inputs: [String], facts: [(key: String, value: Fact)] = []) {
    self.init(
      command: ["fulcrum"] + CommandLine.arguments.dropFirst(), inputs: inputs, facts: facts)
  }
}
