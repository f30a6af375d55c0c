import Refinement

/// What masks the reference.
public struct MaskParameters: ParameterGroup {
  public let type: ParameterKey<RefinementSettings.MaskMode> = .init(
    "mask.type", "Mask", .choice(of: RefinementSettings.MaskMode.self), default: .staticMask, .mask,
    to: .settings(\.mask),
    cryosparc: "Mask (dynamic, static, null)", relion: "Reference mask (--solvent_mask)",
    help: """
      Static uses the input mask as it is in every iteration: the recommended way. Dynamic makes a \
      new mask from the current map inside the input mask, which can over-fit its own edge; the FSC \
      is still measured with the input mask. None \
      refines everything within a sphere.
      """)

  public let threshold: ParameterKey<Double> = .init(
    "mask.threshold", "Dynamic mask threshold", .number(.init(from: 0, to: 1)),
    default: 0.2, .mask, advanced: true, to: .settings(\.maskThreshold),
    cryosparc: "Dynamic mask threshold (0-1)",
    onlyWhen: { Parameter.mask.type.is(.dynamic) },
    help: """
      Density above this fraction of the maximum of the low-passed map is inside the dynamic mask. \
      Lower it when weak parts are cut off, raise it when noise is let in.
      """)

  public let near: ParameterKey<Double> = .init(
    "mask.near", "Dynamic mask near", unit: "Å", .number(.init(from: 0)), default: 3,
    derived: DefaultRule("at most half of far") { job, _ in
      guard let far = job.valueIfSet(Parameter.mask.far), far / 2 < 3 else { return nil }
      return (far / 2, "half of far")
    },
    .mask, advanced: true, to: .settings(\.maskNear), cryosparc: "Dynamic mask near (A)",
    onlyWhen: { Parameter.mask.type.is(.dynamic) },
    help: """
      How far the dynamic mask reaches beyond the density before it begins to fall.
      """)

  public let far: ParameterKey<Double> = .init(
    "mask.far", "Dynamic mask far", unit: "Å", .number(.init(above: 0)), default: 12,
    derived: DefaultRule("at least two pixels, and 2 Å, beyond near") { job, data in
      let near = job.valueIfSet(Parameter.mask.near) ?? 3
      let edge = max(2, 2 * (data?.pixelSize ?? 0))
      guard 12 - near < edge else { return nil }
      return (near + edge, edge > 2 ? "near + two pixels" : "near + 2 Å")
    },
    .mask, advanced: true, to: .settings(\.maskFar), cryosparc: "Dynamic mask far (A)",
    onlyWhen: { Parameter.mask.type.is(.dynamic) },
    help: """
      The distance from the density at which the dynamic mask is zero. Far minus near is the width \
      of the soft edge; for small masks make it wider.
      """)

  public let startResolution: ParameterKey<Double> = .init(
    "mask.start_resolution", "Dynamic mask start resolution", unit: "Å",
    .number(.init(above: 0)), default: 12,
    derived: DefaultRule("at least three pixels") { _, data in
      guard let data, 3 * data.pixelSize > 12 else { return nil }
      return (3 * data.pixelSize, "three pixels")
    }, .mask, advanced: true, to: .settings(\.maskStartResolution),
    cryosparc: "Dynamic mask start resolution (A)", onlyWhen: { Parameter.mask.type.is(.dynamic) },
    help: """
      The input mask is used as it is until the map is better than this, since a mask made of a \
      coarse map is unreliable. The map is low-passed to it before the threshold.
      """)

  public let absolute: ParameterKey<Bool> = .init(
    "mask.absolute", "Dynamic mask use absolute value", .toggle, default: false, .mask,
    advanced: true, to: .settings(\.maskAbsolute), cryosparc: "Dynamic mask use absolute value",
    onlyWhen: { Parameter.mask.type.is(.dynamic) },
    help: """
      Thresholds the absolute density, so that strongly negative density is inside the mask too. \
      For nucleic acid or stain artefacts; normally off.
      """)
}
