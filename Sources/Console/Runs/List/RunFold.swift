import Ground
import Runs
import Surface

/// The runs of a sweep as one line of the list.
struct RunFold: Sendable {
  var name: String
  /// The runs in their order.
  var members: [RunListing]
  var isOpen: Bool

  /// The list with the runs of each sweep behind a line of its own, which stands where the first of them
  /// stood; hidden where it is not unfolded.
  static func folded(_ listings: [RunListing], unfolded: Set<String>) -> [RunListing] {
    let groups = Dictionary(grouping: listings) { $0.entry.manifest?.group?.name ?? "" }
    guard groups.count > 1 || groups[""] == nil else { return listings }
    var seen: Set<String> = []
    return listings.flatMap { listing -> [RunListing] in
      guard let name = listing.entry.manifest?.group?.name, !name.isEmpty else { return [listing] }
      guard seen.insert(name).inserted else { return [] }
      let members = groups[name] ?? []
      let fold = RunFold(
        name: name,
        members: members.sorted {
          ($0.entry.manifest?.group?.number ?? 0) < ($1.entry.manifest?.group?.number ?? 0)
        }, isOpen: unfolded.contains(name))
      return [fold.line] + (fold.isOpen ? members : [])
    }
  }

  /// The line; its place is one that no run has.
  var line: RunListing {
    let above = members.first.map { FilePath.folder(of: $0.path) } ?? ""
    return RunListing(
      entry: RunCatalogue.Entry(unread: RunFolder(above + "/sweep:" + name)), sweep: self)
  }

  var folders: [String] { members.map(\.path) }
  var seconds: Double { members.reduce(0) { $0 + ($1.entry.manifest?.duration ?? 0) } }
  var started: Double { members.map(\.started).min() ?? 0 }

  private var finished: [RunListing] { members.filter { $0.entry.status == .finished } }
  private func has(_ status: RunStatus) -> Bool { members.contains { $0.entry.status == status } }

  /// The best of those that refined the largest part of the particles.
  private var best: RunListing? {
    let largest = finished.map { $0.entry.manifest?.part?.fraction ?? 1 }.max()
    return finished.filter { ($0.entry.manifest?.part?.fraction ?? 1) == largest }
      .min { ($0.resolution ?? .infinity) < ($1.resolution ?? .infinity) }
  }

  /// What it varies, without the tables of the keys.
  private var varied: String {
    (members.first?.entry.manifest?.group?.varied ?? []).map(\.shortKey).joined(separator: ", ")
  }

  /// How many runs it has, those that are still to come included.
  private var count: Int {
    max(members.count, members.first?.entry.manifest?.group?.count ?? 0)
  }

  func text(_ column: RunColumn) -> String {
    switch column {
    case .name: (isOpen ? "- " : "+ ") + name
    case .status: "\(finished.count) of \(count)"
    case .resolution: best?.resolution.map { Numbers.resolution($0) } ?? "–"
    case .particles:
      members.compactMap { $0.entry.manifest?.particles }.max().map { Format.count($0) } ?? ""
    case .note: "sweep of " + varied
    default: ""
    }
  }

  var look: (symbol: Symbol, role: Role) {
    let status: RunStatus =
      has(.running)
      ? .running
      : has(.paused)
        ? .paused
        : has(.failed)
          ? .failed
          : has(.interrupted)
            ? .interrupted : has(.queued) ? .queued : has(.stopped) ? .stopped : .finished
    return (status.symbol, status.role)
  }

  var detail: [(String, String, Role)] {
    var lines: [(String, String, Role)] = [
      ("Sweep", "\(Format.counted(count, "run")) of \(varied)", .text)
    ]
    if let best, let resolution = best.resolution, let group = best.entry.manifest?.group {
      lines.append(
        ("Best", "\(Format.resolution(resolution)), \(best.entry.name): \(group.difference)", .good)
      )
    }
    let counts = RunStatus.allCases.compactMap { status -> String? in
      let count = members.count { $0.entry.status == status }
      return count > 0 ? "\(count) \(status.word)" : nil
    }
    lines.append(("Runs", counts.joined(separator: ", "), look.role))
    lines.append(
      ("Keys", "Enter shows the table of outcomes, Right the runs, Left hides them", .dim))
    return lines
  }
}
