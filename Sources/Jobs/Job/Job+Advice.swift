import Ground

extension Job {
  /// What the field advises, as warnings that stop nothing.
  func advice(on machine: Machine) -> [JobFinding] {
    adviceOnPrior + adviceOnInput + withoutEffect + adviceOnExtents + adviceOnCost(machine)
  }

  private func warning(_ keys: [String], _ what: String, _ whatToDo: String) -> JobFinding {
    JobFinding(keys, what, whatToDo: whatToDo, severity: .warning)
  }

  private var adviceOnPrior: [JobFinding] {
    let enabled = Parameter.prior.enabled
    let recentred = [Parameter.search.recenterRotations, Parameter.search.recenterShifts]
    return recentred.filter { self[$0] == true && self[enabled] != true }.map { key in
      warning(
        [key.key, enabled.key], "\(key) without the prior: poses can stray in early iterations",
        "Set \(enabled) = true, with the motion that you expect as standard deviations.")
    }
  }

  private var adviceOnInput: [JobFinding] {
    let input = Parameter.input
    let resplit = Parameter.refinement.resplit
    if self[resplit] == true, isSet(input.halfMapA) {
      return [
        warning(
          [resplit.key, input.halfMapA.key],
          "\(resplit) = true with half-maps: they know the particles of both new halves",
          "Their mean starts both halves. Keep the split if it can be trusted.")
      ]
    }
    guard !isSet(input.halfMapA), !isSet(input.halfMapB) else { return [] }
    return [
      warning(
        [input.halfMapA.key, input.halfMapB.key],
        "no half-maps: the same map starts both halves",
        "Give both half-maps of the consensus if you have them; the FSC is then independent.")
    ]
  }

  private var withoutEffect: [JobFinding] {
    Parameter.all.filter { isChanged($0.key) }.compactMap { parameter in
      guard let condition = parameter.condition, self[condition.key] != condition.value else {
        return nil
      }
      return warning(
        [parameter.key, condition.key],
        "\(parameter.key) is set but has no effect: \(condition.key) is "
          + (self[condition.key]?.text ?? "not set"),
        "Set \(condition.key) = \(condition.value.toml), or leave \(parameter.key) out.")
    }
  }

  /// Extents that cut the prior, or go beyond what a local refinement can support.
  private var adviceOnExtents: [JobFinding] {
    let (search, prior) = (Parameter.search, Parameter.prior)
    var findings: [JobFinding] = []
    if self[prior.enabled] == true {
      for (extent, deviation) in [
        (search.rotationExtent, prior.rotationDeviation),
        (search.shiftExtent, prior.shiftDeviation),
      ] {
        guard isSet(extent), let limit = self[extent], limit > 0, let spread = self[deviation],
          limit < Self.leastExtent * spread
        else { continue }
        let share = Format.shortest((10 * limit / spread).rounded() / 10)
        findings.append(
          warning(
            [extent.key, deviation.key],
            "\(extent) = \(Format.shortest(limit)) cuts the prior at \(share) standard "
              + "deviations",
            "Leave \(extent) out: it is then three standard deviations, and follows \(deviation)."))
      }
    }
    if let extent = self[search.rotationExtent], extent > 60 {
      let cause = isSet(search.rotationExtent) ? search.rotationExtent : prior.rotationDeviation
      findings.append(
        warning(
          [cause.key, search.rotationExtent.key],
          "\(search.rotationExtent) = \(Format.shortest(extent.rounded())): wider than a "
            + "local refinement can support",
          "Refine globally first; 20 degrees are wide for most bodies."))
    }
    return findings
  }

  /// Standard deviations of the prior below which an extent cuts it: more than one in ten rotations
  /// drawn from a three-dimensional Gaussian lie beyond 2.5 of them.
  private static let leastExtent = 2.5

  private func adviceOnCost(_ machine: Machine) -> [JobFinding] {
    var findings: [JobFinding] = []
    if self[Parameter.mask.type] == .dynamic {
      findings.append(
        warning(
          [Parameter.mask.type.key], "a dynamic mask can over-fit its own edge",
          "Prefer a static mask unless its shape is what you are after."))
    }
    let scale = Parameter.refinement.minimizeScale
    if self[scale] == true {
      findings.append(
        warning(
          [scale.key], "a scale per particle follows what lies outside a small mask",
          "Turn \(scale) off unless the mask holds most of the particle."))
    }
    let threads = Parameter.compute.threads
    if let count = self[threads], count > machine.cores {
      let cores = machine.cores == 1 ? "1 core" : "\(machine.cores) cores"
      findings.append(
        warning(
          [threads.key], "\(threads) = \(count): there are \(cores) here",
          "More threads than cores only slow it down: leave \(threads) out for all cores."))
    }
    return findings
  }
}
