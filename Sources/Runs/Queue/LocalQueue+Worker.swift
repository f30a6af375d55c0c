import Dispatch
import Glibc
import Ground

extension LocalQueue {
  /// Starts a worker where none works, in a session of its own: it survives whoever has started it.
  ///
  /// - Parameter program: this program, and what makes a worker of it.
  /// - Returns: whether one was started.
  /// - Throws: `Problem` where it cannot be started.
  @discardableResult
  public func startWorker(
    _ program: [String] = [ProcessFacts.program, "queue", "work"]
  ) throws(Problem) -> Bool {
    if case .working = worker() { return false }
    try make()
    removeStop()
    do throws(ChildProcess.StartFailure) {
      // It makes its session itself, which the leader of a group could not.
      let child = try ChildProcess(
        ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder] + program, output: .file(logPath))
      DispatchQueue.global().async { child.wait() }
    } catch {
      throw Problem(
        "the worker of the queue cannot be started: \(error.description)",
        whatToDo: "Start it by hand, in \(folder): fulcrum queue work")
    }
    // Two that are started at once agree by the lock; whoever looks next is to see one of them.
    for _ in 0..<200 {
      if case .working = worker() { break }
      // It may have begun and done all that there was already.
      if !members().contains(where: { $0.place != nil }) { break }
      usleep(10_000)
    }
    return true
  }

  /// Whether there is something to do and nobody who does it: runs wait, or died with their worker, and
  /// nobody has stopped the queue.
  public var lacksWorker: Bool {
    guard !isStopped else { return false }
    switch worker() {
    case .working: return false
    case .none: return members().contains { $0.place != nil }
    case .dead: return members().contains { $0.place != nil } || !interrupted().isEmpty
    }
  }

  /// Starts a worker where one lacks. Returns whether it did.
  @discardableResult
  public func startWorkerIfNeeded() throws(Problem) -> Bool {
    lacksWorker ? try startWorker() : false
  }

  private func removeStop() { unlink(stopPath) }

  /// Makes this process, which is to be a worker, one that no terminal ends.
  public static func leaveTerminal() {
    setsid()
    signal(SIGHUP, SIG_IGN)
  }

  /// Begins no run any more, until the worker is started again. What goes on is left alone.
  public func stop() throws(Problem) {
    try make()
    try AtomicFile.write("", to: stopPath)
  }

  /// Stops the runs of the queue that go on, here or elsewhere, and puts them back into it, at their
  /// turns: they save their state first.
  ///
  /// - Parameter seconds: for which their end is waited for.
  /// - Returns: those that have not ended by then.
  public func takeBack(within seconds: Double = 30) throws(Problem) -> [Member] {
    let going = members().filter { $0.status.isLive && $0.manifest.turn != nil }
    for member in going { try member.folder.request(.stop) }
    var left = going
    let end = MonotonicClock.now + seconds
    while !left.isEmpty, MonotonicClock.now < end {
      usleep(50_000)
      left.removeAll { member in
        guard let now = try? member.folder.manifest(), !member.folder.status(of: now).isLive else {
          return false
        }
        if now.status == .finished { return true }
        // A process that is on its way out still holds its folder for a moment.
        return (try? add(member.folder, keepsTurn: true)) != nil
      }
    }
    return left
  }

  /// The runs of the queue whose processes are gone.
  private func interrupted() -> [RunFolder] {
    RunCatalogue.places(in: runs).map(\.folder).filter { folder in
      guard let manifest = try? folder.manifest(), manifest.turn != nil else { return false }
      return folder.status(of: manifest) == .interrupted
    }
  }

  /// Puts runs of the queue that were interrupted, with the worker or with the machine, back into it.
  func takeBackInterrupted() {
    for folder in interrupted() { try? add(folder, keepsTurn: true) }
  }
}
