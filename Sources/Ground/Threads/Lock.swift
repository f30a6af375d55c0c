import Synchronization

/// Lets one thread at a time work on something that is elsewhere.
public final class Lock: Sendable {
  private let mutex = Mutex(())

  public init() {}

  /// Runs `body` as soon as no other thread is at work.
  public func whenFree(_ body: () -> Void) { mutex.withLock { _ in body() } }

  /// Runs `body` unless another thread is at work; returns whether it did.
  public func ifFree(_ body: () -> Void) -> Bool {
    mutex.withLockIfAvailable { _ in body() } != nil
  }
}
