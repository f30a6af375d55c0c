import Ground
import Jobs
import Report
import Runs
import Surface

/// What is known of the selected run, below the list.
extension RunsScreen {
  /// A heading, which counts for the lines after it that have none, a text and its role.
  private typealias Line = (String, String, Role)

  func drawDetail(in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings) {
    guard let current else { return }
    let marked = list.arrangement.marked.count
    let inner = frame.box(
      rect, Box(title: current.entry.name, note: marked == 0 ? "" : "\(marked) marked"))
    let lines =
      (current.sweep?.detail ?? []) + treeDetail(of: current) + Self.outcome(of: current)
      + Self.input(of: current) + Self.origin(of: current)
    // Lines of one are kept for the others; the outcome gets what is left over.
    var spare = max(0, inner.height - lines.count)
    let rows = lines.flatMap { line -> [Line] in
      let all = line.1.wrapped(toColumns: max(1, inner.width - 13))
      let count = min(all.count, 1 + spare)
      guard count > 1 else { return [line] }
      spare -= count - 1
      let last = all[(count - 1)...].joined(separator: " ")
      return (all[..<(count - 1)] + [last]).enumerated().map {
        ($0 == 0 ? line.0 : "", $1, line.2)
      }
    }
    for (index, line) in rows.prefix(inner.height).enumerated() {
      let y = inner.y + index
      frame.write(line.0, x: inner.x + 1, y: y, .dim, width: 10)
      frame.write(line.1, x: inner.x + 12, y: y, line.2, width: inner.width - 13)
    }
  }

  /// How it stands or has ended, and what was noted of it.
  private static func outcome(of listing: RunListing) -> [Line] {
    var lines: [Line] = []
    let (entry, manifest) = (listing.entry, listing.entry.manifest)
    if let problem = entry.problem {
      lines += [("Problem", problem.what, .bad), ("", problem.whatToDo, .text)]
    }
    if let job = entry.batchJob {
      lines.append(("Now", "Waits as \(job.title)", listing.statusLook?.role ?? .text))
    } else if let manifest, !manifest.message.isEmpty {
      lines.append(("Outcome", manifest.message, listing.statusLook?.role ?? .text))
      if let first = listing.summary?.objections.first { lines.append(("", first.remedy, .text)) }
    } else if let progress = manifest?.progress {
      let percent = progress.fraction.map { " " + Format.percent($0) } ?? ""
      lines.append(
        ("Now", "\(progress.stage.title)\(percent), iteration \(progress.iteration)", .accent))
    }
    if !entry.note.isEmpty {
      lines.append(("Note", entry.note.split(separator: "\n").joined(separator: " "), .text))
    }
    return lines
  }

  /// What it refines.
  private static func input(of listing: RunListing) -> [Line] {
    var lines: [Line] = []
    if let paths = listing.job?[Parameter.input.particles]?.joined(separator: ",") {
      let part = listing.entry.manifest?.part.map { $0.text + ", " } ?? ""
      lines.append(("Particles", part + paths, .text))
    }
    if let mask = listing.job?[Parameter.input.mask] { lines.append(("Mask", mask, .text)) }
    if !listing.regions.isEmpty {
      let regions = listing.regions.map { region in
        region.entry.name + (region.resolution.map { " \(Format.resolution($0))" } ?? "")
      }
      lines.append(
        ("Regions", regions.joined(separator: ", ") + "; Right shows them, Left hides them", .text))
    }
    return lines
  }

  /// Where it lies, and who made it of what.
  private static func origin(of listing: RunListing) -> [Line] {
    var lines: [Line] = []
    let manifest = listing.entry.manifest
    if let group = manifest?.group {
      lines.append(("Sweep", "\(group.title) of \(group.name): \(group.difference)", .text))
    }
    if listing.sweep == nil { lines.append(("Folder", listing.path, .text)) }
    if let manifest {
      let parent = manifest.parent.map { ", " + RunOrigin($0).text } ?? ""
      lines.append(
        (
          "Made by",
          "Fulcrum \(manifest.version) on \(manifest.host)"
            + (listing.branch == nil ? parent : ""), .dim
        ))
    }
    return lines
  }
}
