import EMFiles

extension Job {
  /// Everything that is wrong with the job, or worth a warning, without a look at any file: missing
  /// values, values out of range, parameters that contradict each other.
  public var findings: [JobFinding] {
    rangeFindings + requiredFindings + contradictions + advice
  }

  /// The findings that stop a refinement.
  public var errors: [JobFinding] { findings.filter { $0.problem.severity == .error } }

  private var rangeFindings: [JobFinding] {
    Parameter.all.compactMap { parameter in
      values[parameter.key].flatMap(parameter.problem(with:)).map {
        JobFinding([parameter.key], $0)
      }
    }
  }

  private var requiredFindings: [JobFinding] {
    var findings = Parameter.all.filter { $0.isRequired && self[$0.key] == nil }.map {
      JobFinding(
        [$0.key], "\($0.key): missing", whatToDo: "Set it to \($0.type.expectation): \($0.title).")
    }
    if !isSet("input.mask"), self["mask.type"]?.string != "none" {
      findings.append(
        JobFinding(
          ["input.mask", "mask.type"], "input.mask: missing",
          whatToDo: "Set it to the mask of the region to refine, or mask.type to none."))
    }
    if !isSet("input.map"), !isSet("input.half_map_a"), !isSet("input.half_map_b") {
      findings.append(
        JobFinding(
          ["input.map", "input.half_map_a"], "input.map: missing",
          whatToDo: "Set it to the consensus map, or give both half-maps."))
    }
    return findings
  }

  private var contradictions: [JobFinding] {
    var findings: [JobFinding] = []
    if isSet("input.half_map_a") != isSet("input.half_map_b") {
      let missing = isSet("input.half_map_a") ? "input.half_map_b" : "input.half_map_a"
      findings.append(
        JobFinding(
          [missing], "\(missing): missing, while the other half-map is given",
          whatToDo: "Give both half-maps or neither."))
    }
    findings += order(
      "image.window_inner", below: "image.window_outer", otherwise: "the window has no soft edge")
    findings += order("mask.near", below: "mask.far", otherwise: "the mask has no soft edge")
    return findings
  }

  private func order(_ low: String, below high: String, otherwise reason: String) -> [JobFinding] {
    guard let a = self[low]?.double, let b = self[high]?.double, a >= b else { return [] }
    let text = "\(low) = \(ParameterValue.shortest(a)), \(high) = \(ParameterValue.shortest(b))"
    return [
      JobFinding(
        [low, high], "\(text): \(reason)", whatToDo: "Make \(high) larger than \(low).")
    ]
  }

  private var advice: [JobFinding] {
    func warning(_ keys: [String], _ what: String, _ whatToDo: String) -> JobFinding {
      JobFinding(keys, what, whatToDo: whatToDo, severity: .warning)
    }
    var findings: [JobFinding] = []
    let isPriorOn = self["prior.enabled"]?.bool == true
    for key in ["search.recenter_rotations", "search.recenter_shifts"]
    where self[key]?.bool == true && !isPriorOn {
      findings.append(
        warning(
          [key, "prior.enabled"], "\(key) without the prior: poses can stray in early iterations",
          "Set prior.enabled = true, with the motion that you expect as standard deviations."))
    }
    if !isSet("input.half_map_a"), !isSet("input.half_map_b") {
      findings.append(
        warning(
          ["input.half_map_a", "input.half_map_b"],
          "no half-maps: the same map starts both halves",
          "Give both half-maps of the consensus if you have them; the FSC is then independent."))
    }
    if self["refinement.resplit"]?.bool == true, isSet("input.half_map_a") {
      findings.append(
        warning(
          ["refinement.resplit", "input.half_map_a"],
          "refinement.resplit = true with half-maps: they know the particles of both new halves",
          "Their mean starts both halves. Keep the split if it can be trusted."))
    }
    for parameter in Parameter.all where isChanged(parameter.key) {
      guard let condition = parameter.condition, self[condition.key] != condition.value else {
        continue
      }
      findings.append(
        warning(
          [parameter.key, condition.key],
          "\(parameter.key) is set but has no effect: \(condition.key) is "
            + (self[condition.key]?.text ?? "not set"),
          "Set \(condition.key) = \(condition.value.toml), or leave \(parameter.key) out."))
    }
    return findings + adviceOnValues(warning: warning)
  }

  private func adviceOnValues(
    warning: ([String], String, String) -> JobFinding
  ) -> [JobFinding] {
    var findings: [JobFinding] = []
    if self["mask.type"]?.string == "dynamic" {
      findings.append(
        warning(
          ["mask.type"], "a dynamic mask can over-fit its own edge",
          "Prefer a static mask unless its shape is what you are after."))
    }
    if self["refinement.minimize_scale"]?.bool == true {
      findings.append(
        warning(
          ["refinement.minimize_scale"],
          "a scale per particle follows what lies outside a small mask",
          "Turn refinement.minimize_scale off unless the mask holds most of the particle."))
    }
    if self["prior.enabled"]?.bool == true {
      for (extent, spread) in [
        ("search.rotation_extent", "prior.rotation_sd"), ("search.shift_extent", "prior.shift_sd"),
      ] {
        guard isSet(extent), let limit = self[extent]?.double, limit > 0,
          let deviation = self[spread]?.double, limit < deviation
        else { continue }
        findings.append(
          warning(
            [extent, spread], "\(extent) is less than one standard deviation of the prior",
            "Leave \(extent) out: it is then three standard deviations."))
      }
    }
    return findings
  }
}
