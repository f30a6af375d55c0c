/// A named set of values for a common case.
public struct JobPreset: Sendable, Identifiable {
  public let id: String
  /// The name on the form.
  public let title: String
  /// When to use it.
  public let help: String
  /// The values that it sets.
  public let values: [String: ParameterValue]

  /// The presets, in the order of the form.
  public static let all: [JobPreset] = [
    JobPreset(
      id: "large_motion", title: "Large motion",
      help: "A body that swings by tens of degrees, like the head of a spliceosome.",
      values: [
        Parameter.prior.enabled.key: .toggle(true),
        Parameter.prior.rotationDeviation.key: .number(20),
        Parameter.prior.shiftDeviation.key: .number(10),
        Parameter.search.recenterRotations.key: .toggle(true),
        Parameter.search.recenterShifts.key: .toggle(true),
      ]),
    JobPreset(
      id: "detail_only", title: "Detail only",
      help: "A region that hardly moves and should become sharper.",
      values: [
        Parameter.prior.enabled.key: .toggle(true),
        Parameter.prior.rotationDeviation.key: .number(3),
        Parameter.prior.shiftDeviation.key: .number(2),
      ]),
    JobPreset(
      id: "small_region", title: "Small region",
      help: "Less than about 150 kDa in the mask: a narrow prior and a limit of the resolution.",
      values: [
        Parameter.prior.enabled.key: .toggle(true),
        Parameter.prior.rotationDeviation.key: .number(5),
        Parameter.prior.shiftDeviation.key: .number(3),
        Parameter.search.maximumResolution.key: .number(6),
        Parameter.refinement.marginalize.key: .toggle(true),
      ]),
  ]
}

extension Job {
  /// The job with a preset's values; search extents go back to follow the prior.
  public func applying(_ preset: JobPreset) -> Job {
    var job = self
    job[Parameter.search.rotationExtent] = nil
    job[Parameter.search.shiftExtent] = nil
    for (key, value) in preset.values { job[key] = value }
    return job
  }

  /// Keys of the parameters whose values, set or default, are not those of another job. What is set in
  /// neither follows from the others.
  public func differences(from other: Job) -> [String] {
    Parameter.all.map(\.key).filter {
      (isSet($0) || other.isSet($0)) && self[$0] != other[$0]
    } + regionDifferences(from: other)
  }

  /// The job with those of a preset's values that a region may have of its own, for one region; its search
  /// extents go back to follow its prior.
  public func applying(_ preset: JobPreset, toRegion index: Int) -> Job {
    guard regions.indices.contains(index) else { return self }
    var job = self
    job.unset(Parameter.search.rotationExtent.key, ofRegion: index)
    job.unset(Parameter.search.shiftExtent.key, ofRegion: index)
    for (_, parameter) in JobRegion.parameters {
      if let value = preset.values[parameter.key] {
        job.regions[index].values[parameter.key] = value
      }
    }
    return job
  }
}
