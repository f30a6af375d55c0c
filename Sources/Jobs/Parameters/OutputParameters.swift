/// The machine.
public struct ComputeParameters: ParameterGroup {
  public let threads: ParameterKey<Int> = .init(
    "compute.threads", "Threads", .count(.init(from: 1, to: 4096)), whenUnset: "all cores",
    .output, to: .settings(\.threads), whileRunning: true, cryosparc: "Number of GPUs",
    relion: "Number of threads (--j)",
    cistem: "Max. threads to use for calculation",
    help: """
      Threads that compute. The result is the same to the last byte for any number. Set it on shared \
      machines; more threads than cores only slow it down.
      """)

  public let memoryLimit: ParameterKey<Double> = .init(
    "compute.memory_limit", "Memory limit", unit: "GiB", .number(.init(to: 1_000_000, above: 0)),
    whenUnset: "80% of the machine's memory", .output, advanced: true,
    to: .settings(\.memoryLimit) { Int($0 * 1_073_741_824) },
    help: """
      The refinement plans to stay under this, or says before it starts how much it needs. Set it on \
      a node that you share, to what the queue gave you.
      """)

  public let cacheFolder: ParameterKey<String> = .init(
    "compute.cache_dir", "Scratch folder for packed images", .folder,
    whenUnset: "none (in memory if it fits)", .output, advanced: true,
    to: .settings(\.cacheDirectory),
    cryosparc: "Cache particle images on SSD", relion: "Scratch folder (--scratch_dir)",
    help: """
      Where packed images are kept when they do not fit in memory. A fast local disk is best; about \
      20 kB a particle are needed for usual masks. It is emptied at the end.
      """)
}

/// The results.
public struct OutputParameters: ParameterGroup {
  public let folder: ParameterKey<String> = .init(
    "output.directory", "Run folder", .folder, whenUnset: "runs/NAME of the job file", .output,
    to: .runFolder,
    cryosparc: "Job directory", relion: "Output rootname (--o)",
    help: """
      Everything about the run is written here. It must not exist yet, or hold a run that can be \
      resumed. Without it, the first free of runs/NAME, runs/NAME-2 and so on in the current folder.
      """)

  public let keepIterations: ParameterKey<Int> = .init(
    "output.keep_iterations", "Keep maps of the last iterations", .count(.init(from: 0, to: 1000)),
    default: 2, .output, advanced: true, to: .inputs(\.keepIterations),
    help: """
      Half-maps of this many last iterations stay in the run folder. Metrics and poses of all \
      iterations are always kept; maps of large boxes fill disks.
      """)

  public let bodyDefocus: ParameterKey<Bool> = .init(
    "output.body_defocus", "Write the body's own defocus", .toggle, default: false, .output,
    advanced: true, to: .inputs(\.writesBodyDefocus),
    help: """
      Particles are written with the defocus that they came with. On writes that of the body at its \
      height instead, where ctf.body_defocus uses it: for programs that reconstruct the body alone.
      """)

  public let sharpenBFactor: ParameterKey<Double> = .init(
    "output.sharpen_bfactor", "Sharpening B-factor", unit: "Å²",
    .number(.init(from: -2000, to: 2000)), whenUnset: "Guinier estimate", .output, advanced: true,
    to: .settings(\.sharpenBFactor), whileRunning: true,
    cryosparc: "B-Factor to apply (Sharpening Tools)",
    relion: "Use your own B-factor (--adhoc_bfac)",
    help: """
      B factor of the sharpened map, negative to sharpen. Set it when the estimate, which the result \
      names, gives a noisy or a washed-out map, as it does at resolutions worse than about 8 Å.
      """)
}
