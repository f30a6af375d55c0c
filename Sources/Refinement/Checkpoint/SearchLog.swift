import Glibc
import Synchronization

/// Keeps the finished chunks of the search under way, so that a search of hours does not begin anew.
final class SearchLog: Sendable {
  private let store: any CheckpointStore
  private let state: Mutex<State>

  private struct State {
    var known: SearchChunks
    var waiting: [(chunk: Int, outcomes: [SearchPass.Outcome])] = []
    var lastSave: Double
    var isSaving = false
  }

  /// How a search began: the first part of its list.
  struct Start: Sendable, Columned {
    /// Number of the iteration.
    var iteration: Int
    /// With what was changed for it, of each body.
    var settings: [RefinementSettings]
    /// Particles of a chunk.
    var chunk: Int
  }

  static let layout = layoutDescription(
    of: Start(iteration: 0, settings: [], chunk: 0))

  /// How the search of an iteration began before the process died; nil where it did not.
  static func start(in store: any CheckpointStore, iteration: Int) -> Start? {
    guard let first = store.searchParts().first,
      let start = CheckpointContent.value(Start.self, of: first), start.iteration == iteration,
      start.chunk == SearchPass.chunk
    else { return nil }
    return start
  }

  /// Begins the list of a search, or goes on with it where it was begun before the process died.
  ///
  /// - Throws: `Problem` where it cannot be written.
  init(_ start: Start, in store: any CheckpointStore) throws {
    self.store = store
    var known = SearchChunks()
    if Self.start(in: store, iteration: start.iteration) != nil {
      for bytes in store.searchParts().dropFirst() {
        guard let part = CheckpointContent.value(SearchChunks.self, of: bytes), part.isConsistent
        else { continue }
        known.add(part)
      }
    } else {
      try store.beginSearch(CheckpointContent(start))
    }
    state = Mutex(State(known: known, lastSave: Self.now))
  }

  /// The chunks that were finished before the process died, of some or all; each is handed out once.
  func takeKnown(_ chunks: Range<Int> = 0..<Int.max) -> SearchChunks {
    state.withLock { $0.known.take(chunks) }
  }

  /// Takes a finished chunk; saves those that wait when it is time.
  func add(_ outcomes: [SearchPass.Outcome], chunk: Int) {
    let isDue = state.withLock { state in
      state.waiting.append((chunk, outcomes))
      return Self.now - state.lastSave >= store.interval
    }
    if isDue { save() }
  }

  /// Saves what waits. What cannot be saved now, for want of room, waits on.
  func save() {
    let batch = state.withLock { state -> [(chunk: Int, outcomes: [SearchPass.Outcome])] in
      guard !state.isSaving else { return [] }
      state.isSaving = true
      defer { state.waiting = [] }
      return state.waiting
    }
    var isSaved = true
    if !batch.isEmpty {
      var part = SearchChunks()
      for (chunk, outcomes) in batch { part.add(outcomes, chunk: chunk) }
      do { try store.append(CheckpointContent(part)) } catch { isSaved = false }
    }
    state.withLock { state in
      if !isSaved { state.waiting = batch + state.waiting }
      state.lastSave = Self.now
      state.isSaving = false
    }
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
