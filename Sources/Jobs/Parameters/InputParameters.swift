/// Files that go into a refinement.
public struct InputParameters: ParameterGroup {
  public let particles: ParameterKey<[String]> = .init(
    "input.particles", "Particles", .files(["star", "cs", "csg"]), .input, to: .inputs(\.particles),
    cryosparc: "Particles", relion: "Input images STAR file (--i)",
    cistem: "Input particle images",
    help: """
      The particles with their poses, CTF values and gold-standard split, as a RELION star file or \
      a cryoSPARC .cs or .csg. They must come out of a refinement: a local search needs a pose to \
      start from. The result is written in the same format, with every other column as it was.
      """)

  public let passthrough: ParameterKey<String> = .init(
    "input.passthrough", "Passthrough particles", .file(["cs"]), whenUnset: "none", .input,
    advanced: true, to: .inputs(\.passthrough), cryosparc: "Particles (passthrough)",
    help: """
      The .cs file that holds the remaining fields of the same particles, where cryoSPARC has split \
      them over two files. Rows are joined by uid, in whatever order they are. A .csg names it by \
      itself; set this for a bare .cs whose ctf or blob fields are reported missing.
      """)

  public let fraction: ParameterKey<Double> = .init(
    "input.fraction", "Part of the particles", .number(.init(to: 1, above: 0)), default: 1, .input,
    to: .inputs(\.fraction),
    help: """
      Refines an even part of the particles, to try parameters in a fraction of the time: 0.2 is a \
      fifth. It has the same share of both halves and of every optics group, keeps copies and filaments \
      together, and a smaller part lies in every larger one of the same seed. The result holds those \
      particles alone, and its resolution is that of fewer particles: compare it with runs of the same \
      part only.
      """)

  public let map: ParameterKey<String> = .init(
    "input.map", "Map", .file(["mrc", "map", "gz"]), whenUnset: "mean of the half-maps", .input,
    to: .inputs(\.map),
    cryosparc: "Volume (map)", relion: "Reference map (--ref)",
    cistem: "Input reconstruction",
    help: """
      The consensus map in whose frame the poses are. Another box than the particles' is cut or padded \
      about its centre, another pixel size is resampled, and a part of a map is placed by its origin. A \
      map in another frame than the poses gives a first resolution far worse than that of the \
      consensus.
      """)

  public let halfMapA: ParameterKey<String> = .init(
    "input.half_map_a", "Half-map A", .file(["mrc", "map", "gz"]),
    whenUnset: "the map in both halves", .input, to: .inputs(\.halfMapA),
    cryosparc: "Volume (map_half_A)", relion: "run_half1_class001_unfil.mrc",
    help: """
      The unfiltered half-map of the first half-set (rlnRandomSubset 1, split 0). With both \
      half-maps the two halves stay independent from the first iteration on. Without them the same \
      map starts both, which is safe only above the initial low-pass resolution.
      """)

  public let halfMapB: ParameterKey<String> = .init(
    "input.half_map_b", "Half-map B", .file(["mrc", "map", "gz"]),
    whenUnset: "the map in both halves", .input, to: .inputs(\.halfMapB),
    cryosparc: "Volume (map_half_B)", relion: "run_half2_class001_unfil.mrc",
    help: """
      The unfiltered half-map of the second half-set (rlnRandomSubset 2, split 1). Give both \
      half-maps or neither. Exchanged half-maps show as an FSC that is too good to be true in the \
      first iteration.
      """)

  public let mask: ParameterKey<String> = .init(
    "input.mask", "Mask", .file(["mrc", "map", "gz"]), whenUnset: "none (mask.type = none only)",
    .input, to: .inputs(\.mask), cryosparc: "Mask", relion: "Reference mask (--solvent_mask)",
    cistem: "Use Mask?",
    help: """
      The region to be refined: 1 inside, 0 outside, with a soft edge between. The edge should be at \
      least 5 times the expected resolution wide (in Å), and the region above about 150 kDa: \
      smaller or harder masks make particles follow the mask's edge and noise instead of density.
      """)

  public let projectFolder: ParameterKey<String> = .init(
    "input.project_dir", "Project folder", .folder, whenUnset: "the job file's folder", .input,
    to: .inputs(\.projectFolder),
    cryosparc: "Project directory", relion: "Working directory",
    help: """
      The folder from which the image paths of the particle file start: that of the RELION or \
      cryoSPARC project. Set it when stacks are reported missing; the report names every path that \
      was tried.
      """)

  public let badImages: ParameterKey<Double> = .init(
    "input.bad_images", "Bad images to leave out", unit: "%",
    .number(.init(from: 0, to: 100)), default: 1, .input, advanced: true,
    to: .settings(\.badImageShare) { 0.01 * $0 },
    help: """
      The share of the images that may be bad before the refinement gives up: unreadable, cut off, \
      changed while it runs, not numbers, or without content. Those up to the limit are named, \
      counted and left out. Without one in a hundred the signal is half a percent less; more are \
      seldom chance, and the images that are left may have the same fault. At 0 the first ends the run.
      """)
}
