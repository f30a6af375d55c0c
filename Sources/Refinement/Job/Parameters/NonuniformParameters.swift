private let withNonuniform = Parameter.Condition(key: "nonuniform.enabled", value: .toggle(true))

/// Regularisation that follows the local resolution.
let nonuniformParameters: [Parameter] = [
  Parameter(
    "nonuniform.enabled", "Non-Uniform Refinement", .toggle, default: .toggle(true), .nonuniform,
    cryosparc: "Non-Uniform Refinement Enable", relion: "Blush regularisation (--blush)",
    help: """
      Filters every place of the reference to the resolution that the two half-maps agree on there. \
      It keeps noise of floppy parts, micelles and solvent in the mask out of the alignment, and \
      leaves a region of one resolution as it is. Turn it off to save time where the mask is tight \
      about a rigid region.
      """),
  Parameter(
    "nonuniform.filter", "Filter type", .choice(["butterworth", "gaussian", "rectangular"]),
    default: .text("butterworth"), .nonuniform, advanced: true,
    cryosparc: "Non-uniform filter type", onlyWhen: withNonuniform,
    help: """
      The shape of the low-pass filters that compete at each place. Butterworth is a good \
      compromise; Gaussian is softer and often as good, rectangular is sharp and rings.
      """),
  Parameter(
    "nonuniform.order", "Non-uniform filter order", .count(.init(from: 1, to: 32)),
    default: .count(8), .nonuniform, advanced: true, cryosparc: "Non-uniform filter order",
    onlyWhen: withNonuniform,
    help: """
      How sharply the Butterworth filters cut off: higher is sharper. Above about 16 they begin to \
      ring.
      """),
  Parameter(
    "nonuniform.awf", "Non-uniform AWF", .number(.init(from: 1.5, to: 10)), default: .number(3),
    .nonuniform, advanced: true, cryosparc: "Non-uniform AWF", onlyWhen: withNonuniform,
    help: """
      The radius of the window in which the half-maps are compared, in wavelengths of the cut-off \
      under test. Smaller follows changes in resolution over shorter distances, but lets in noise \
      in which the half-maps agree by chance; under 2 half-maps of noise alone begin to correlate.
      """),
]
