import Synchronization

/// Results that threads fill in by index, and the first problem that any of them met.
public final class Collected<Value: Sendable>: Sendable {
  private let state: Mutex<State>

  private struct State {
    var values: [Value?]
    var problem: Problem?
  }

  /// Room for `count` results.
  public init(count: Int) { state = Mutex(State(values: Array(repeating: nil, count: count))) }

  /// The result of an index; nil until it is there.
  public subscript(index: Int) -> Value? {
    get { state.withLock { $0.values[index] } }
    set { state.withLock { $0.values[index] = newValue } }
  }

  /// Remembers a problem; the one whose text sorts first wins, so that the report does not depend on
  /// the threads.
  public func fail(_ problem: Problem) {
    state.withLock {
      if let known = $0.problem, known.what <= problem.what { return }
      $0.problem = problem
    }
  }

  /// The values that are there, in order: all of them where no problem was met.
  public var filled: [Value] { state.withLock { $0.values.compactMap { $0 } } }

  /// All values in order.
  ///
  /// - Throws: the problem, if there was one.
  public func values() throws(Problem) -> [Value] {
    if let problem = state.withLock({ $0.problem }) { throw problem }
    return filled
  }
}
