extension MapShelf {
  /// The maps of several runs behind each other: the consensus of the first, then the last of each; nil while
  /// none is kept.
  init?(comparing runs: [RunSnapshot]) {
    let shelves = runs.map { run in (run.name, MapShelf(run)) }
    guard var shelf = shelves.compactMap(\.1).first else { return nil }
    // What stands before the first iteration is what the run has begun with.
    let consensus = "consensus"
    let before = shelf.steps.prefix { $0.title == consensus }
    shelf.title = runs.map(\.name).joined(separator: ", ")
    shelf.steps =
      before
      + shelves.compactMap { name, shelf in
        guard var step = shelf?.steps.last, step.title != consensus else { return nil }
        step.title = name
        return step
      }
    self = shelf
  }
}
