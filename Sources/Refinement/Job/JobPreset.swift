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
        "prior.enabled": .toggle(true), "prior.rotation_sd": .number(20),
        "prior.shift_sd": .number(10), "search.recenter_rotations": .toggle(true),
        "search.recenter_shifts": .toggle(true),
      ]),
    JobPreset(
      id: "detail_only", title: "Detail only",
      help: "A region that hardly moves and should become sharper.",
      values: [
        "prior.enabled": .toggle(true), "prior.rotation_sd": .number(3),
        "prior.shift_sd": .number(2),
      ]),
    JobPreset(
      id: "small_region", title: "Small region",
      help: "Less than about 150 kDa in the mask: a narrow prior and a limit of the resolution.",
      values: [
        "prior.enabled": .toggle(true), "prior.rotation_sd": .number(5),
        "prior.shift_sd": .number(3), "search.maximum_resolution": .number(6),
        "refinement.marginalize": .toggle(true),
      ]),
  ]
}

extension Job {
  /// The job with a preset's values; search extents go back to follow the prior.
  public func applying(_ preset: JobPreset) -> Job {
    var job = self
    job["search.rotation_extent"] = nil
    job["search.shift_extent"] = nil
    for (key, value) in preset.values { job[key] = value }
    return job
  }

  /// Keys of the parameters whose values, set or default, are not those of another job.
  public func differences(from other: Job) -> [String] {
    Parameter.all.map(\.key).filter { self[$0] != other[$0] }
  }
}
