import ArgumentParser
import Ground
import Jobs
import Refinement

/// The arguments that tools on particles with images share.
struct ParticleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The .cs file with the other fields.", valueName: "x.cs"),
    completion: .file(extensions: ["cs"]))
  var passthrough: String?

  @Option(
    help: ArgumentHelp("Folder of the image paths. (default: .)", valueName: "folder"),
    completion: .directory)
  var projectDir: String?

  @Flag(help: "Draw new half-sets.")
  var resplit = false

  /// The particles, with what is to be said of them said.
  ///
  /// Throws a `CommandFailure` with everything that is wrong.
  func read(_ path: String, settings: RefinementSettings) throws -> ParticleInput {
    do {
      let input = try ParticleInput(
        path, passthrough: passthrough, projectFolder: projectDir ?? FilePath.currentFolder,
        settings: settings,
        resplit: resplit)
      for warning in input.warnings { printProblem(warning) }
      return input
    } catch { throw CommandFailure.input(error) }
  }
}
