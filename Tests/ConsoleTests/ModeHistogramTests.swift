import Surface
import Terminal
import Testing

@testable import Console
@testable import Motion

/// The histogram of the particles along a mode: its cursor, and the range that keys and the mouse choose.
struct ModeHistogramTests {
  /// A mode that is looked at, and the rectangle of a pane whose plot has a column for each of 32 bins.
  private var view: ModesView {
    var view = ModesView(folder: "/data/ribosome/runs/two")
    view.motion = SampleRuns.motion()
    _ = view.show(mode: 0)
    return view
  }

  private func move(
    _ pane: inout ModeHistogramPane, _ ways: Navigation..., in view: ModesView
  ) {
    var view = view
    for way in ways { _ = pane.navigate(way, &view) }
  }

  /// A bin is a quarter of a standard deviation, from −4 to 4; the cursor stays among them.
  @Test func theCursorGoesByBins() {
    var pane = ModeHistogramPane()
    #expect(MotionReport.histogramRange == -4...4 && MotionReport.histogramBins == 32)
    move(&pane, .right, .right, .left, in: view)
    #expect(pane.cursor == 0.25)
    move(&pane, .last, .right, in: view)
    #expect(pane.cursor == 4)
    move(&pane, .first, .left, in: view)
    #expect(pane.cursor == -4)
    var view = self.view
    #expect(pane.navigate(.pageUp, &view) == nil, "that turns the complex")
  }

  /// An end that would turn the range around takes the other away.
  @Test func aRangeHasItsEndsInOrder() {
    var pane = ModeHistogramPane()
    #expect(pane.expression(view) == nil)
    move(&pane, .right, .right, in: view)
    _ = pane.setLower(view)
    move(&pane, .right, .right, in: view)
    let effects = pane.setUpper(view)
    #expect(pane.lower == 0.5 && pane.upper == 1)
    #expect(pane.expression(view) == "mode1 >= 0.5 and mode1 <= 1")
    let counted = effects.compactMap {
      if case .outside(.read(.choiceCount(let folder, let expression))) = $0 {
        "\(folder): \(expression)"
      } else {
        nil
      }
    }
    #expect(counted == ["/data/ribosome/runs/two: mode1 >= 0.5 and mode1 <= 1"])
    move(&pane, .first, in: view)
    _ = pane.setUpper(view)
    #expect(pane.expression(view) == "mode1 <= -4", "no particle is from 0.5 to -4")
    move(&pane, .last, in: view)
    _ = pane.setLower(view)
    #expect(pane.expression(view) == "mode1 >= 4")
  }

  /// The mouse chooses from where it was pressed to where it is, in either direction and beyond the plot.
  @Test func aDragChoosesARange() {
    var (pane, view, surroundings) = (ModeHistogramPane(), self.view, Surroundings())
    let rect = Rect(x: 10, y: 2, width: 34, height: 12)
    // Inside of the frame, above the line about the range.
    let plot = HistogramPlot(
      lower: -4, upper: 4, counts: view.modes[0].histogram.map(Double.init), title: "sd"
    ).frame(in: Rect(x: 11, y: 3, width: 32, height: 9), surroundings.appearance).area
    let (middle, column) = (plot.x + plot.width / 2, 8 / Double(plot.width))
    func point(_ kind: MouseEvent.Kind, _ column: Int) -> [Effect] {
      // Once it is pressed, the mouse may go over other panes.
      pane.point(
        at: .pane("modes-2"), in: kind == .press ? rect : .empty,
        with: MouseEvent(kind, column: column, row: 5), &view,
        &surroundings)
    }
    #expect(point(.drag, 20).isEmpty && pane.expression(view) == nil, "nothing was pressed")
    _ = point(.press, 43)
    #expect(pane.isDragged && pane.cursor == 4 && pane.expression(view) == nil)
    let half = point(.drag, middle)
    #expect(half.count == 1, "it is counted while it is dragged")
    #expect(pane.upper == 4 && abs(pane.lower ?? 9) <= 0.125 + column)
    _ = point(.release, 0)
    #expect(!pane.isDragged && pane.lower == -4 && pane.upper == 4 && pane.cursor == -4)
    // A click moves the cursor alone.
    _ = (point(.press, middle), point(.release, middle))
    #expect(abs(pane.cursor) <= 0.125 + column && pane.lower == -4 && pane.upper == 4)
  }

  /// A count is told while the range is the one that was counted.
  @Test func aCountIsOfItsRange() {
    var pane = ModeHistogramPane()
    let view = self.view
    move(&pane, .right, in: view)
    _ = pane.setLower(view)
    func text() -> String {
      var frame = Frame(size: Size(width: 70, height: 12), look: Surroundings().appearance)
      pane.draw(
        ModesPlace(rect: frame.grid.bounds, hasFocus: true, surroundings: Surroundings()),
        of: view, into: &frame)
      return frame.grid.text
    }
    #expect(text().contains("at 0.25 sd. mode1 >= 0.25: about "))
    pane.receive(ChoiceCount(folder: "/r", expression: "mode1 >= 1", brief: "12 of 90"), view)
    #expect(text().contains("mode1 >= 0.25: about "), "of another range")
    pane.receive(ChoiceCount(folder: "/r", expression: "mode1 >= 0.25", brief: "34 of 90"), view)
    #expect(text().contains("mode1 >= 0.25: 34 of 90; W keeps them"))
    pane.receive(ChoiceCount(folder: "/r", expression: "mode1 >= 1", brief: "12 of 90"), view)
    #expect(text().contains("mode1 >= 0.25: 34 of 90"), "what comes late changes nothing")
    _ = pane.setUpper(view)
    #expect(text().contains("mode1 <= 0.25: about "), "it is another range")
  }
}
