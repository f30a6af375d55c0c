import ArgumentParser
import Ground
import Jobs
import Runs
import Surface

/// `fulcrum list`: the runs of a folder.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the runs of a folder.",
    usage: "fulcrum list [FOLDER] [--group SWEEP]",
    discussion: "Example: fulcrum list ~/projects/ribosome")

  @Argument(help: "The folder; its runs are in FOLDER/runs.", completion: .directory)
  var folder = "."

  @Option(
    help: ArgumentHelp("The table of outcomes of a sweep.", valueName: "sweep"),
    completion: Completions.sweeps)
  var group: String?

  func run() throws {
    if let group {
      let runs = SweepGroup.runs(of: group, in: folder)
      guard !runs.isEmpty else {
        throw CommandFailure.input(SweepCommand.unknown(group, in: folder))
      }
      return SweepCommand.printTable(SweepTable(named: group, runs: runs))
    }
    let entries = RunCatalogue.runs(in: folder)
    if entries.isEmpty {
      let place = folder == "." ? "this folder" : folder
      printOut("No runs in \(place). Start one with: fulcrum run JOB.toml")
      return
    }
    printOut(Self.table(entries))
  }

  /// The runs as lines of aligned columns.
  static func table(_ entries: [RunCatalogue.Entry]) -> String {
    let header = ["RUN", "STATUS", "ITERATION", "RESOLUTION", "PARTICLES", "TIME", "NOTE"]
    let rows = [header] + entries.map { row($0).map(\.plainLine) }
    let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }

  private static func row(_ entry: RunCatalogue.Entry) -> [String] {
    guard let manifest = entry.manifest, entry.status != nil else {
      return [entry.name, "damaged", "", "", "", "", entry.problem?.what ?? ""]
    }
    let resolution = manifest.resolution ?? manifest.startResolution
    return [
      entry.name, entry.statusText, String(manifest.iteration),
      resolution.map(Format.resolution) ?? "", manifest.part.number(manifest.particles),
      Format.duration(manifest.duration), entry.note,
    ]
  }
}
