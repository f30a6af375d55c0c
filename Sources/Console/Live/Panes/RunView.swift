import Ground
import Refinement
import Runs
import Surface

/// What the panels of a run share: what is known of it, the iteration that is shown, the frequencies of
/// the plots, and the particles that are being chosen.
struct RunView: Sendable {
  /// The run, or the region of it that is shown.
  var folder: String
  /// What its folder says; nil until it was read.
  var snapshot: RunSnapshot?
  /// The iteration that is shown; nil follows the newest.
  var iteration: Int?
  var axis = FrequencyAxis()
  /// What is being chosen in the panes.
  var choosing = Choosing()

  init(folder: String) { self.folder = folder }

  var name: String { RunSnapshot(folder: folder).name }

  /// The metrics of the iteration that is shown.
  var metrics: IterationMetrics? { snapshot?.metrics(of: iteration) }

  var steps: [IterationMetrics] { snapshot?.steps ?? [] }

  /// To an iteration before or after; stepping past the newest follows it again.
  mutating func step(by step: Int) {
    guard let last = steps.last else { return }
    let index = steps.firstIndex { $0.iteration == iteration } ?? steps.count - 1
    let next = steps[min(max(0, index + step), steps.count - 1)].iteration
    iteration = next == last.iteration ? nil : next
  }

  // MARK: Regions

  /// The folder of the run, of which this may show a region.
  var root: String { RunFolder(folder).root }

  /// The regions as they stand; empty for a run of one.
  var regions: [RunManifest.Region] { snapshot?.manifest?.regions ?? [] }

  /// The region that is shown; nil where the run itself is.
  var shownRegion: Int? {
    root == folder ? nil : regions.firstIndex { $0.name == FilePath.name(of: folder) }
  }

  // MARK: Choosing particles

  /// Why no particles of the iteration can be chosen in any pane; nil where they can.
  var choiceObstacle: String? {
    guard snapshot?.status == .finished else {
      return "Particles are chosen of a run that has finished"
    }
    return metrics?.poseIteration == finalPoses
      ? nil : "Particles are chosen by their final poses: f goes to them"
  }

  /// The iteration of the final poses.
  var finalPoses: Int? { snapshot?.metrics(of: nil)?.poseIteration }

  /// Has what was chosen counted in the run's particles.
  mutating func countChoice() -> [Effect] {
    choosing.uncounted().map { [.read(.choiceCount(folder: folder, expression: $0))] } ?? []
  }
}

/// The spatial frequencies that the plots of a run show, and the cross-hair on them, in shells.
struct FrequencyAxis: Sendable, Hashable {
  /// Where the cross-hair stands; nil without one.
  var crosshair: Int?
  /// The range after a drag; nil for all.
  var shells: ClosedRange<Int>?
  private var dragStart: Int?

  /// The shells that plots show.
  func range(_ metrics: IterationMetrics?) -> ClosedRange<Int>? {
    guard let metrics, metrics.boxSize > 2 else { return nil }
    return shells ?? 1...metrics.lastShell
  }

  /// The spatial frequencies of them, 1/Å.
  func frequencies(_ metrics: IterationMetrics) -> ClosedRange<Double>? {
    guard let range = range(metrics) else { return nil }
    let lower = range.lowerBound <= 1 ? 0 : Double(range.lowerBound)
    return lower * metrics.frequencyStep...Double(range.upperBound) * metrics.frequencyStep
  }

  /// Moves the cross-hair; the first time it comes up at the resolution.
  mutating func move(by step: Int, _ metrics: IterationMetrics?) {
    guard let range = range(metrics) else { return }
    guard let place = crosshair else {
      crosshair = metrics.map {
        max(range.lowerBound, min($0.resolutionShell ?? $0.bandShell, range.upperBound))
      }
      return
    }
    crosshair = min(max(place + step, range.lowerBound), range.upperBound)
  }

  mutating func navigate(_ way: Navigation, _ metrics: IterationMetrics?) -> Bool {
    switch way {
    case .left: move(by: -1, metrics)
    case .right: move(by: 1, metrics)
    case .pageUp: move(by: -10, metrics)
    case .pageDown: move(by: 10, metrics)
    case .first: crosshair = range(metrics)?.lowerBound
    case .last: crosshair = range(metrics)?.upperBound
    case .up, .down, .back, .nextPane, .previousPane: return false
    }
    return true
  }

  /// Takes the cross-hair and the range away.
  ///
  /// - Returns: whether there was one.
  mutating func clear() -> Bool {
    defer { (crosshair, shells) = (nil, nil) }
    return crosshair != nil || shells != nil
  }

  // MARK: Mouse

  mutating func press(at shell: Int?) { (dragStart, crosshair) = (shell, shell) }

  /// Ends a drag: shows what was dragged over.
  mutating func release(at shell: Int?) {
    if let start = dragStart, let end = shell, abs(end - start) > 2 {
      shells = min(start, end)...max(start, end)
      crosshair = nil
    }
    dragStart = nil
  }

  /// Shows more or fewer shells about one.
  mutating func zoom(by factor: Double, at shell: Int?, _ metrics: IterationMetrics?) {
    guard let range = range(metrics), let shell, let metrics else { return }
    let span = Double(range.upperBound - range.lowerBound) * factor
    let share =
      Double(shell - range.lowerBound) / Double(max(1, range.upperBound - range.lowerBound))
    let lower = max(1, Int((Double(shell) - share * span).rounded()))
    let upper = min(metrics.lastShell, Int((Double(shell) + (1 - share) * span).rounded()))
    shells =
      upper - lower < 4 ? range : lower == 1 && upper == metrics.lastShell ? nil : lower...upper
  }
}
