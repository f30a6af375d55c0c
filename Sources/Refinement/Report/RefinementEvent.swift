import CryoEM

/// What a refinement tells while it runs. The run folder and the progress bar are made of these.
public enum RefinementEvent: Sendable {
  /// A stage began; `iteration` 0 is the preparation, and the final pass and writing have the last
  /// number + 1.
  case stage(Stage, iteration: Int)
  /// `done` of `total` particles of the current stage, or of its steps where it has no particles;
  /// `share` (0…1) is how much of its work that is, where they cost unlike amounts or other work
  /// comes before and after.
  case progress(Stage, done: Int, total: Int, share: Double? = nil)
  /// What an iteration made that is worth keeping; comes before its metrics.
  case artifacts(IterationArtifacts)
  /// An iteration ended.
  case iteration(IterationMetrics)
  /// The final pass was measured.
  case final(IterationMetrics)
  /// Nothing improves of a region any more: it keeps its poses and its density while others go on.
  case rests
  /// Something that the user should know, but that stops nothing.
  case warning(String)
  /// A line for the log.
  case log(String)

  /// The stages of a refinement in their order.
  public enum Stage: String, Sendable, Codable, CaseIterable {
    case packing, subtraction, reconstruction, search, filtering, final
    /// Whoever keeps the result writes it down.
    case writing

    /// The stage in words, as a progress line shows it.
    public var title: String {
      switch self {
      case .packing: "Reading and packing images"
      case .subtraction: "Subtracting density outside the mask"
      case .reconstruction: "Reconstructing"
      case .search: "Aligning"
      case .filtering: "Filtering and FSC"
      case .final: "Final pass"
      case .writing: "Measuring and writing"
      }
    }
  }
}

/// The poses and maps of an iteration.
public struct IterationArtifacts: Sendable {
  /// Number of the iteration; 0 is the input as it came.
  public let iteration: Int
  /// The poses after the iteration, in the order of the input.
  public let poses: [Pose]
  /// The raw half-maps about the mask's centre, in a box of their own.
  public let halfMapA: Volume
  public let halfMapB: Volume
  /// The mask of the references that the iteration made, in the same box.
  public let mask: Volume
  /// Where the centre of the half-maps is, Å from the centre of the input's box.
  public let centre: Vector3
}
