import ArgumentParser
import Ground
import Particles
import Runs
import Tools

/// `fulcrum convert`: particle files of RELION and cryoSPARC into each other.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Convert particle files of RELION and cryoSPARC.",
    usage: "fulcrum convert IN -o OUT [options]",
    discussion: """
      The format is the ending of OUT: .star, .cs or .csg. The way back gives every column back; \
      what only one program knows is kept beside.
      Example: fulcrum convert J42_particles.cs --passthrough J42_pass.cs -o p.star
      """)

  @Argument(
    help: ArgumentHelp("A .star, .cs or .csg file.", valueName: "in"),
    completion: Completions.particles)
  var input: String

  @OptionGroup var output: OutputOptions

  @Option(
    help: ArgumentHelp("A .cs file with other fields of them.", valueName: "file.cs"),
    completion: .file(extensions: ["cs"]))
  var passthrough: [String] = []

  @Option(help: ArgumentHelp("Form of a STAR file: 3.0 or 3.1.", valueName: "version"))
  var relion: RelionVersion?

  @Option(help: ArgumentHelp("Micrographs, pixels, where no file says.", valueName: "WxH"))
  var micrographSize: MicrographSize?

  @Flag(help: "Leave y of picks as it is; it is flipped.")
  var sameY = false

  @Option(
    help: ArgumentHelp("Folder that names of images start from.", valueName: "folder"),
    completion: .directory)
  var projectDir = "."

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    var converter = ParticleConverter(
      input: input, passthrough: passthrough, output: output.output, version: relion)
    converter.flipsY = !sameY
    converter.micrographSize = micrographSize.map { ($0.width, $0.height) }
    converter.projectDirectory = projectDir
    let progress = ToolProgress()
    defer { progress.finish() }
    do {
      let inputs = [input] + passthrough
      let places = try converter.outputs().map { try output.checked($0, inputs: inputs) }
      let result = try converter.run(
        beforeWriting: { for place in places { try place.makeFolders() } },
        progress: { progress.tell($0, $1) })
      try ToolRecord(inputs: result.inputs, facts: [("particles", .count(result.particles))])
        .write(beside: places[places.count - 1])
      progress.finish()
      printOut(json ? JSONFile.text(result) : result.text)
    } catch let failure as CommandFailure {
      throw failure
    } catch { throw CommandFailure.input(error) }
  }
}

extension RelionVersion: ExpressibleByArgument {}

/// A width and a height, "4096x4096".
struct MicrographSize: ExpressibleByArgument {
  var width: Int, height: Int

  init?(argument: String) {
    let parts = argument.lowercased().split(separator: "x").map { Int($0) }
    guard parts.count == 2, let width = parts[0], let height = parts[1],
      (1...1 << 20).contains(width), (1...1 << 20).contains(height)
    else { return nil }
    (self.width, self.height) = (width, height)
  }
}
