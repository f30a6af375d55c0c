import Glibc
import Synchronization

/// Takes down, on one thread, what loops consist of and what each part costs: from it follows what more
/// threads would do. Costs nothing where there is none.
public final class WorkRecorder: Sendable {
  /// The recorder of the work on this thread.
  @TaskLocal public static var current: WorkRecorder?

  /// A piece of work: seconds on one thread, or a loop of chunks that may be done at the same time, each
  /// one piece after the other.
  public indirect enum Work: Sendable {
    case serial(Double)
    case loop(name: String, chunks: [[Work]])
  }

  /// The work of a stage in its order.
  public struct Stage: Sendable {
    public var name: String
    public var work: [Work]
  }

  private struct State {
    var stages: [Stage] = []
    /// The work of the chunks that are open, the innermost last.
    var open: [[Work]] = [[]]
    var since = WorkRecorder.now()
  }

  private let state = Mutex(State())

  public init() {}

  /// Begins a stage; call it from no loop.
  public func begin(_ stage: String) {
    state.withLock {
      Self.stamp(&$0)
      Self.close(&$0)
      $0.stages.append(Stage(name: stage, work: []))
    }
  }

  /// The stages so far.
  public func finished() -> [Stage] {
    state.withLock {
      Self.stamp(&$0)
      Self.close(&$0)
      return $0.stages
    }
  }

  /// Runs the chunks of a loop, one after the other.
  func loop(_ name: StaticString, chunks: Int, _ body: (Int) -> Void) {
    state.withLock { Self.stamp(&$0) }
    var done: [[Work]] = []
    for index in 0..<chunks {
      state.withLock {
        $0.open.append([])
        $0.since = Self.now()
      }
      body(index)
      state.withLock {
        Self.stamp(&$0)
        done.append($0.open.removeLast())
      }
    }
    let all = done
    state.withLock {
      $0.open[$0.open.count - 1].append(.loop(name: "\(name)", chunks: all))
      $0.since = Self.now()
    }
  }

  /// Puts the time since the last stamp down.
  private static func stamp(_ state: inout State) {
    let now = now()
    state.open[state.open.count - 1].append(.serial(now - state.since))
    state.since = now
  }

  /// Puts what is open into the last stage.
  private static func close(_ state: inout State) {
    let work = state.open.removeLast()
    state.open = [[]]
    if state.stages.isEmpty { state.stages.append(Stage(name: "start", work: [])) }
    state.stages[state.stages.count - 1].work += work
  }

  /// Seconds of the thread.
  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
