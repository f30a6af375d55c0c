import Synchronization

/// The threads that a piece of work and all that is inside of it may have: loops within loops take
/// helpers from it as long as there are any, so that there are never more threads than were asked for.
public final class Crew: Sendable {
  /// The crew of the work on this thread; nil for the thread alone.
  @TaskLocal public static var current: Crew?

  private let free: Atomic<Int>

  /// - Parameter threads: the one that asks among them.
  public init(threads: Int) { free = Atomic(max(0, threads - 1)) }

  /// Takes up to so many helpers; returns how many there were.
  func take(_ wanted: Int) -> Int {
    var known = free.load(ordering: .relaxed)
    while known > 0, wanted > 0 {
      let taken = min(known, wanted)
      let (done, now) = free.weakCompareExchange(
        expected: known, desired: known - taken, ordering: .acquiringAndReleasing)
      if done { return taken }
      known = now
    }
    return 0
  }

  /// Gives a helper back.
  func giveBack() { free.wrappingAdd(1, ordering: .releasing) }
}
