import Synchronization

/// The threads that a piece of work and all that is inside of it may have: loops within loops take
/// helpers from it as long as there are any, so that there are never more threads than were asked for.
///
/// Of a loop's threads each has its share for the loops inside: eight pieces on 64 threads are eight
/// threads each, however the first of them begins. As pieces end, the shares of the others grow.
public final class Crew: Sendable {
  /// The crew of the work on this thread; nil for the thread alone.
  @TaskLocal public static var current: Crew?

  /// The threads that nobody uses, of all loops together.
  private final class Pool: Sendable {
    let free: Atomic<Int>
    init(_ free: Int) { self.free = Atomic(free) }
  }

  private let pool: Pool
  /// The threads that the loop of this crew and all inside of it should have.
  private let threads: Int
  /// The threads at the loop of this crew.
  private let active: Atomic<Int>

  /// - Parameter threads: the one that asks among them.
  public init(threads: Int) {
    pool = Pool(max(0, threads - 1))
    self.threads = max(1, threads)
    active = Atomic(1)
  }

  private init(pool: Pool, threads: Int, active: Int) {
    self.pool = pool
    self.threads = threads
    self.active = Atomic(active)
  }

  /// The threads that a loop inside should have: its part of those of this crew, rounded up.
  private var share: Int { Self.share(of: threads, among: active.load(ordering: .relaxed)) }

  /// The part of each of `active` threads at a loop that should have so many in all, rounded up.
  static func share(of threads: Int, among active: Int) -> Int {
    (threads + active - 1) / max(1, active)
  }

  /// Takes up to so many helpers; returns how many there were.
  func take(_ wanted: Int) -> Int {
    let wanted = min(wanted, share - 1)
    var known = pool.free.load(ordering: .relaxed)
    while known > 0, wanted > 0 {
      let taken = min(known, wanted)
      let (done, now) = pool.free.weakCompareExchange(
        expected: known, desired: known - taken, ordering: .acquiringAndReleasing)
      if done { return taken }
      known = now
    }
    return 0
  }

  /// The crew of a loop with so many helpers, for what is inside of it.
  func inside(helpers: Int) -> Crew { Crew(pool: pool, threads: share, active: helpers + 1) }

  /// A thread has no more to do at the loop of this crew; the last one goes on with what comes after it.
  func leave() {
    if active.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue > 0 {
      pool.free.wrappingAdd(1, ordering: .releasing)
    }
  }
}
