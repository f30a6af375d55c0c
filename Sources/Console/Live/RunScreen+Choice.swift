import Ground
import Refinement
import Surface
import Terminal

/// Particles of a finished run chosen in its panes: by the mouse, which drags over bins, or by keys, which
/// move a cursor and set the ends. What was chosen is an expression, as `W` and `fulcrum select` take it.
extension RunScreen {
  /// The panes that show particles by what they are chosen by.
  static let choicePanels: Set<Panel> = [.poses, .particles, .orientations]

  /// Why nothing can be chosen in a pane; nil where it can.
  func choiceObstacle(_ panel: Panel) -> String? {
    guard snapshot?.status == .finished else {
      return "Particles are chosen of a run that has finished"
    }
    if let page = particles {
      return page.table?.iteration == finalPoses
        ? page.chosenAxis == nil ? "No expression knows this column" : nil
        : "Particles are chosen by their final poses: leave the table, f, then t"
    }
    guard metrics?.poseIteration == finalPoses else {
      return "Particles are chosen by their final poses: f goes to them"
    }
    switch panel {
    case .poses where !againstStart:
      return "Particles are chosen by their change against the start: b shows it"
    case .orientations where orientationView == .resolution:
      return "Particles are chosen by views: m"
    case .poses, .orientations: return nil
    case .particles:
      return metrics?.scale.isAllOne == false
        ? nil : "The particles tell no sample size or gain, and scales were not fitted"
    default:
      return "Tab goes to the pose changes or the orientations, in which particles are chosen"
    }
  }

  private var finalPoses: Int? { snapshot?.metrics(of: nil)?.poseIteration }

  /// The plots of a pane, in the rectangle of its content.
  func choicePlots(of panel: Panel, in rect: Rect) -> [ChoicePlot] {
    guard let metrics, choiceObstacle(panel) == nil else { return [] }
    switch panel {
    case .poses, .particles:
      return histograms(of: panel, metrics, in: rect).compactMap { shown in
        shown.axis.map {
          ChoicePlot(axes: [$0], rect: shown.body, kind: .histogram(plot(of: shown)))
        }
      }
    case .orientations:
      let map = sphere(metrics)
      let place = Self.sphereRect(metrics, in: rect)
      return map.rows > 0
        ? [ChoicePlot(axes: Self.sphereAxes(map), rect: place, kind: .sphere(map))] : []
    default: return []
    }
  }

  static func sphereAxes(_ map: HeatMap) -> [ChoiceAxis] {
    [
      ChoiceAxis("azimuth", lower: 0, upper: 360, bins: map.columns),
      ChoiceAxis("elevation", lower: -90, upper: 90, bins: map.rows),
    ]
  }

  /// The quantities that the cursor moves along in the pane with the focus.
  private var activeAxes: [ChoiceAxis] {
    if let page = particles { return page.chosenAxis.map { [$0] } ?? [] }
    let plots = choicePlots(of: focus, in: Rect(x: 0, y: 0, width: 200, height: 60))
    return plots.isEmpty ? [] : plots[min(choosing.active, plots.count - 1)].axes
  }

  // MARK: Keys

  /// What an arrow does to the cursor in the pane with the focus; nil where it is not in one.
  mutating func moveCursor(_ way: Navigation) -> [Effect]? {
    guard particles == nil, Self.choicePanels.contains(focus) else { return nil }
    let axes = activeAxes
    guard let first = axes.first else { return nil }
    let middle = cursorStart(first)
    switch (way, axes.count) {
    case (.left, _), (.right, _): choosing.move(first, by: way == .left ? -1 : 1, from: middle)
    case (.pageUp, _), (.pageDown, _):
      choosing.move(first, by: way == .pageUp ? -10 : 10, from: middle)
    case (.first, _), (.last, _):
      choosing.ranges.cursors[first.name] = way == .first ? 0 : first.bins - 1
    case (.up, 2), (.down, 2):
      choosing.move(axes[1], by: way == .up ? 1 : -1, from: axes[1].bins / 2)
    case (.up, _), (.down, _):
      let next = choosing.active + (way == .up ? -1 : 1)
      let count = choicePlots(of: focus, in: Rect(x: 0, y: 0, width: 200, height: 60)).count
      guard (0..<count).contains(next) else {
        choosing.active = 0
        return nil
      }
      choosing.active = next
      let axis = activeAxes[0]
      if choosing.ranges.cursors[axis.name] == nil {
        choosing.move(axis, by: 0, from: cursorStart(axis))
      }
    default: return nil
    }
    if axes.count == 2 {
      // A cross has both, as soon as it stands anywhere.
      for axis in axes where choosing.ranges.cursors[axis.name] == nil {
        choosing.move(axis, by: 0, from: axis.bins / 2)
      }
    }
    return []
  }

