import Ground
import Refinement

extension Job {
  /// Everything that is wrong with the job, or worth a warning: missing values, values out of range,
  /// parameters that contradict each other, and, where the data are known, what they do not support.
  ///
  /// - Parameters:
  ///   - data: what the headers of the files say; nil while they were not read.
  ///   - machine: the computer that would refine.
  public func findings(
    given data: DataFacts? = nil, on machine: Machine = .current
  ) -> [JobFinding] {
    regionFindings + rangeFindings + requiredFindings + contradictions
      + (data.map(dataFindings) ?? [])
      + advice(on: machine)
  }

  /// What can be said without a look at any file.
  public var findings: [JobFinding] { findings() }

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
    let input = Parameter.input
    var findings = Parameter.all.filter { $0.isRequired && value(of: $0) == nil }.map {
      JobFinding(
        [$0.key], "\($0.key): missing", whatToDo: "Set it to \($0.type.expectation): \($0.title).")
    }
    if !isSet(input.mask), regions.isEmpty,
      self[Parameter.mask.type] != RefinementSettings.MaskMode.none
    {
      findings.append(
        JobFinding(
          [input.mask.key, Parameter.mask.type.key], "\(input.mask): missing",
          whatToDo: "Set it to the mask of the region to refine, or \(Parameter.mask.type) to none."
        ))
    }
    if !isSet(input.map), !isSet(input.halfMapA), !isSet(input.halfMapB) {
      findings.append(
        JobFinding(
          [input.map.key, input.halfMapA.key], "\(input.map): missing",
          whatToDo: "Set it to the consensus map, or give both half-maps."))
    }
    return findings
  }

  private var contradictions: [JobFinding] {
    let input = Parameter.input
    var findings: [JobFinding] = []
    if isSet(input.halfMapA) != isSet(input.halfMapB) {
      let missing = isSet(input.halfMapA) ? input.halfMapB : input.halfMapA
      findings.append(
        JobFinding(
          [missing.key], "\(missing): missing, while the other half-map is given",
          whatToDo: "Give both half-maps or neither."))
    }
    findings += order(
      Parameter.image.windowInner, below: Parameter.image.windowOuter,
      otherwise: "the window has no soft edge")
    findings += order(
      Parameter.mask.near, below: Parameter.mask.far, otherwise: "the mask has no soft edge")
    return findings
  }

  private func order(
    _ low: ParameterKey<Double>, below high: ParameterKey<Double>, otherwise reason: String
  ) -> [JobFinding] {
    guard let a = self[low], let b = self[high], a >= b else { return [] }
    let text = "\(low) = \(Format.shortest(a)), \(high) = \(Format.shortest(b))"
    return [
      JobFinding(
        [low.key, high.key], "\(text): \(reason)", whatToDo: "Make \(high) larger than \(low).")
    ]
  }

}
