import ArgumentParser

/// The command line: one file per subcommand, each a thin layer over the rooms below.
@main
struct Fulcrum: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fulcrum", abstract: "Local refinement of cryo-EM particle poses.")
}
