import Refinement

/// Regularisation that follows the local resolution.
public struct NonuniformParameters: ParameterGroup {
  public let enabled: ParameterKey<Bool> = .init(
    "nonuniform.enabled", "Non-Uniform Refinement", .toggle, default: true, .nonuniform,
    to: .settings(\.nonuniform.enabled),
    cryosparc: "Non-Uniform Refinement Enable", relion: "Blush regularisation (--blush)",
    help: """
      Filters every place of the reference to the resolution that the two half-maps agree on there. \
      It keeps noise of floppy parts, micelles and solvent in the mask out of the alignment, and \
      leaves a region of one resolution as it is. Turn it off to save time where the mask is tight \
      about a rigid region.
      """)

  public let filter: ParameterKey<RefinementSettings.NonuniformSettings.Filter> = .init(
    "nonuniform.filter", "Filter type",
    .choice(of: RefinementSettings.NonuniformSettings.Filter.self),
    default: .butterworth, .nonuniform, advanced: true, to: .settings(\.nonuniform.filter),
    cryosparc: "Non-uniform filter type", onlyWhen: { Parameter.nonuniform.enabled.is(true) },
    help: """
      The shape of the low-pass filters that compete at each place. Butterworth is a good \
      compromise; Gaussian is softer and often as good, rectangular is sharp and rings.
      """)

  public let order: ParameterKey<Int> = .init(
    "nonuniform.order", "Non-uniform filter order", .count(.init(from: 1, to: 32)),
    default: 8, .nonuniform, advanced: true, to: .settings(\.nonuniform.order),
    cryosparc: "Non-uniform filter order",
    onlyWhen: { Parameter.nonuniform.enabled.is(true) },
    help: """
      How sharply the Butterworth filters cut off: higher is sharper. Above about 16 they begin to \
      ring.
      """)

  public let awf: ParameterKey<Double> = .init(
    "nonuniform.awf", "Non-uniform AWF", .number(.init(from: 1.5, to: 10)), default: 3,
    .nonuniform, advanced: true, to: .settings(\.nonuniform.awf), cryosparc: "Non-uniform AWF",
    onlyWhen: { Parameter.nonuniform.enabled.is(true) },
    help: """
      The radius of the window in which the half-maps are compared, in wavelengths of the cut-off \
      under test. Smaller follows changes in resolution over shorter distances, but lets in noise \
      in which the half-maps agree by chance; under 2 half-maps of noise alone begin to correlate.
      """)
}
