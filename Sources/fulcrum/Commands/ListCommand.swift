import ArgumentParser
import Ground
import Jobs
import Runs
import Surface

/// `fulcrum list`: the runs of a folder.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the runs of a folder.",
    usage: "fulcrum list [FOLDER] [--where EXPR] [--tree] [--group SWEEP]",
    discussion: "Example: fulcrum list ~/projects/ribosome")

  @Argument(help: "The folder; its runs are in FOLDER/runs.", completion: .directory)
  var folder = "."

  @Option(
    help: ArgumentHelp("The table of outcomes of a sweep.", valueName: "sweep"),
    completion: Completions.sweeps)
  var group: String?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Only runs for which it is true: prior.rotation_sd > 5 & Å < 3.5.", valueName: "expr"))
  var condition: String?

  @Flag(help: "Each run below the one that it comes from, with what was changed.")
  var tree = false

  @Flag(help: "In the tree, how far poses are from the first run's input.")
  var poses = false

  func validate() throws {
    if poses, !tree { throw ValidationError("--poses is for --tree.") }
    if group != nil, tree || condition != nil {
      throw ValidationError("--group shows the table of a sweep: leave out --tree and --where.")
    }
  }

  func run() throws {
    if let group {
      let runs = SweepGroup.runs(of: group, in: folder)
      guard !runs.isEmpty else {
        throw CommandFailure.input(SweepCommand.unknown(group, in: folder))
      }
      return SweepCommand.printTable(SweepTable(named: group, runs: runs))
    }
    let filter = try condition.map(Self.filter)
    let entries = RunCatalogue.runs(in: folder)
    if entries.isEmpty {
      let place = folder == "." ? "this folder" : folder
      printOut("No runs in \(place). Start one with: fulcrum run JOB.toml")
      return
    }
    guard tree || filter != nil else { return printOut(Self.table(entries)) }
    let all = entries.map { KnownRun($0.folder) }
    var kept = all
    if let filter {
      do { kept = zip(all, try filter.keeps(all)).filter(\.1).map(\.0) } catch {
        throw CommandFailure.input(error)
      }
    }
    if !kept.isEmpty {
      printOut(
        tree
          ? RunTreeTable(kept, comparesPoses: poses).text : Self.table(kept.map(\.entry)))
    }
    guard let filter else { return }
    printOut(
      "\(kept.count) of \(Format.counted(entries.count, "run")): \(filter.text.plainLine)")
  }

  /// The condition that was typed.
  private static func filter(_ text: String) throws -> RunFilter {
    do throws(Problem) { return try RunFilter(text) } catch {
      throw CommandFailure.input(Problem("--where: " + error.what, whatToDo: error.whatToDo))
    }
  }

  /// The runs as lines of aligned columns.
  static func table(_ entries: [RunCatalogue.Entry]) -> String {
    let header = ["RUN", "STATUS", "ITERATION", "RESOLUTION", "PARTICLES", "TIME", "NOTE"]
    return aligned([header] + entries.map { row($0).map(\.plainLine) })
  }

  /// Rows of as many cells as lines, columns below each other.
  static func aligned(_ rows: [[String]]) -> String {
    let columns = rows.first?.indices ?? 0..<0
    let widths = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
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
