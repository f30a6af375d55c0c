import Glibc
import Ground

/// Writing where the disk is full or the file system fails for a moment.
extension RunWriter {
  /// Does a write until it succeeds: while the disk is full, and for `patience` where the file system
  /// fails as it may for moments, again every few seconds.
  ///
  /// - Throws: `Problem` for any other failure, and where a stop was asked for.
  func insist(_ write: () throws(Problem) -> Void) throws(Problem) {
    var waited = 0
    let began = MonotonicClock.now
    while true {
      do throws(Problem) {
        if isLost { throw failure ?? Problem("the run folder is lost", whatToDo: "") }
        try write()
        if waited > 0 { wentOn() }
        return
      } catch {
        let (isStopRequested, tell) = state.withLock { ($0.isStopRequested, $0.tell) }
        let isPassing = error.isPassing && MonotonicClock.now - began < patience
        guard error.isFullDisk || isPassing, !isStopRequested() else { throw error }
        if waited == 0 {
          let text =
            error.isFullDisk
            ? "\(error.what); the refinement waits for room and then goes on"
            : "\(error.what); it is tried again for \(Format.duration(patience))"
          state.withLock { $0.notice = text }
          tell(text)
          _ = lock.beat(notice: text)
        }
        waited += 1
        for _ in 0..<20 where !isStopRequested() { usleep(100_000) }
      }
    }
  }

  /// It can be written again.
  private func wentOn() {
    let (notice, tell) = state.withLock { state in
      defer { state.notice = nil }
      return (state.notice, state.tell)
    }
    guard let notice else { return }
    note(.warning, notice)
    let text = "It can be written again; the refinement goes on"
    note(.log, text)
    tell(text)
  }

  func keep(_ problem: Problem) {
    guard !problem.isFullDisk, !problem.isPassing else { return }
    state.withLock { if $0.failure == nil { $0.failure = problem } }
  }

  func attempt(_ write: () throws(Problem) -> Void) {
    do throws(Problem) { try insist(write) } catch {
      state.withLock { if $0.failure == nil { $0.failure = error } }
    }
  }
}
