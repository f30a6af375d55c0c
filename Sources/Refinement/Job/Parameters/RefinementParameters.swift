/// The iteration loop and the reconstruction.
let refinementParameters: [Parameter] = [
  Parameter(
    "refinement.initial_resolution", "Initial lowpass resolution", unit: "Å",
    .number(.init(above: 0)), default: .number(12), .refinement,
    cryosparc: "Initial lowpass resolution (A)", relion: "Initial low-pass filter (--ini_high)",
    help: """
      The first reference is filtered to this resolution. Lower it when the consensus is much \
      sharper than 12 Å inside the mask; raise it, to 20, when the start might be biased. Without \
      half-maps it is what keeps the two halves apart.
      """),
  Parameter(
    "refinement.split_resolution", "GS-FSC split resolution", unit: "Å",
    .number(.init(above: 0)), default: .number(20), .refinement, advanced: true,
    cryosparc: "GS-FSC split resolution (A)",
    relion: "--low_resol_join_halves",
    help: """
      The two half-maps share what is coarser than this, so that they do not drift apart. The FSC \
      says nothing there. It should be well above the resolution that you expect.
      """),
  Parameter(
    "refinement.resplit", "Force re-do GS split", .toggle, default: .toggle(false), .refinement,
    advanced: true, cryosparc: "Force re-do GS split",
    help: """
      Draws new half-sets at random, with copies of one particle, segments of one filament and picks \
      of one place in the same half. Needed when the input has no split or copies in both halves. \
      Half-maps of the old split know the particles of both new halves: their mean then starts both.
      """),
  Parameter(
    "refinement.minimum_separation", "Minimum separation distance", unit: "Å",
    .number(.init(from: 0)), default: .number(20), .refinement, advanced: true,
    cryosparc: "Minimum separation distance (A), of Remove Duplicate Particles",
    relion: "Minimum inter-particle distance (A), of Subset selection",
    help: """
      Particles nearer to each other than this on one micrograph are taken for one particle picked \
      twice: a new split keeps them in one half, and you are warned of those that the file's split \
      has in both. 0 takes no pick for another's copy.
      """),
  Parameter(
    "refinement.extra_passes", "Extra final passes", .count(.init(from: 0, to: 100)),
    default: .count(0), .refinement, advanced: true,
    cryosparc: "Number of extra final passes",
    help: """
      Iterations after convergence. One or two can help when poses still move a little; more only \
      cost time.
      """),
  Parameter(
    "refinement.maximum_iterations", "Maximum iterations", .count(.init(from: 1, to: 1000)),
    default: .count(20), .refinement, advanced: true, relion: "Number of iterations (--iter)",
    help: """
      The refinement ends here even if it has not converged, and says so. Most converge in four to \
      eight iterations.
      """),
  Parameter(
    "refinement.marginalize", "Marginalization", .toggle, default: .toggle(true), .refinement,
    cryosparc: "Marginalization", relion: "Always on",
    help: """
      Every particle goes into the map at all of its likely poses, weighted, instead of at the best \
      one alone. Maps of small or noisy regions gain most. Turn it off to save time in the \
      reconstruction where poses are sharply known.
      """),
  Parameter(
    "refinement.minimize_scale", "Minimize over per-particle scale", .toggle,
    default: .toggle(false), .refinement, advanced: true,
    cryosparc: "Minimize over per-particle scale", relion: "Intensity scale correction (--scale)",
    help: """
      Fits the contrast of each particle. Keep it off for small masks: the masked region explains \
      only a part of the image, and the scale then follows what lies outside the mask.
      """),
  Parameter(
    "refinement.estimate_greyscale", "Re-estimate greyscale level of reference", .toggle,
    default: .toggle(true), .refinement, advanced: true,
    cryosparc: "Re-estimate greyscale level of reference",
    relion: "Ref. map is on absolute greyscale?",
    help: """
      Fits the scale of the reference's densities to the images in each iteration. Off, the map must \
      already be on the scale of the images, which maps from other programs seldom are.
      """),
  Parameter(
    "refinement.symmetry", "Symmetry", .symmetry, default: .text("C1"), .refinement,
    advanced: true, cryosparc: "Symmetry", relion: "Symmetry (--sym)",
    help: """
      Point group enforced on the map, about the centre of the box and not the fulcrum: C1, Cn, Dn, \
      T, O, I (I1 to I4 for the orientations of RELION). Leave C1 for symmetry-expanded particles, \
      which is nearly always the better way in local refinement.
      """),
  Parameter(
    "refinement.enforce_nonnegativity", "Enforce non-negativity", .toggle,
    default: .toggle(false), .refinement, advanced: true,
    cryosparc: "Enforce non-negativity",
    help: """
      Sets negative densities of the reference to zero, after the filters and before the mask. It made \
      poses better in simulated sets of positive density; real maps have solvent flattened by the \
      missing low frequencies, so look at what it does to yours.
      """),
  Parameter(
    "refinement.reference_folds", "Cross-fitted references (folds per half)",
    .count(.init(from: 1, to: 16)), default: .count(4), .refinement, advanced: true,
    help: """
      Each half-set is cut into this many folds, and a particle is aligned against its half without \
      its own fold, so that its own noise does not hold it in place. It converges in fewer \
      iterations and with smaller errors. 1 turns it off, to save memory in large boxes.
      """),
  Parameter(
    "refinement.anchor_frame", "Keep the frame", .toggle, default: .toggle(true), .refinement,
    advanced: true,
    help: """
      Takes the motion that all particles share out again in each iteration, so that the refined \
      body stays where it is in the consensus map. Off, the body slowly wanders, pulled by the \
      density outside the mask.
      """),
  Parameter(
    "refinement.subtract_outside", "Subtract density outside the mask", .toggle,
    default: .toggle(false), .refinement, cryosparc: "Particle Subtraction (a job of its own)",
    relion: "Particle subtraction (relion_particle_subtract)",
    help: """
      Projects the density outside the mask, from the half-map of the same half and at the input \
      poses, and subtracts it while the images are read; no second stack is written. Worth it when \
      the rest is large and well resolved. Leave it off for particles that were subtracted already.
      """),
  Parameter(
    "refinement.random_seed", "Random seed", .count(.init(from: 0)), default: .count(0),
    .refinement, advanced: true, cryosparc: "Random seed", relion: "--random_seed",
    help: """
      Starts everything random: the folds, a new split, the phases of the FSC correction. The same \
      seed gives the same result to the last byte, whatever the number of threads.
      """),
]
