import ArgumentParser
import Ground
import Runs
import Tools

/// `fulcrum expand`: symmetry expansion, and its undoing.
struct ExpandCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expand", abstract: "Expand particles by a symmetry, or take that back.",
    usage: "fulcrum expand IN (--symmetry GROUP | --undo) -o OUT [options]",
    discussion: """
      A copy for every rotation of the group, all in the particle's half-set; columns keep which \
      is whose. --undo keeps the first of each, and gives back the file as it was.
      Example: fulcrum expand run_data.star --symmetry D3 -o expanded.star
      """)

  @Argument(
    help: ArgumentHelp("A .star, .cs or .csg file.", valueName: "in"),
    completion: Completions.particles)
  var input: String

  @Option(help: ArgumentHelp("Cn, Dn, T, O, I, I1 to I4, as RELION sets them.", valueName: "group"))
  var symmetry: String?

  @Flag(help: "Keep one of the copies of each particle.")
  var undo = false

  @OptionGroup var output: OutputOptions

  @Option(
    help: ArgumentHelp("A .cs file with other fields of them.", valueName: "file.cs"),
    completion: .file(extensions: ["cs"]))
  var passthrough: [String] = []

  @Flag(help: "Expand what seems to be expanded.")
  var again = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    guard (symmetry == nil) == undo else {
      throw ValidationError("Give --symmetry GROUP, or --undo, and not both")
    }
  }

  func run() throws {
    let progress = ToolProgress()
    defer { progress.finish() }
    do {
      var expansion = SymmetryExpansion(
        input: input, passthrough: passthrough,
        action: symmetry.map { .expand($0) } ?? .undo)
      expansion.allowsCopies = again
      var (records, result) = try expansion.run { progress.tell($0, $1) }
      let ending = records.format == .star ? ".star" : ".cs"
      guard output.output.lowercased().hasSuffix(ending) else {
        throw Problem(
          "\(output.output): particles of a \(ending) file are written to one",
          whatToDo: "Name it \(ending), and convert it then: fulcrum convert IN -o OUT.")
      }
      let place = try output.checked(inputs: result.inputs)
      try place.makeFolders()
      try records.write(to: place.path)
      try ToolRecord(
        inputs: result.inputs,
        facts: [("particles", .count(result.particles)), ("copies", .count(result.copies))]
      ).write(beside: place)
      result.outputs = [place.path]
      progress.finish()
      printOut(json ? JSONFile.text(result) : result.text)
    } catch let failure as CommandFailure {
      throw failure
    } catch { throw CommandFailure.input(error) }
  }
}
