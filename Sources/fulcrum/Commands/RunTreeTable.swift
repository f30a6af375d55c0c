import Ground
import Runs
import Tools

/// The tree of runs as lines: each below the one that it comes from.
struct RunTreeTable {
  private let runs: [KnownRun]
  private let lines: [RunTree.Line]
  private let comparesPoses: Bool
  /// The regions of each run.
  private let regions: [[KnownRun]]

  /// - Parameter comparesPoses: whether the poses are compared with those of each first run's input, for
  ///   which the particles of both are read.
  init(_ runs: [KnownRun], comparesPoses: Bool) {
    self.runs = runs
    self.comparesPoses = comparesPoses
    let regions = runs.map { run in run.entry.folder.regions.map { KnownRun($0) } }
    self.regions = regions
    lines = RunTree(runs).lines { run in regions[run].map(\.path) }
  }

  var text: String {
    let header =
      ["RUN", "STATUS", "RESOLUTION", "TURNED"] + (comparesPoses ? ["SINCE THE FIRST"] : [])
      + ["FROM", "CHANGED"]
    return ListCommand.aligned(
      [header] + lines.map { line in row(of: line).map(\.plainLine) })
  }

  private func row(of line: RunTree.Line) -> [String] {
    let guide = line.guide(("├─", "└─", "│ "))
    let from = line.origin.map { origin in
      // The line above names it, where it is in the list.
      line.parent == nil ? origin.text : origin.short
    }
    let region = line.run.flatMap { run in line.region.map { regions[run][$0] } }
    guard let run = region ?? line.run.map({ runs[$0] }) else {
      let sweep = line.sweep
      return [guide + (sweep?.name ?? ""), "sweep of \(sweep?.runs.count ?? 0)", "", ""]
        + (comparesPoses ? [""] : []) + [from ?? "", line.changeText]
    }
    return [
      guide + run.name, run.entry.statusText, run.resolution.map(Format.resolution) ?? "",
      run.summary.map { Self.change($0.medianRotation, $0.medianShift) } ?? "",
    ] + (comparesPoses ? [sinceTheFirst(line, run)] : []) + [from ?? "", line.changeText]
  }

  private func sinceTheFirst(_ line: RunTree.Line, _ run: KnownRun) -> String {
    guard line.depth > 0, line.region == nil, run.summary != nil, let root = lines[line.root].run
    else { return "" }
    let change = try? PoseChange(of: run.entry.folder, against: runs[root].entry.folder)
    return change.map { Self.change($0.turned, $0.moved) } ?? "not known"
  }

  private static func change(_ turned: Double, _ moved: Double) -> String {
    "\(Format.fixed(turned, 2))° \(Format.fixed(moved, 2)) Å"
  }
}
