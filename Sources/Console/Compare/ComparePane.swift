import Surface

/// A pane of a comparison: its settings, how it is drawn, its numbers, and what keys do in it. It sees of
/// the screen what all panes share, the `Comparison`, and nothing else.
protocol ComparePane: Sendable {
  func draw(in rect: Rect, of comparison: Comparison, into frame: inout Frame)
  /// Its numbers, the heading first.
  func table(_ comparison: Comparison) -> [[String]]
  /// Moves in it.
  ///
  /// - Returns: whether it did; what it leaves goes to another pane.
  mutating func navigate(_ way: Navigation, _ comparison: inout Comparison) -> Bool
}

extension ComparePane {
  mutating func navigate(_ way: Navigation, _ comparison: inout Comparison) -> Bool { false }
}

/// The panes of a comparison with their settings.
struct ComparePanes: Sendable {
  var fsc = ComparedFSCPane()
  var results = ComparedResultsPane()
  var parameters = ComparedParametersPane()
  var poses = ComparedPosesPane()

  enum Name: Int, PaneName {
    case fsc, results, parameters, poses

    var title: String {
      switch self {
      case .fsc: "FSC"
      case .results: "Results"
      case .parameters: "Parameters that differ"
      case .poses: "Difference of poses"
      }
    }

    /// How it is marked for the mouse.
    var mark: String { "compare-\(rawValue)" }
  }

  /// What is put in the place of a pane is of the same kind.
  subscript(name: Name) -> any ComparePane {
    get {
      switch name {
      case .fsc: fsc
      case .results: results
      case .parameters: parameters
      case .poses: poses
      }
    }
    set {
      switch name {
      case .fsc: fsc = newValue as? ComparedFSCPane ?? fsc
      case .results: results = newValue as? ComparedResultsPane ?? results
      case .parameters: parameters = newValue as? ComparedParametersPane ?? parameters
      case .poses: poses = newValue as? ComparedPosesPane ?? poses
      }
    }
  }
}
