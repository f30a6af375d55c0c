import Synchronization

/// Counts what several threads have done.
final class Counter: Sendable {
  private let value = Atomic(0)

  /// Adds and returns the new count.
  func add(_ amount: Int) -> Int { value.wrappingAdd(amount, ordering: .relaxed).newValue }
}

/// Workspaces that are made once and used again, each by one thread at a time.
final class WorkspacePool<Workspace: Sendable>: Sendable {
  private let free = Mutex<[Workspace]>([])
  private let make: @Sendable () -> Workspace

  init(_ make: @escaping @Sendable () -> Workspace) { self.make = make }

  func take() -> Workspace { free.withLock { $0.popLast() } ?? make() }

  func giveBack(_ workspace: Workspace) { free.withLock { $0.append(workspace) } }
}
