import Ground
import Runs

extension RunsScreen {
  /// The runs that tools are about: those that are marked, or the one under the cursor.
  private var toolListings: [RunListing] {
    let found = list.visible.filter { list.arrangement.marked.contains($0.path) }
    return found.isEmpty ? [current].compactMap { $0 } : found
  }

  /// Why tools cannot be used; nil when they can.
  var toolObstacle: String? {
    let listings = toolListings
    guard let first = listings.first else { return "There is no run here yet; N makes a new job" }
    let open = listings.filter { $0.entry.status != .finished }
    guard let name = open.first?.entry.name else { return nil }
    return listings.count == 1
      ? "Tools work on what a finished run has made; \(first.entry.name) has not finished"
      : "Tools on several runs need finished ones; \(name) has not finished"
  }

  func toolMenu(_ surroundings: Surroundings) -> [Effect] {
    let listings = toolListings
    let folders = listings.map(\.path)
    let names = listings.map(\.entry.name).joined(separator: ", ")
    return [
      .popUp(
        ToolMenu.chooser(
          folders, title: "Tools on \(names)", offers: offers(on: folders, surroundings),
          surroundings))
    ]
  }

  func choose(
    tool id: String, of folders: [String], _ surroundings: Surroundings
  ) -> [Effect] {
    ToolMenu.choose(id, of: offers(on: folders, surroundings), surroundings)
  }

  private func offers(on folders: [String], _ surroundings: Surroundings) -> [ToolOffer] {
    let sources = folders.map { folder in
      let listing = list.listing(at: folder)
      return ToolSource(folder: folder, job: listing?.job, surroundings)
    }
    if sources.count == 1 { return sources[0].offers }
    // A run with regions stands for all of them.
    return ToolOffer.offers(
      on: sources.flatMap { $0.regions.isEmpty ? [$0] : $0.regions })
  }
}
