import Ground
import TOMLText

extension Job {
  /// What is wrong with the regions as such: names, and masks that are set twice or not at all.
  var regionFindings: [JobFinding] {
    guard !regions.isEmpty else { return [] }
    let mask = Parameter.input.mask
    var findings: [JobFinding] = []
    func error(_ key: String, _ what: String, _ whatToDo: String) {
      findings.append(JobFinding([key], what, whatToDo: whatToDo))
    }
    if isSet(mask) {
      error(
        mask.key, "\(mask) is set, and so are regions, which have masks of their own",
        "Remove \(mask), or the [[region]] tables.")
    }
    var names: Set<String> = []
    for (index, region) in regions.enumerated() {
      if !region.hasUsableName {
        error(
          region.nameKey, "region \(index + 1) is named \(quotedTOML(region.name))",
          "Name it with letters, numbers, - and _: its folder is called so.")
      } else if !names.insert(region.name.lowercased()).inserted {
        error(
          region.nameKey, "two regions are named \(region.name)",
          "Give each region a name of its own.")
      }
      if region[mask] == nil {
        error(
          region.key(of: mask.parameter), "region \(region.name) has no mask",
          "Set its mask = \"FILE\".")
      }
    }
    for (index, region) in regions.enumerated() {
      guard let path = region[mask],
        let other = regions[..<index].first(where: { $0[mask] == path })
      else { continue }
      error(
        region.key(of: mask.parameter),
        "the regions \(other.name) and \(region.name) have the same mask",
        "Give each region a mask of its own.")
    }
    let resplit = Parameter.refinement.resplit
    if self[resplit] == true {
      error(
        resplit.key, "\(resplit) = true with regions",
        "Split the particles anew in a run without regions first.")
    }
    let type = Parameter.mask.type
    if let chosen = self[type], chosen == .none {
      error(type.key, "\(type) = none with regions", "Leave it out: each region has a mask.")
    }
    return findings
  }

  /// Findings of regions, each looked at by itself, as findings of the job: those of all once, others with
  /// their region's name, at what the region may have of its own.
  func told(_ found: [(region: JobRegion, findings: [JobFinding])]) -> [JobFinding] {
    var told: [JobFinding] = []
    for (region, findings) in found {
      for finding in findings {
        let isCommon =
          regions.count > 1 && found.count { $0.findings.contains(finding) } == regions.count
        let named = isCommon ? finding : finding.named(for: region)
        if !told.contains(named) { told.append(named) }
      }
    }
    return told
  }
}

extension JobFinding {
  /// The finding with a region's name, at the region's parameters.
  fileprivate func named(for region: JobRegion) -> JobFinding {
    var problem = problem
    problem.what = "region \(region.name): \(problem.what)"
    let own = keys.map { key in
      JobRegion.parameters.first { $0.parameter.key == key }.map { region.key(of: $0.parameter) }
        ?? key
    }
    return JobFinding(own, problem)
  }
}
