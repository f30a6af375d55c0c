import Refinement

/// Regularisation that follows the local resolution.
public struct NonuniformParameters: ParameterGroup {
  public let enabled: ParameterKey<Bool> = .init(
    "nonuniform.enabled", "Non-Uniform Refinement", .toggle, default: true, .nonuniform,
    to: .settings(\.nonuniform.enabled),
    cryosparc: "Non-Uniform Refinement Enable", relion: "Blush regularisation (--blush)",
    help: """
      Takes of every band of frequencies, at each place of a reference, what stands out of the noise \
      there. It keeps noise of floppy parts, micelles and solvent in the mask out of the alignment. \
      Turn it off to save time where the mask is tight about a rigid region.
      """)

  public let filter: ParameterKey<RefinementSettings.NonuniformSettings.Filter> = .init(
    "nonuniform.filter", "Filter type",
    .choice(of: RefinementSettings.NonuniformSettings.Filter.self),
    default: .butterworth, .nonuniform, advanced: true, to: .settings(\.nonuniform.filter),
    cryosparc: "Non-uniform filter type", onlyWhen: { Parameter.nonuniform.enabled.is(true) },
    help: """
      The shape of the low-pass filters between which the bands lie. Butterworth is a good \
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
    "nonuniform.awf", "Non-uniform AWF", .number(.init(from: 1, to: 10)), default: 1.5,
    .nonuniform, advanced: true, to: .settings(\.nonuniform.awf), cryosparc: "Non-uniform AWF",
    onlyWhen: { Parameter.nonuniform.enabled.is(true) },
    help: """
      The radius of the window in which the power of a band is measured, in wavelengths of its upper \
      cut-off. Smaller follows changes over shorter distances, larger tells signal from noise more \
      surely. cryoSPARC's 3 compares half-maps; here each reference is looked at by itself, and \
      narrower windows do better.
      """)
}
