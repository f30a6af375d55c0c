import Ground
import Pages
import Refinement
import Report
import Surface
import Terminal

/// Noise per half and group, and the Guinier plot of the combined map: both where there is room, else
/// the one that is chosen.
struct NoisePane: RunPane {
  static let words = PaneWords(
    title: "Noise and Guinier", short: "Noise", label: "Noise", contents: "noise and Guinier plot")

  static let bindings: [Binding<RunScreen>] = [
    Binding(
      "guinier", ["n"], "Guinier", "Noise or Guinier plot, where one alone fits",
      bar: RunScreen.place(22, in: .noise), does: .change { $0.panes.noise.showsGuinier.toggle() })
  ]

  /// The Guinier plot in place of the noise, where there is no room for both.
  private var showsGuinier = false

  func note(_ view: RunView) -> String {
    view.metrics?.guinierFit.map { "B " + Format.fixed($0.bFactor, 0) + " Å²" } ?? ""
  }

  func draw(_ pane: PaneRect, of view: RunView, into frame: inout Frame) {
    guard let metrics = view.metrics else { return }
    let rect = pane.inner
    let noise = RunPlots.noise(
      metrics, range: view.axis.frequencies(metrics), crosshair: view.axis.crosshair)
    let guinier = RunPlots.guinier(metrics, crosshair: view.axis.crosshair)
    let isWide = rect.width >= 60
    guard isWide || rect.height >= 12 else {
      frame.draw(showsGuinier ? guinier : noise, in: rect)
      return
    }
    let parts = Layout.split(
      rect, isWide ? .columns : .rows, [.init(), .init()], gap: isWide ? 1 : 0)
    frame.draw(noise, in: parts[0])
    frame.draw(guinier, in: parts[1])
  }

  func table(_ view: RunView) -> [[String]]? {
    guard let metrics = view.metrics else { return nil }
    let names = metrics.noise.indices.map { "noise_\($0 + 1)" }
    let shells = ([metrics.guinier] + metrics.noise).map(\.count).max() ?? 0
    return [["shell", "frequency_1/A"] + names + ["ln_F2"]]
      + (0..<shells).map { shell in
        let curves = (metrics.noise + [metrics.guinier]).map {
          shell < $0.count ? Format.fixed($0[shell], 6) : "nan"
        }
        return ["\(shell)", Format.fixed(Double(shell) * metrics.frequencyStep, 6)] + curves
      }
  }

  mutating func point(
    _ mouse: MouseEvent, in pane: PaneRect, _ view: inout RunView
  ) -> [Effect]? {
    FSCPane.point(mouse, in: pane, &view)
  }
}
