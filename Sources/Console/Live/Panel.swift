/// The panes of the live run and of results, in the order of their keys 1 to 9.
enum Panel: Int, Sendable, Hashable, CaseIterable {
  case fsc = 1
  case resolution, orientations, poses, particles, noise, slices, log, files

  /// The name by which a frame's targets call it.
  var pane: String { "panel-\(rawValue)" }

  init?(pane: String) {
    guard pane.hasPrefix("panel-"), let number = Int(pane.dropFirst(6)) else { return nil }
    self.init(rawValue: number)
  }

  /// The command that shows or hides it.
  var command: Command { Command(rawValue: "panel-\(rawValue)") }

  /// Sets of panes, each for a question; the first is what a run opens with.
  static let sets: [(title: String, panels: Set<Panel>)] = [
    ("all", Set(allCases).subtracting([.files])),
    ("resolution and maps", [.fsc, .resolution, .noise, .slices]),
    ("poses", [.poses, .orientations, .particles, .resolution]),
    ("what happens", [.fsc, .resolution, .log, .files]),
  ]

  /// The smallest extent in which it says something.
  static let smallest = (width: 26, height: 6)
}
