import Ground

/// The state of a refinement between iterations: that of each of its bodies.
struct RunState: Sendable, Columned {
  var bodies: [LoopState]

  mutating func move(_ columns: inout Columns) { columns.move("body", &bodies) }

  /// What the fields are called and what they look like.
  static let layout = LoopState.layout

  init(bodies: [LoopState]) { self.bodies = bodies }

  /// The state that was saved; nil where there is none.
  ///
  /// - Throws: `Problem` for what cannot be read.
  init?(in store: any CheckpointStore) throws(Problem) {
    guard let bytes = try store.state() else { return nil }
    guard let state = CheckpointContent.value(RunState.self, of: bytes), state.isConsistent else {
      throw Problem(
        "\(store.place): the checkpoint is damaged",
        whatToDo: "Remove it to begin the run anew, or start a new run from the last poses.")
    }
    self = state
  }

  /// The iteration of the bodies that do not rest.
  var iteration: Int { bodies.map(\.refinement.iteration).max() ?? 0 }

  /// Whether the bodies have the same particles and are in one iteration, but for those that rest.
  private var isConsistent: Bool {
    guard let first = bodies.first else { return false }
    return bodies.contains { !$0.rests }
      && bodies.allSatisfy {
        $0.isConsistent && ($0.rests || $0.refinement.iteration == iteration)
          && $0.refinement.start.count == first.refinement.start.count
          && ($0.shown != nil) == (bodies.count > 1)
      }
  }

  /// - Throws: `Problem` where the run has another number of bodies.
  func requireFit(bodies count: Int, place: String) throws(Problem) {
    guard bodies.count == count else {
      throw Problem(
        "\(place): the checkpoint has \(bodies.count) regions and the job \(count)",
        whatToDo: "Put the job back as it was, or start a new run.")
    }
  }
}
