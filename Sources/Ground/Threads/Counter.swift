import Synchronization

/// Counts what several threads have done.
public final class Counter: Sendable {
  private let value = Atomic(0)

  public init() {}

  /// Adds and returns the new count.
  public func add(_ amount: Int) -> Int { value.wrappingAdd(amount, ordering: .relaxed).newValue }
}

/// Workspaces that are made once and used again, each by one thread at a time.
public final class WorkspacePool<Workspace: Sendable>: Sendable {
  private let free = Mutex<[Workspace]>([])
  private let make: @Sendable () -> Workspace

  /// A pool that makes a workspace where none is free.
  public init(_ make: @escaping @Sendable () -> Workspace) { self.make = make }

  /// A workspace that nobody uses.
  public func take() -> Workspace { free.withLock { $0.popLast() } ?? make() }

  /// The workspaces that nobody uses: all of them after a loop.
  public var all: [Workspace] { free.withLock { $0 } }

  /// Hands a workspace to the next who asks.
  public func giveBack(_ workspace: Workspace) { free.withLock { $0.append(workspace) } }
}
