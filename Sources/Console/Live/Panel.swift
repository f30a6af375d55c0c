/// The panes of the live run and of results, in the order of their keys 1 to 9.
enum Panel: Int, Sendable, Hashable, CaseIterable {
  case fsc = 1
  case resolution, orientations, poses, particles, noise, slices, log, files

  var title: String {
    switch self {
    case .fsc: "FSC"
    case .resolution: "Resolution"
    case .orientations: "Orientations"
    case .poses: "Pose changes"
    case .particles: "Particles"
    case .noise: "Noise and Guinier"
    case .slices: "Slices"
    case .log: "Log"
    case .files: "Files"
    }
  }

  /// Its name in the key bar, and what it shows, for the help of its command.
  var words: (label: String, contents: String) {
    switch self {
    case .fsc: ("FSC", "the FSC")
    case .resolution: ("Resolution", "resolution over iterations")
    case .orientations: ("Orientations", "the orientations")
    case .poses: ("Poses", "changes of the poses")
    case .particles: ("Particles", "scale, sample size and score")
    case .noise: ("Noise", "noise and Guinier plot")
    case .slices: ("Slices", "slices of the maps")
    case .log: ("Log", "the log")
    case .files: ("Files", "files and summary")
    }
  }

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
