import Jobs
import Synchronization

/// What screens ask for again and again, and what is done once.
final class Wanted: Sendable {
  let slices = Latest<SliceRequest>()
  let files = Latest<Job>()
  /// What was chosen of a run's particles.
  let count = Latest<ChoiceCount>()
  let maps = Pending<MapRequest>()
  /// The runs whose poses are compared with the first of their branch.
  let roots = Pending<String>()
  /// The last step of the mask maker that was asked for, of each kind.
  let making = Mutex<[MakerTask.Kind: Int]>([:])
  /// Maps along a mode of motion.
  let composer = ModeComposer()
}

/// Requests of which the last one counts: it is met once, however often it is made, and not at all when
/// another is made before its turn comes.
final class Latest<Request: Equatable & Sendable>: Sendable {
  private let wanted = Mutex<Request?>(nil)

  /// - Parameter queue: where the work is put in line.
  func ask(
    for request: Request, on queue: (@escaping @Sendable () -> Void) -> Void,
    do work: @escaping @Sendable () -> Void
  ) {
    let isNew = wanted.withLock { wanted in
      defer { wanted = request }
      return wanted != request
    }
    guard isNew else { return }
    queue {
      guard self.wanted.withLock({ $0 == request }) else { return }
      work()
      self.wanted.withLock { if $0 == request { $0 = nil } }
    }
  }
}

/// Requests each of which is met once, however often it is made meanwhile.
final class Pending<Request: Hashable & Sendable>: Sendable {
  private let wanted = Mutex<Set<Request>>([])

  /// - Parameter queue: where the work is put in line.
  func ask(
    for request: Request, on queue: (@escaping @Sendable () -> Void) -> Void,
    do work: @escaping @Sendable () -> Void
  ) {
    guard wanted.withLock({ $0.insert(request).inserted }) else { return }
    queue {
      work()
      _ = self.wanted.withLock { $0.remove(request) }
    }
  }
}
