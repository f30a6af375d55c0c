import Runs

/// What Left and Right show and hide: the runs of a sweep, the regions of a run, the branches of the tree.
extension RunList {
  mutating func setFold(open: Bool) {
    if arrangement.view == .tree { return setBranch(open: open) }
    if setRegions(open: open) { return }
    guard arrangement.filter.isEmpty, let current else { return }
    guard let name = current.sweep?.name ?? current.entry.manifest?.group?.name else { return }
    if open {
      arrangement.unfolded.insert(name)
    } else if arrangement.unfolded.remove(name) != nil {
      selected = visible.first { $0.sweep?.name == name }?.path ?? selected
    }
  }

  /// Shows or hides the regions of the selected run, or of the run of the selected region.
  ///
  /// - Returns: whether there was anything to do.
  private mutating func setRegions(open: Bool) -> Bool {
    guard let current else { return false }
    let run = current.isRegion ? current.entry.folder.root : current.path
    guard listing(at: run)?.regions.isEmpty == false else { return false }
    if open {
      arrangement.unfolded.insert(run)
      return true
    }
    guard arrangement.unfolded.remove(run) != nil else { return false }
    selected = run
    return true
  }

  /// Shows or hides what is below the selected line: first the runs that come from it, then its regions.
  /// A line with nothing to hide gives way to the one above it.
  private mutating func setBranch(open: Bool) {
    guard let branch = current?.branch else { return }
    if open {
      if arrangement.folded.remove(branch.line.id) == nil { _ = setRegions(open: true) }
    } else if setRegions(open: false) {
      return
    } else if branch.line.hasChildren, !branch.line.isFolded {
      arrangement.folded.insert(branch.line.id)
    } else if let parent = branch.line.parent, visible.indices.contains(parent) {
      selected = visible[parent].path
    }
  }
}
