/// The iteration loop and the reconstruction.
public struct RefinementParameters: ParameterGroup {
  public let initialResolution: ParameterKey<Double> = .init(
    "refinement.initial_resolution", "Initial lowpass resolution", unit: "Å",
    .number(.init(above: 0)), default: 12,
    derived: DefaultRule("at least two pixels, and at most half the box") { _, data in
      guard let data else { return nil }
      if data.nyquist > 12 { return (data.nyquist, "two pixels") }
      return data.halfBox < 12 ? (data.halfBox, "half the box") : nil
    }, .refinement, to: .settings(\.initialResolution),
    cryosparc: "Initial lowpass resolution (A)", relion: "Initial low-pass filter (--ini_high)",
    help: """
      The first reference is filtered to this resolution. Lower it when the consensus is much \
      sharper than 12 Å inside the mask; raise it, to 20, when the start might be biased. Without \
      half-maps it is what keeps the two halves apart.
      """)

  public let splitResolution: ParameterKey<Double> = .init(
    "refinement.split_resolution", "GS-FSC split resolution", unit: "Å",
    .number(.init(above: 0)), default: 20,
    derived: DefaultRule("at least three pixels") { _, data in
      guard let data, 3 * data.pixelSize > 20 else { return nil }
      return (3 * data.pixelSize, "three pixels")
    }, .refinement, advanced: true, to: .settings(\.splitResolution),
    cryosparc: "GS-FSC split resolution (A)",
    relion: "--low_resol_join_halves",
    help: """
      The two half-maps share what is coarser than this, so that they do not drift apart, as far as \
      they agree by half before anything is aligned. The FSC says nothing there. It should be well \
      above the resolution that you expect.
      """)

  public let resplit: ParameterKey<Bool> = .init(
    "refinement.resplit", "Force re-do GS split", .toggle, default: false, .refinement,
    advanced: true, to: .inputs(\.resplit), cryosparc: "Force re-do GS split",
    help: """
      Draws new half-sets at random, with copies of one particle, segments of one filament and picks \
      of one place in the same half. Needed when the input has no split or copies in both halves. \
      Half-maps of the old split know the particles of both new halves: their mean then starts both.
      """)

  public let minimumSeparation: ParameterKey<Double> = .init(
    "refinement.minimum_separation", "Minimum separation distance", unit: "Å",
    .number(.init(from: 0)), default: 20, .refinement, advanced: true,
    to: .inputs(\.minimumSeparation),
    cryosparc: "Minimum separation distance (A), of Remove Duplicate Particles",
    relion: "Minimum inter-particle distance (A), of Subset selection",
    help: """
      Particles nearer to each other than this on one micrograph are taken for one particle picked \
      twice: a new split keeps them in one half, and you are warned of those that the file's split \
      has in both. 0 takes no pick for another's copy.
      """)

  public let extraPasses: ParameterKey<Int> = .init(
    "refinement.extra_passes", "Extra final passes", .count(.init(from: 0, to: 100)),
    default: 0, .refinement, advanced: true, to: .settings(\.extraPasses), whileRunning: true,
    cryosparc: "Number of extra final passes",
    help: """
      Iterations after convergence. One or two can help when poses still move a little; more only \
      cost time.
      """)

  public let maximumIterations: ParameterKey<Int> = .init(
    "refinement.maximum_iterations", "Maximum iterations", .count(.init(from: 1, to: 1000)),
    default: 20, .refinement, advanced: true, to: .settings(\.maximumIterations),
    whileRunning: true, relion: "Number of iterations (--iter)",
    help: """
      The refinement ends here even if it has not converged, and says so. Most converge in four to \
      eight iterations.
      """)

  public let marginalize: ParameterKey<Bool> = .init(
    "refinement.marginalize", "Marginalization", .toggle, default: true, .refinement,
    to: .settings(\.marginalize), whileRunning: true,
    cryosparc: "Marginalization", relion: "Always on",
    cistem: "Apply Likelihood Blurring?",
    help: """
      Every particle goes into the map at all of its likely poses, weighted, instead of at the best \
      one alone. Maps of small or noisy regions gain most. Turn it off to save time in the \
      reconstruction where poses are sharply known.
      """)

  public let minimizeScale: ParameterKey<Bool> = .init(
    "refinement.minimize_scale", "Minimize over per-particle scale", .toggle,
    default: false, .refinement, advanced: true, to: .settings(\.minimizeScale),
    cryosparc: "Minimize over per-particle scale", relion: "Intensity scale correction (--scale)",
    help: """
      Fits the contrast of each particle. Keep it off for small masks: the masked region explains \
      only a part of the image, and the scale then follows what lies outside the mask.
      """)

