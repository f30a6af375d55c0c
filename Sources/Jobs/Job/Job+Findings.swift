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
    guard !regions.isEmpty else {
      return ownFindings(given: data, on: machine)
    }
    return regionFindings
      + told(
        regions.indices.map { index in
          (
            regions[index],
            ofRegion(index).ownFindings(
              given: data?.ofRegion(index), on: machine, isMaskTold: true)
          )
        })
  }

  /// What is wrong with a job of one region.
  ///
  /// - Parameter isMaskTold: whether a mask that is missing is told elsewhere.
  private func ownFindings(
    given data: DataFacts?, on machine: Machine, isMaskTold: Bool = false
  ) -> [JobFinding] {
    rangeFindings + requiredFindings + (isMaskTold ? [] : missingMask) + missingMap
      + contradictions + (data.map(dataFindings) ?? []) + advice(on: machine)
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
    Parameter.all.filter { $0.isRequired && value(of: $0) == nil }.map {
      JobFinding(
        [$0.key], "\($0.key): missing", whatToDo: "Set it to \($0.type.expectation): \($0.title).")
    }
  }

  private var missingMap: [JobFinding] {
    let input = Parameter.input
    guard !isSet(input.map), !isSet(input.halfMapA), !isSet(input.halfMapB) else { return [] }
    return [
      JobFinding(
        [input.map.key, input.halfMapA.key], "\(input.map): missing",
        whatToDo: "Set it to the consensus map, or give both half-maps.")
    ]
  }

  private var missingMask: [JobFinding] {
    let (mask, type) = (Parameter.input.mask, Parameter.mask.type)
    guard !isSet(mask), self[type] != RefinementSettings.MaskMode.none else { return [] }
    return [
      JobFinding(
        [mask.key, type.key], "\(mask): missing",
        whatToDo: "Set it to the mask of the region to refine, or \(type) to none.")
    ]
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
