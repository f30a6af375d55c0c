import Jobs
import Motion
import Runs

/// What the panes of the modes share: what is known of the motion, the mode that is looked at, and the
/// complex that moves along it.
struct ModesView: Sendable {
  /// The run.
  let folder: String
  /// Nil until it was read.
  var motion: RegionMotion?
  var job: Job?
  /// The mode that is looked at, from 0.
  private(set) var mode = 0
  var complex = MovingComplex()

  init(folder: String) { self.folder = folder }

  var name: String { RunFolder(folder).name }

  var modes: [MotionReport.Mode] { motion?.modes ?? [] }

  /// A region's part in a mode.
  struct Line {
    var mode: Int
    var part: MotionReport.Part
    var isFirst: Bool
  }

  /// The modes, a line for each region's part.
  var lines: [Line] {
    modes.enumerated().flatMap { index, mode in
      mode.parts.enumerated().map { Line(mode: index, part: $1, isFirst: $0 == 0) }
    }
  }

  /// Looks at a mode, or at the nearest that there is.
  mutating func show(mode next: Int) -> [Effect] {
    guard let motion, !modes.isEmpty else { return [] }
    mode = min(max(0, next), modes.count - 1)
    return complex.show(motion, mode: mode)
  }

  /// Keeping particles of the run.
  var choice: ParticleChoice {
    ParticleChoice(
      folder: motion?.particles ?? folder, title: name, job: job, isOfRegions: true)
  }

  // MARK: Obstacles

  /// Why there is no mode to look at.
  var noMode: String? {
    guard let motion else { return "The motion is being read" }
    if let problem = motion.problem { return problem.what }
    return modes.isEmpty
      ? "There is no mode: what moves is no more than the poses' noise" : nil
  }

  /// Why there is nothing to see of it.
  var noMaps: String? { complex.maps == nil ? "The maps of the regions are not there" : nil }

  /// Why nothing can be done to what is seen of it.
  var noPicture: String? { noMode ?? noMaps }
}