  public let estimateGreyscale: ParameterKey<Bool> = .init(
    "refinement.estimate_greyscale", "Re-estimate greyscale level of reference", .toggle,
    default: true, .refinement, advanced: true, to: .settings(\.estimateGreyscale),
    whileRunning: true,
    cryosparc: "Re-estimate greyscale level of reference",
    relion: "Ref. map is on absolute greyscale?",
    help: """
      Fits the scale of the reference's densities to the images in each iteration. Off, the map must \
      already be on the scale of the images, which maps from other programs seldom are.
      """)

  public let symmetry: ParameterKey<String> = .init(
    "refinement.symmetry", "Symmetry", .symmetry, default: "C1", .refinement,
    advanced: true, to: .settings(\.symmetry), cryosparc: "Symmetry", relion: "Symmetry (--sym)",
    cistem: "Symmetry",
    help: """
      Point group enforced on the map, about the centre of the box and not the fulcrum: C1, Cn, Dn, \
      T, O, I (I1 to I4 for the orientations of RELION). Leave C1 for symmetry-expanded particles, \
      which is nearly always the better way in local refinement.
      """)

  public let enforceNonnegativity: ParameterKey<Bool> = .init(
    "refinement.enforce_nonnegativity", "Enforce non-negativity", .toggle,
    default: false, .refinement, advanced: true, to: .settings(\.enforceNonnegativity),
    cryosparc: "Enforce non-negativity",
    help: """
      Sets negative densities of the reference to zero, after the filters and before the mask. It made \
      poses better in simulated sets of positive density; real maps have solvent flattened by the \
      missing low frequencies, so look at what it does to yours.
      """)

  public let negativeDensity: ParameterKey<Double> = .init(
    "refinement.negative_density", "Share of negative density kept",
    .number(.init(from: 0, to: 1)), default: 0.5, .refinement, advanced: true,
    to: .settings(\.negativeDensity),
    onlyWhen: { Parameter.refinement.enforceNonnegativity.is(false) },
    help: """
      Negative densities of the reference are multiplied by this, after the filters and before the \
      mask: most of them are noise. Half of them made poses better wherever it was tried; 1 leaves the \
      reference as it is. Half-maps and maps are never touched.
      """)

  public let referenceFolds: ParameterKey<Int> = .init(
    "refinement.reference_folds", "Cross-fitted references (folds per half)",
    .count(.init(from: 1, to: 16)), default: 4, .refinement, advanced: true,
    to: .settings(\.referenceFolds),
    help: """
      Each half-set is cut into this many folds, and a particle is aligned against its half without \
      its own fold, so that its own noise does not hold it in place. It converges in fewer \
      iterations and with smaller errors. 1 turns it off, to save memory in large boxes.
      """)

  public let anchorFrame: ParameterKey<Bool> = .init(
    "refinement.anchor_frame", "Keep the frame", .toggle, default: true, .refinement,
    advanced: true, to: .settings(\.anchorFrame), whileRunning: true,
    help: """
      Takes the motion that all particles share out again in each iteration, so that the refined \
      body stays where it is in the consensus map. Off, the body slowly wanders, pulled by the \
      density outside the mask.
      """)

  public let subtractOutside: ParameterKey<Bool> = .init(
    "refinement.subtract_outside", "Subtract density outside the mask", .toggle,
    default: false, .refinement, to: .settings(\.subtractOutside),
    cryosparc: "Particle Subtraction (a job of its own)",
    relion: "Particle subtraction (relion_particle_subtract)",
    help: """
      Projects the density outside the mask, from the half-map of the same half and at the input \
      poses, and subtracts it while the images are read; no second stack is written. Worth it when \
      the rest is large and well resolved. Leave it off for particles that were subtracted already.
      """)

  public let excludeStanding: ParameterKey<Bool> = .init(
    "refinement.exclude_standing", "Exclude what stands still in the mask", .toggle, default: true,
    .refinement, advanced: true, to: .settings(\.excludesStanding),
    onlyWhen: { Parameter.refinement.subtractOutside.is(true) },
    help: """
      A mask's edge reaches into neighbours, whose density stays where the particles started and draws \
      every pose back to there. After the second search what does not move with the body is told from \
      what does, and taken out of references and images; where all of it moves nothing is changed. With \
      several regions it is left to the others. The FSC is measured with the input mask all the same.
      """)

  public let randomSeed: ParameterKey<Int> = .init(
    "refinement.random_seed", "Random seed", .count(.init(from: 0)), default: 0,
    .refinement, advanced: true, to: .settings(\.randomSeed, as: UInt64.init),
    cryosparc: "Random seed", relion: "--random_seed",
    help: """
      Starts everything random: the folds, a new split, the phases of the FSC correction. The same \
      seed gives the same result to the last byte, whatever the number of threads.
      """)
}
