import ArgumentParser
import Runs

/// What a list of many runs takes: their names, their files, the tree and a filter.
struct Listing: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time reading, ordering and filtering the runs of a folder.")

  @Argument(help: "The folder whose runs are read; copies of one run will do.")
  var folder: String
  @Option(help: "Runs of which the minimum and the median are told.")
  var runs = 9
  @Option(help: "The condition that filters.")
  var condition = "prior.rotation_sd > 5 & Å < 8.8"

  func run() throws {
    let filter = try RunFilter(condition)
    var known: [KnownRun] = []
    func timed(_ body: () -> Void) -> String {
      body()
      let timing = Timing((0..<max(1, runs)).map { _ in seconds(body) })
      return "{\"minimum\": \(timing.minimum), \"median\": \(timing.median)}"
    }
    let places = timed { _ = RunCatalogue.places(in: folder) }
    let read = timed { known = RunCatalogue.places(in: folder).map { KnownRun($0.folder) } }
    let tree = timed { _ = RunTree(known).lines() }
    let filtered = timed { _ = try? filter.keeps(known) }
    print(
      """
      {
        "runs": \(known.count),
        "names": \(places),
        "files": \(read),
        "tree": \(tree),
        "filter": \(filtered)
      }
      """)
  }
}
