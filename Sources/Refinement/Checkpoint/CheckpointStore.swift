import Ground

/// Where a refinement keeps what it needs to go on after its process has died.
///
/// There are two things: the state between iterations, replaced whole, and a list of parts of the
/// search under way, which grows. Whoever keeps them gives back only what was whole when it was saved
/// and belongs to the same run.
public protocol CheckpointStore: Sendable {
  /// What messages call the state: the path of its file.
  var place: String { get }
  /// Seconds between two parts of a search.
  var interval: Double { get }
  /// The state that was saved last; nil before the first.
  ///
  /// - Throws: `Problem` for one that is damaged or of another run or program version.
  func state() throws(Problem) -> [UInt8]?
  /// Replaces the state; it is safe on the disk when this returns.
  func save(_ content: CheckpointContent) throws(Problem)
  /// The parts of the last search in their order; empty where there are none.
  func searchParts() -> [[UInt8]]
  /// Begins the list of a search anew, with its first part.
  func beginSearch(_ first: CheckpointContent) throws(Problem)
  /// Adds a part to the list. A failure loses nothing but the part.
  func append(_ part: CheckpointContent) throws(Problem)
}

/// What distinguishes the checkpoints that this version of the program reads and writes.
public let checkpointLayout = RunState.layout + SearchLog.layout
