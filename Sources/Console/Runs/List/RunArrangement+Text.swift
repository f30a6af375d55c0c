import Ground
import Jobs
import Refinement
import Report
import Runs

extension RunArrangement {
  /// What a column says of a run.
  func text(_ column: RunColumn, of listing: RunListing) -> String {
    if let sweep = listing.sweep { return sweep.text(column) }
    let manifest = listing.entry.manifest
    switch column {
    case .mark: return marked.contains(listing.path) ? "*" : ""
    case .name:
      // Under the line of its sweep.
      let isInFold = manifest?.group.map { filter.isEmpty && unfolded.contains($0.name) } ?? false
      let indent = isInFold || listing.isRegion ? "  " : ""
      guard !listing.regions.isEmpty, view == .list else { return indent + listing.entry.name }
      let isOpen = unfolded.contains(listing.path)
      return indent + (isOpen ? "- " : "+ ") + listing.entry.name
    case .status: return listing.entry.statusText
    case .iteration:
      return manifest.map { "\(listing.iteration ?? 0)/\($0.maximumIterations)" } ?? ""
    case .resolution: return listing.resolution.map { Numbers.resolution($0) } ?? "–"
    case .extents: return extents(of: listing.job)
    case .particles: return manifest.map { particles(of: $0) } ?? ""
    case .started, .duration: return ""
    case .mask:
      if listing.job?[Parameter.mask.type] == RefinementSettings.MaskMode.none { return "none" }
      if !listing.regions.isEmpty {
        return listing.regions.map(\.entry.name).joined(separator: ", ")
      }
      return listing.job?[Parameter.input.mask].map { FilePath.name(of: $0) } ?? ""
    case .note: return listing.entry.note.split(separator: "\n").first.map(String.init) ?? ""
    }
  }

  /// How many particles, and which share of the file's: the column has no room for both numbers.
  private func particles(of manifest: RunManifest) -> String {
    let count = Format.count(manifest.particles)
    return manifest.part.map { "\(count) \(Format.rounded(100 * $0.fraction, digits: 2))%" }
      ?? count
  }

  private func extents(of job: Job?) -> String {
    let limits = SearchLimits(job)
    guard let rotation = limits.rotation, let shift = limits.shift else { return "" }
    return "\(Numbers.short(rotation))° \(Numbers.short(shift)) Å"
  }
}
