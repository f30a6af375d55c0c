import Dispatch
import Glibc
import Ground
import Runs
import Synchronization
import Tools

/// The tool that was started in the screens: the program itself as a child, which prints to a pipe. There is
/// one at a time, since each takes all cores.
final class ToolRoom: Sendable {
  private struct State {
    var child: ChildProcess?
    var isAtWork = false
    var isStopped = false
  }
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "fulcrum.tool")
  private let program: String

  /// - Parameter program: path of this program.
  init(program: String = ChildProcess.ownProgram) { self.program = program }

  /// Starts a tool.
  ///
  /// - Parameters:
  ///   - work: as it is asked for.
  ///   - report: gets it whenever it has said something, and at its end; on another thread.
  /// - Throws: `Problem` while another one works.
  func start(
    _ work: ToolWork, report: @escaping @Sendable (ToolWork) -> Void
  ) throws(Problem) {
    let isFree = state.withLock { state in
      defer { state.isAtWork = true }
      if !state.isAtWork { state.isStopped = false }
      return !state.isAtWork
    }
    guard isFree else {
      throw Problem(
        "another tool is at work", whatToDo: "Wait for its end, or stop it: T has it in its list.")
    }
    queue.async { self.run(work, report) }
  }

  private func run(_ asked: ToolWork, _ report: @Sendable (ToolWork) -> Void) {
    var work = asked
    report(work)
    do throws(ChildProcess.StartFailure) {
      let ending = try ChildProcess.run(
        [program] + work.words.dropFirst(),
        environment: ["\(ProgressLine.variable)=\(ProgressLine.wanted)"]
          + ChildProcess.ownEnvironment, ownGroup: true
      ) { child in
        let isLate = state.withLock { state in
          state.child = child
          return state.isStopped
        }
        if isLate { child.signalGroup(SIGTERM) }
      } reading: { bytes in
        work.read(bytes)
        report(work)
      }
      finish(&work, ending)
    } catch {
      state.withLock { $0 = State() }
      work.read(Array("error: \(program) cannot be started: \(error)\n".utf8)[...])
      work.end(.failed(status: 127))
    }
    report(work)
  }

  private func finish(_ work: inout ToolWork, _ ending: ChildProcess.Ending?) {
    let (child, isStopped) = state.withLock { state in
      defer { state = State() }
      return (state.child, state.isStopped)
    }
    switch ending {
    case .exited(0): work.end(.done)
    case .killed where isStopped:
      if let child, let output = work.output {
        ToolFolder.removePart(of: output, leftBy: child.processID)
      }
      work.end(.stopped)
    default: work.end(.failed(status: ending?.shellStatus ?? 127))
    }
  }

  /// Asks the tool that works to end.
  func stop() {
    let child = state.withLock { state in
      state.isStopped = state.isAtWork
      return state.child
    }
    child?.signalGroup(SIGTERM)
  }

  /// Ends the tool that works, and waits for that, two seconds at most.
  func stopAndWait() {
    stop()
    let end = MonotonicClock.now + 2
    while MonotonicClock.now < end, state.withLock(\.isAtWork) { usleep(10_000) }
    state.withLock(\.child)?.signalGroup(SIGKILL)
  }
}
