import Synchronization

/// Gives the memory of exact sums back while they are taken over: of all planes before the first that is
/// still needed, whoever takes them in whatever order.
final class SpentPlanes: Sendable {
  private let sums: ExactSums
  /// Numbers of a plane.
  private let length: Int
  private let state: Mutex<State>

  private struct State {
    var isFinished: [Bool]
    /// The first plane that is not, and the end of what was given back.
    var next = 0, discarded = 0
  }

  init(of sums: ExactSums) {
    let layout = GridLayout(radius: sums.radius)
    self.sums = sums
    length = 3 * layout.width * layout.extent
    state = Mutex(State(isFinished: [Bool](repeating: false, count: layout.extent)))
  }

  /// A plane is not needed any more.
  func finish(_ plane: Int) {
    state.withLock { state in
      state.isFinished[plane] = true
      while state.next < state.isFinished.count, state.isFinished[state.next] { state.next += 1 }
      guard state.next < state.isFinished.count,
        let place = sums.slabs.places(of: state.next).min()
      else { return }
      sums.values.discard(before: place * length, known: state.discarded)
      state.discarded = place * length
    }
  }
}
