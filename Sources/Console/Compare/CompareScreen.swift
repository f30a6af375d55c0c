import Jobs
import Pages
import Refinement
import Runs
import Surface
import Terminal

/// Two to four runs, or regions of runs, side by side: FSC curves in one plot, parameters that differ, what became of the
/// resolution and of the poses.
struct CompareScreen: ZoomingScreen {
  let title = "Compare"
  let folders: [String]
  var snapshots: [String: RunSnapshot] = [:]
  var focus = Pane.fsc
  var isZoomed = false
  /// Shell of the cross-hair in the FSC plot of the first run; nil without one.
  var crosshair: Int?
  /// First line of the parameters, and of the results, that is shown.
  var offset = 0
  var line = 0
  /// First run whose column is shown, where there is no room for all.
  var firstRun = 0
  /// Differences of poses between the first run and each other, where they could be read.
  var poseDifferences: [String: PoseDifference] = [:]

  enum Pane: Int, Sendable, CaseIterable {
    case fsc, statistics, parameters, poses

    var title: String {
      switch self {
      case .fsc: "FSC"
      case .statistics: "Results"
      case .parameters: "Parameters that differ"
      case .poses: "Difference of poses"
      }
    }
    var name: String { "compare-\(rawValue)" }
  }

  /// How far the poses of two runs are apart, particle by particle.
  struct PoseDifference: Sendable {
    var folder: String
    var rotation: IterationMetrics.Histogram?
    var shift: IterationMetrics.Histogram?
    var problem = ""
  }

  init(folders: [String]) { self.folders = folders }

  /// How many runs are compared at a time.
  private static let counts = 2...4

  /// Why so many runs cannot be compared; nil where they can.
  ///
  /// - Parameter count: of runs, and of regions of runs of several.
  static func obstacle(marked count: Int) -> String? {
    counts.contains(count)
      ? nil : "Mark two to four runs or regions with Space; \(count) are marked"
  }

  func opening(_ surroundings: Surroundings) -> [Effect] {
    folders.map { .read(.run(folder: $0, isForced: true)) }
      + folders.dropFirst().map { .read(.poseDifference(first: folders[0], other: $0)) }
  }

  /// The runs in their order, as far as they were read.
  var runs: [RunSnapshot] { folders.compactMap { snapshots[$0] } }

  /// The name of a run, short and different from the others.
  func name(of run: RunSnapshot) -> String { run.name }

  mutating func answer(
    _ question: Question, with text: String, _ surroundings: inout Surroundings
  ) -> [Effect] {
    guard case .report(let folders) = question else { return [] }
    return Self.report(folders, to: text)
  }

  mutating func navigate(_ way: Navigation, _ surroundings: inout Surroundings) -> [Effect] {
    let count = Pane.allCases.count
    switch way {
    case .back:
      guard isZoomed else { return [.pop] }
      isZoomed = false
    case .nextPane: focus = Pane(rawValue: (focus.rawValue + 1) % count) ?? .fsc
    case .previousPane: focus = Pane(rawValue: (focus.rawValue + count - 1) % count) ?? .fsc
    case .up, .down, .pageUp, .pageDown: scroll(by: way.lines() ?? 0)
    case .left where hasColumns: firstRun = max(0, firstRun - 1)
    case .right where hasColumns: firstRun = min(max(0, runs.count - 1), firstRun + 1)
    case .left: moveCrosshair(by: -1)
    case .right: moveCrosshair(by: 1)
    case .first: crosshair = 1
    case .last: crosshair = lastShell
    }
    return []
  }

  /// Whether the pane with the focus has a column for each run.
  private var hasColumns: Bool { focus == .statistics || focus == .parameters }

  private mutating func scroll(by step: Int) {
    if focus == .statistics {
      line = min(max(0, line + step), Self.statistics.count - 1)
    } else {
      offset = min(max(0, offset + step), max(0, differences.count - 1))
    }
  }

  private var lastShell: Int { runs.first?.metrics(of: nil)?.lastShell ?? 1 }

  private mutating func moveCrosshair(by step: Int) {
    focus = .fsc
    guard let place = crosshair else {
      crosshair = runs.first?.metrics(of: nil)?.bandShell ?? 1
      return
    }
    crosshair = min(max(1, place + step), lastShell)
  }

  /// The parameters that are not the same in all runs: those of all in the order of the form, then those
  /// of regions.
  var differences: [JobField] {
    let jobs = runs.compactMap(\.job)
    guard let first = jobs.first else { return [] }
    var keys: [String] = []
    for key in jobs.dropFirst().flatMap({ $0.differences(from: first) }) where !keys.contains(key) {
      keys.append(key)
    }
    let common = Parameter.all.map(\.key).filter(keys.contains)
    return (common + keys.filter { !common.contains($0) })
      .filter { $0 != Parameter.output.folder.key }.compactMap { JobField($0) }
  }

  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    switch news {
    case .run(let snapshot) where folders.contains(snapshot.folder):
      snapshots[snapshot.folder] = snapshot
    case .poseDifference(let found): poseDifferences[found.folder] = found
    default: break
    }
    return []
  }

  func refresh(_ surroundings: Surroundings) -> [Effect] {
    // Ended runs do not change any more.
    folders.filter { snapshots[$0]?.isLive != false }.map { .read(.run(folder: $0)) }
  }

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    if case .pane(let name) = target, let pane = Pane.allCases.first(where: { $0.name == name }) {
      focus = pane
    }
    switch mouse.kind {
    case .wheelUp: scroll(by: -1)
    case .wheelDown: scroll(by: 1)
    default: break
    }
    return []
  }
}
