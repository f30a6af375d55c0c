import EMFiles
import Synchronization

/// Results that threads fill in by index, and the first problem that any of them met.
final class Collected<Value: Sendable>: Sendable {
  private let state: Mutex<State>

  private struct State {
    var values: [Value?]
    var problem: Problem?
  }

  init(count: Int) { state = Mutex(State(values: Array(repeating: nil, count: count))) }

  subscript(index: Int) -> Value? {
    get { state.withLock { $0.values[index] } }
    set { state.withLock { $0.values[index] = newValue } }
  }

  /// Remembers a problem; the one whose text sorts first wins, so that the report does not depend on
  /// the threads.
  func fail(_ problem: Problem) {
    state.withLock {
      if let known = $0.problem, known.what <= problem.what { return }
      $0.problem = problem
    }
  }

  /// All values in order.
  ///
  /// - Throws: the problem, if there was one.
  func values() throws(Problem) -> [Value] {
    let (values, problem) = state.withLock { ($0.values, $0.problem) }
    if let problem { throw problem }
    return values.compactMap { $0 }
  }
}
