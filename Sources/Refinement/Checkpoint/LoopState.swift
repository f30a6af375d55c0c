import CryoEM
import Ground

/// What one round of the loop hands to the next. With the input it determines the rest of a run, so
/// it is what a checkpoint holds: packed images, sums and references follow from it.
///
/// A round begins with the reconstruction from the poses in it and ends with a search.
struct LoopState: Sendable {
  /// The settings as they were changed while the refinement runs.
  var settings: RefinementSettings
  var refinement: RefinementState
  var convergence = Convergence()
  /// Whether nothing improves any more, and passes since then.
  var converged = false
  var extra = 0
  /// Whether the body is left as it is while others go on.
  var rests = false
  /// Highest shell of the window that the next reconstruction holds.
  var inserted: Int
  /// Metrics of the iterations that were reported.
  var metrics: [IterationMetrics] = []
  /// Images that cannot be used, by particle.
  var badImages: [BadImage] = []
  /// The density that is subtracted from the images of other bodies; nil for a body that is alone.
  var shown: ShownDensity?

  // What the last search left for the report of its iteration.

  /// What it found of each particle beside the state; empty before the first search.
  var findings: [SearchPass.Finding] = []
  /// The band of the search, shell of the window; 0 before the first.
  var searchedBand = 0
  /// Poses before the search.
  var previous: [Alignment] = []
  /// Median change in rotation, degrees.
  var step = 0.0
  /// Largest relative change of the learnt motion's deviations by the last search; 0 without one.
  var motionChange = 0.0
  /// Common motion taken out, per half.
  var drift: [CommonMotion] = []
  /// Grey scale of the search's references in the images, per half.
  var measuredGreyscale = [1.0, 1.0]
  /// Time spent on the iteration so far.
  var spent = IterationClock.Spent()

  /// What the fields are called and what they look like: a checkpoint of another program version
  /// with other fields is known by it.
  static let layout = layoutDescription(
    of: LoopState(
      settings: RefinementSettings(),
      refinement: RefinementState(
        start: [], poses: [], posteriors: [], scales: [], noiseFactors: [], greyscale: [], band: 0),
      inserted: 0))
}

extension LoopState: Columned {
  mutating func move(_ columns: inout Columns) {
    columns.move("state", &refinement)
    columns.move("findings", &findings)
    columns.move("previous", &previous)
    columns.move("drift", &drift)
    columns.move("greyscale", &measuredGreyscale)
    shown?.move(&columns)
  }
}

extension RefinementState: Columned {
  mutating func move(_ columns: inout Columns) {
    columns.move("start", &start)
    columns.move("poses", &poses)
    columns.move("posteriors", &posteriors)
    columns.move("motions", &motions)
    columns.move("scales", &scales)
    columns.move("noise", &noiseFactors)
    columns.move("directions", &noiseDirections)
    columns.move("greyscale", &greyscale)
    columns.move("defocus", &defocusChanges)
    movingShare.move(&columns)
  }
}

extension RefinementSettings: Columned {}

/// The motion of the body as a whole that was taken out of a half's poses.
struct CommonMotion: Sendable, Equatable {
  /// Radians.
  var rotation = 0.0
  /// Å.
  var shift = 0.0
}

extension LoopState {
  /// Whether the parts belong together: one length for all that is by particle, two halves, no negative
  /// counts.
  var isConsistent: Bool {
    let count = refinement.start.count
    let particles = 0..<count
    return [refinement.poses.count, refinement.posteriors.count, refinement.scales.count]
      .allSatisfy { $0 == count }
      && [findings.count, previous.count].allSatisfy { $0 == 0 || $0 == count }
      && refinement.greyscale.count == 2 && measuredGreyscale.count == 2
      && [0, 2].contains(refinement.motions.count)
      && (drift.isEmpty || drift.count == 2)
      && [refinement.iteration, refinement.band, inserted, searchedBand, extra]
        .allSatisfy { $0 >= 0 }
      && badImages.allSatisfy { particles.contains($0.particle) }
      && [0, count].contains(refinement.defocusChanges.count)
      && refinement.movingShare.isConsistent
      && shown?.isConsistent ?? true
  }

  /// - Throws: `Problem` where the particles or the window are not those that the state knows.
  func requireFit(
    _ fresh: RefinementState, maximumShell: Int, place: String
  ) throws(Problem) {
    let now = refinement
    guard now.start == fresh.start,
      now.noiseFactors.map(\.count) == fresh.noiseFactors.map(\.count),
      now.noiseDirections.isEmpty
        || now.noiseDirections.map(\.shells) == fresh.noiseDirections.map(\.shells),
      [now.band, inserted, searchedBand].allSatisfy({ $0 <= maximumShell })
    else {
      throw Problem(
        "\(place): the particles or the mask are not those with which the run began",
        whatToDo: "Put the input back as it was, or start a new run.")
    }
  }
}
