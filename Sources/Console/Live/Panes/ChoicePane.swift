import Surface
import Terminal

/// A panel in whose plots particles are chosen.
protocol ChoicePane: RunPane {
  /// Why none can be chosen as it is set, of a run where they can be; nil where they can.
  func settingObstacle(_ view: RunView) -> String?
  /// The plots, in the rectangle of its content, of a run where particles can be chosen.
  func plots(_ view: RunView, in rect: Rect) -> [ChoicePlot]
  /// The bin of a quantity where its cursor begins.
  func cursorStart(_ axis: ChoiceAxis, _ view: RunView) -> Int
}

extension ChoicePane {
  func choiceObstacle(_ view: RunView) -> String? { view.choiceObstacle ?? settingObstacle(view) }

  func choicePlots(_ view: RunView, in rect: Rect) -> [ChoicePlot] {
    choiceObstacle(view) == nil ? plots(view, in: rect) : []
  }

  func cursorStart(_ axis: ChoiceAxis, _ view: RunView) -> Int { axis.bins / 2 }

  mutating func navigate(_ way: Navigation, _ view: inout RunView) -> [Effect]? {
    let (pane, seen) = (self, view)
    let isTaken = view.choosing.navigate(way, in: choicePlots(view, in: .ample)) {
      pane.cursorStart($0, seen)
    }
    return isTaken ? [] : nil
  }

  mutating func point(
    _ mouse: MouseEvent, in pane: PaneRect, _ view: inout RunView
  ) -> [Effect]? {
    if mouse.kind == .wheelUp || mouse.kind == .wheelDown { return nil }
    let plots = choicePlots(view, in: pane.inner)
    guard let isChanged = view.choosing.point(mouse, in: plots, pane.look) else {
      return mouse.kind == .drag ? choiceObstacle(view).map { [.say($0)] } : []
    }
    return isChanged ? view.countChoice() : []
  }
}

extension Rect {
  /// Room for all plots of a pane, whatever the terminal is: what keys go through.
  static let ample = Rect(x: 0, y: 0, width: 200, height: 60)
}
