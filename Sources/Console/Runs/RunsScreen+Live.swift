import Ground
import Refinement
import Runs
import Surface

/// How the iterations of a run have come out so far.
struct RunTrend: Sendable {
  /// Å inside the mask, of the input and of each iteration.
  var resolutions: [Double] = []
  /// Share of particles at a search limit in the last, 0…1.
  var shareAtLimit: Double?
  var iteration = -1

  init(resolutions: [Double] = [], shareAtLimit: Double? = nil) {
    (self.resolutions, self.shareAtLimit) = (resolutions, shareAtLimit)
  }

  /// Reads those iterations that came after what is known.
  init(of folder: RunFolder, after known: RunTrend?) {
    self = known ?? RunTrend()
    for metrics in folder.metrics(after: iteration) {
      resolutions.append(metrics.fsc.resolution143)
      if metrics.iteration > 0 { shareAtLimit = metrics.shareAtLimit }
      iteration = metrics.iteration
    }
  }
}

/// The view of all runs that go on, and of those that wait, a row each.
extension RunsScreen {
  static let liveColumns: [Table.Column] = [
    Table.Column("", width: 1, priority: 1),
    Table.Column("Run", width: 12, isFlexible: true),
    Table.Column("Status", width: 11),
    Table.Column("Stage", width: 12, priority: 7),
    Table.Column("Done", width: 15, priority: 2),
    Table.Column("Iter", width: 5, alignment: .right, priority: 5),
    Table.Column("Å", width: 6, alignment: .right),
    Table.Column("so far", width: 8, priority: 3),
    Table.Column("limit", width: 6, alignment: .right, priority: 4),
    Table.Column("Left", width: 13, alignment: .right, priority: 1),
    Table.Column("Threads", width: 7, alignment: .right, priority: 8),
  ]

  /// The cells of a run that goes on or waits.
  func liveCells(
    of listing: RunListing, _ cells: [Table.Entry], _ surroundings: Surroundings
  ) -> [Table.Entry] {
    let manifest = listing.entry.manifest
    let isLive = listing.entry.status?.isLive == true
    let progress = isLive ? manifest?.progress : nil
    func picture(_ widget: some Widget, _ width: Int) -> String {
      widget.grid(Size(width: width, height: 1), surroundings.appearance).text
        .split(separator: "\n").first.map(String.init) ?? ""
    }
    let left = isLive ? manifest?.timeLeft(at: surroundings.now) : nil
    let turn = manifest?.turn.map { queue?.room.share(of: $0) ?? $0 }
    let threads = isLive ? manifest?.threads : turn?.threads
    let share = listing.trend?.shareAtLimit
    return [
      cells[RunColumn.mark.rawValue], cells[RunColumn.name.rawValue],
      cells[RunColumn.status.rawValue],
      Table.Entry(progress?.stage.title ?? "", .accent),
      Table.Entry(progress.map { picture(ProgressBar(share: $0.fraction), 15) } ?? "", .accent),
      cells[RunColumn.iteration.rawValue], cells[RunColumn.resolution.rawValue],
      Table.Entry(listing.trend.map { picture(Sparkline($0.resolutions), 8) } ?? "", .series1),
      Table.Entry(
        share.map { Format.percent($0) } ?? "", (share ?? 0) > 0.05 ? .warning : .text),
      Table.Entry(left.map { Format.duration($0) } ?? "", .dim),
      Table.Entry(threads.map { String($0) } ?? "", .dim),
    ]
  }

  /// What goes on and what waits, in a line above the rows.
  var liveNote: String {
    let all = list.all
    let going = all.count { $0.entry.status?.isLive == true }
    let waiting = all.count { $0.entry.status == .queued }
    return "\(Format.counted(going, "run goes", "runs go")) on, "
      + "\(Format.counted(waiting, "waits", "wait"))" + queueText
  }
}
