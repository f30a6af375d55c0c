import Ground
import Jobs
import Refinement
import Report
import Surface

extension RunsScreen {
  /// The table of runs as it looks, and in full as numbers.
  func exported(_ surroundings: Surroundings) -> Export {
    var frame = Frame(size: surroundings.size, look: surroundings.appearance)
    draw(in: frame.grid.bounds, of: &frame, surroundings)
    return Export(name: "Runs", grid: frame.grid, table: table)
  }

  private var table: [[String]] {
    [
      [
        "run", "status", "iteration", "resolution_A", "rotation_extent_deg", "shift_extent_A",
        "particles", "started", "seconds", "mask", "note",
      ]
    ]
      + list.visible.filter { $0.sweep == nil }.map { listing in
        let manifest = listing.entry.manifest
        let limits = SearchLimits(listing.job)
        func number(_ value: Double?, _ decimals: Int) -> String {
          value.map { Format.fixed($0, decimals) } ?? "nan"
        }
        return [
          listing.entry.name, listing.entry.status?.rawValue ?? "damaged",
          "\(listing.iteration ?? 0)", number(listing.resolution, 3),
          number(limits.rotation, 2), number(limits.shift, 2), "\(manifest?.particles ?? 0)",
          number(manifest?.started, 0), number(manifest?.duration, 0),
          listing.job?[Parameter.input.mask] ?? "",
          listing.entry.note.split(whereSeparator: \.isWhitespace).joined(separator: " "),
        ]
      }
  }
}
