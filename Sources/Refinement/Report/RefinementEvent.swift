/// What a refinement tells while it runs. The run folder and the progress bar are made of these.
public enum RefinementEvent: Sendable {
  /// A stage began; `iteration` 0 is the preparation, and the final pass has the last number + 1.
  case stage(Stage, iteration: Int)
  /// `done` of `total` units (particles, or steps of the stage) of the current stage.
  case progress(Stage, done: Int, total: Int)
  /// An iteration ended.
  case iteration(IterationMetrics)
  /// Something that the user should know, but that stops nothing.
  case warning(String)
  /// A line for the log.
  case log(String)

  /// The stages of a refinement in their order.
  public enum Stage: String, Sendable, Codable, CaseIterable {
    case packing, subtraction, reconstruction, search, filtering, final

    /// The stage in words, as a progress line shows it.
    public var title: String {
      switch self {
      case .packing: "Reading and packing images"
      case .subtraction: "Subtracting density outside the mask"
      case .reconstruction: "Reconstructing"
      case .search: "Aligning"
      case .filtering: "Filtering and FSC"
      case .final: "Final pass"
      }
    }
  }
}
