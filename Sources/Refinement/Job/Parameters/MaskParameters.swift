private let whenDynamic = Parameter.Condition(key: "mask.type", value: .text("dynamic"))

/// What masks the reference.
let maskParameters: [Parameter] = [
  Parameter(
    "mask.type", "Mask", .choice(["static", "dynamic", "none"]), default: .text("static"), .mask,
    cryosparc: "Mask (dynamic, static, null)", relion: "Reference mask (--solvent_mask)",
    help: """
      Static uses the input mask as it is in every iteration: the recommended way. Dynamic makes a \
      new mask from the current map inside the input mask, which can over-fit its own edge; the FSC \
      is still measured with the input mask. None \
      refines everything within a sphere.
      """),
  Parameter(
    "mask.threshold", "Dynamic mask threshold", .number(.init(from: 0, to: 1)),
    default: .number(0.2), .mask, advanced: true, cryosparc: "Dynamic mask threshold (0-1)",
    onlyWhen: whenDynamic,
    help: """
      Density above this fraction of the maximum of the low-passed map is inside the dynamic mask. \
      Lower it when weak parts are cut off, raise it when noise is let in.
      """),
  Parameter(
    "mask.near", "Dynamic mask near", unit: "Å", .number(.init(from: 0)), default: .number(3),
    .mask, advanced: true, cryosparc: "Dynamic mask near (A)", onlyWhen: whenDynamic,
    help: """
      How far the dynamic mask reaches beyond the density before it begins to fall.
      """),
  Parameter(
    "mask.far", "Dynamic mask far", unit: "Å", .number(.init(above: 0)), default: .number(12),
    .mask, advanced: true, cryosparc: "Dynamic mask far (A)", onlyWhen: whenDynamic,
    help: """
      The distance from the density at which the dynamic mask is zero. Far minus near is the width \
      of the soft edge; for small masks make it wider.
      """),
  Parameter(
    "mask.start_resolution", "Dynamic mask start resolution", unit: "Å",
    .number(.init(above: 0)), default: .number(12), .mask, advanced: true,
    cryosparc: "Dynamic mask start resolution (A)", onlyWhen: whenDynamic,
    help: """
      The input mask is used as it is until the map is better than this, since a mask made of a \
      coarse map is unreliable. The map is low-passed to it before the threshold.
      """),
  Parameter(
    "mask.absolute", "Dynamic mask use absolute value", .toggle, default: .toggle(false), .mask,
    advanced: true, cryosparc: "Dynamic mask use absolute value", onlyWhen: whenDynamic,
    help: """
      Thresholds the absolute density, so that strongly negative density is inside the mask too. \
      For nucleic acid or stain artefacts; normally off.
      """),
]
