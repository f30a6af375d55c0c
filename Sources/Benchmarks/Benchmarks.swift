import ArgumentParser

/// Times the engine's kernels and whole refinements; separate from the tests.
@main
struct Benchmarks: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "Benchmarks", abstract: "Time Fulcrum's kernels.")
}
