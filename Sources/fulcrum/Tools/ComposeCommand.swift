import ArgumentParser
import Ground
import Runs
import Tools

/// `fulcrum compose`: one map from several regions' maps.
struct ComposeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compose", abstract: "Compose one map from several regions' maps.",
    usage: "fulcrum compose RUN|MAP ... [--mask MASK ...] [options] -o MAP.mrc",
    discussion: """
      Each voxel comes from the regions whose masks cover it, weighted by their
      local resolution; what none covers comes from the consensus.
      Example: fulcrum compose runs/head runs/body --consensus map.mrc -o all.mrc
      """)

  @Argument(
    help: ArgumentHelp("Folders of finished runs, or maps.", valueName: "run|map.mrc"),
    completion: Completions.runs)
  var items: [String] = []

  @Option(
    name: .customLong("mask"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("The mask of each map, in their order.", valueName: "mask.mrc"),
    completion: Completions.maps)
  var masks: [String] = []

  @Option(
    help: ArgumentHelp("The map, or run, of all the rest.", valueName: "map"),
    completion: Completions.maps)
  var consensus: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Local resolution of each map, Å.", valueName: "map.mrc"),
    completion: Completions.maps)
  var local: [String] = []

  @Flag(help: "Take the sharpened maps of runs.")
  var sharp = false

  @Flag(help: "Leave the maps' scales as they are.")
  var keepScale = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  @OptionGroup var out: OutputOptions

  func run() throws {
    do {
      var recipe = try ComposeRecipe(
        items: items, masks: masks, localResolutions: local, consensus: consensus,
        isSharp: sharp)
      recipe.scales = !keepScale
      let output = try out.checked(inputs: recipe.inputs)
      let progress = ToolProgress()
      defer { progress.finish() }
      let (composite, grid) = try recipe.made(progress.tell)
      try output.makeFolders()
      try grid.write(composite.map, to: output.path)
      let scales = composite.shares.enumerated().map { index, share in
        (key: "scale_\(index + 1)", value: ToolRecord.Fact.number(share.scale))
      }
      try ToolRecord(inputs: recipe.inputs, facts: scales).write(beside: output)
      progress.finish()
      let summary = ComposeSummary(recipe, composite, file: output.path)
      printOut(json ? JSONFile.text(summary) : summary.text)
    } catch let failure as CommandFailure {
      throw failure
    } catch { throw CommandFailure.input(error) }
  }
}