  /// Where a cursor begins: at the median.
  private func cursorStart(_ axis: ChoiceAxis) -> Int {
    guard let metrics else { return axis.bins / 2 }
    switch axis.name {
    case "turned": return axis.bin(of: metrics.rotationFromStart.median)
    case "moved": return axis.bin(of: metrics.shiftFromStart.median)
    case "scale": return axis.bin(of: metrics.scale.median)
    default: return axis.bins / 2
    }
  }

  /// Lets the range begin or end at the cursor.
  mutating func setEnd(isLower: Bool) -> [Effect] {
    let axes = activeAxes
    if let page = particles, let axis = axes.first, let value = page.chosenValue {
      choosing.ranges.cursors[axis.name] = axis.bin(of: value)
    }
    guard let first = axes.first, choosing.ranges.cursors[first.name] != nil else {
      return [
        .say("Left and Right put a cursor into the plot, ( and ) begin and end the range at it")
      ]
    }
    for axis in axes {
      if isLower {
        choosing.ranges.begin(axis)
      } else {
        choosing.ranges.end(axis)
      }
    }
    return countChoice()
  }

  mutating func clearChoice() {
    choosing.ranges.clear()
    choosing.count = nil
  }

  /// Has what was chosen counted in the run's particles.
  private mutating func countChoice() -> [Effect] {
    guard let expression = choosing.ranges.expression else {
      choosing.count = nil
      return []
    }
    if choosing.count?.expression == expression { return [] }
    choosing.count = nil
    return [.countChoice(folder: folder, expression: expression)]
  }

  // MARK: Mouse

  /// The mouse on a plot of a pane: pressed it puts the cursor there, dragged it chooses.
  mutating func choose(
    at panel: Panel, content: Rect, with mouse: MouseEvent, _ surroundings: Surroundings
  ) -> [Effect]? {
    let point = Point(x: mouse.column, y: mouse.row)
    switch mouse.kind {
    case .press:
      choosing.drag = nil
      let plots = particles == nil ? choicePlots(of: panel, in: content) : pagePlots(in: content)
      guard let index = plots.firstIndex(where: { $0.rect.contains(point) }),
        let bins = plots[index].bins(at: point, surroundings.appearance)
      else { return nil }
      choosing.active = index
      choosing.drag = (plots[index], bins)
      for (axis, bin) in zip(plots[index].axes, bins) {
        choosing.ranges.cursors[axis.name] = bin
      }
      return []
    case .drag, .release:
      guard let drag = choosing.drag else { return nil }
      if mouse.kind == .release { choosing.drag = nil }
      guard let bins = drag.plot.bins(at: point, surroundings.appearance),
        mouse.kind == .drag || bins != drag.start
      else { return [] }
      for (axis, (start, end)) in zip(drag.plot.axes, zip(drag.start, bins)) {
        choosing.ranges.choose(axis, from: start, to: end)
        choosing.ranges.cursors[axis.name] = end
      }
      return countChoice()
    default: return nil
    }
  }

  // MARK: Words

  /// What was chosen and how many particles that are, in words that fit; the last ones say the least.
  var choiceTexts: [String] {
    guard !choosing.ranges.isEmpty else { return [] }
    let what = choosing.ranges.expression ?? "all particles"
    guard let count = choosing.count else { return ["\(what): counting …"] }
    if let problem = count.problem { return ["\(what): \(problem.what). \(problem.whatToDo)"] }
    return [
      "\(what): \(count.sentence) W keeps them, Esc lets go.",
      "\(what): \(count.brief). W keeps, Esc lets go.", "\(what): \(count.brief)", count.brief,
    ]
  }
}
