import Surface
import Terminal

/// A pane of the modes: its settings, how it is drawn, its numbers, and what keys and the
/// mouse do in it. It sees of the screen what all panes share, the `ModesView`, and nothing else.
protocol ModesPane: Sendable {
  static var title: String { get }
  /// Draws it with its frame.
  func draw(_ place: ModesPlace, of view: ModesView, into frame: inout Frame)
  /// What stands at the right of its top.
  func note(_ view: ModesView) -> String
  /// Its numbers, the heading first; nil where it has none.
  func table(_ view: ModesView) -> [[String]]?
  /// What a key does that moves in it; nil for one that turns the complex.
  mutating func navigate(_ way: Navigation, _ view: inout ModesView) -> [Effect]?
  /// What the mouse does in it.
  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent, _ view: inout ModesView,
    _ surroundings: inout Surroundings
  ) -> [Effect]
}

/// Where a pane of the modes is drawn, and how things look there.
struct ModesPlace: Sendable {
  /// With its frame.
  var rect: Rect
  /// Whether keys go to it.
  var hasFocus = false
  /// Whether it fills the screen.
  var isZoomed = false
  var surroundings: Surroundings

  /// Whether its frame tells that keys go to it.
  var isFocused: Bool { hasFocus && !isZoomed }
}

extension ModesPane {
  func note(_ view: ModesView) -> String {
    view.motion?.report == nil ? "" : "mode \(view.mode + 1)"
  }

  /// All modes with their parts.
  func table(_ view: ModesView) -> [[String]]? {
    guard let report = view.motion?.report, report.modes.indices.contains(view.mode) else {
      return nil
    }
    return report.tsv.tabSeparatedRows
  }

  mutating func navigate(_ way: Navigation, _ view: inout ModesView) -> [Effect]? { nil }

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent, _ view: inout ModesView,
    _ surroundings: inout Surroundings
  ) -> [Effect] { [] }

  /// Draws its frame.
  ///
  /// - Returns: what is inside of it.
  func box(_ place: ModesPlace, of view: ModesView, into frame: inout Frame) -> Rect {
    frame.box(place.rect, Box(title: Self.title, note: note(view), isFocused: place.isFocused))
  }
}

/// The panes of the modes with their settings.
struct ModesPanes: Sendable {
  var modes = ModeListPane()
  var surface = ModeSurfacePane()
  var histogram = ModeHistogramPane()
  var axes = ModeAxesPane()

  enum Name: Int, PaneName {
    case modes, surface, histogram, axes

    /// The kind of its pane.
    var kind: any ModesPane.Type {
      switch self {
      case .modes: ModeListPane.self
      case .surface: ModeSurfacePane.self
      case .histogram: ModeHistogramPane.self
      case .axes: ModeAxesPane.self
      }
    }

    /// How it is marked for the mouse.
    var mark: String { "modes-\(rawValue)" }

    /// The pane of something that was marked; nil for none.
    init?(_ target: Frame.Target) {
      switch target {
      case .pane(let mark):
        guard let pane = Name.allCases.first(where: { $0.mark == mark }) else { return nil }
        self = pane
      case .row("modes", _): self = .modes
      case .row("surface", _): self = .surface
      default: return nil
      }
    }
  }

  /// What is put in the place of a pane is of the same kind.
  subscript(name: Name) -> any ModesPane {
    get {
      switch name {
      case .modes: modes
      case .surface: surface
      case .histogram: histogram
      case .axes: axes
      }
    }
    set {
      switch name {
      case .modes: modes = newValue as? ModeListPane ?? modes
      case .surface: surface = newValue as? ModeSurfacePane ?? surface
      case .histogram: histogram = newValue as? ModeHistogramPane ?? histogram
      case .axes: axes = newValue as? ModeAxesPane ?? axes
      }
    }
  }
}
