/// The columns of the list of runs, by which it can be sorted.
enum RunColumn: Int, Sendable, CaseIterable {
  case mark, name, status, iteration, resolution, extents, particles, started, duration, mask
  case note

  /// The column's name in a sentence.
  var title: String {
    switch self {
    case .duration: "time"
    default: "\(self)"
    }
  }

  /// Whether the largest come first where somebody goes on to the next column.
  var isUsuallyDescending: Bool {
    [.iteration, .particles, .started, .duration].contains(self)
  }

  /// The column that the list is sorted by next: marks have a place of their own.
  var next: RunColumn {
    let columns = Self.allCases.filter { $0 != .mark }
    return columns[((columns.firstIndex(of: self) ?? 0) + 1) % columns.count]
  }
}
