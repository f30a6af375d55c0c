/// What may hold the work of a thread: every loop over chunks waits by it before each chunk.
public struct Gate: Sendable {
  /// The gate by which the loops of this thread wait; nil where nothing holds them.
  @TaskLocal public static var current: Gate?

  /// Returns when work may go on.
  let wait: @Sendable () -> Void

  public init(wait: @escaping @Sendable () -> Void) { self.wait = wait }
}
