import CryoEM
import EMFiles

/// A job that passed validation: what the engine is to do, and with which files.
public struct ValidatedJob: Sendable {
  public let settings: RefinementSettings
  public let inputs: JobInputs
  /// Warnings about the parameters; none of them stops the work.
  public let warnings: [JobFinding]
  /// Choices made for the user that are worth a line in the log.
  public let notes: [String]
}

extension Job {
  /// The settings and inputs of the job, every default resolved.
  ///
  /// Throws `Problems`, all at once, where a value is missing or wrong or contradicts another.
  public func validated(on machine: Machine = .current) throws(Problems) -> ValidatedJob {
    let errors = errors.map(\.problem)
    guard errors.isEmpty else { throw Problems(errors) }
    return resolved(on: machine)
  }

  /// The settings and inputs of a job that may have errors: what can be said of it all the same, so
  /// that its files are looked at in the same go.
  func resolved(on machine: Machine) -> ValidatedJob {
    var notes: [String] = []
    var settings = RefinementSettings()
    applySearch(to: &settings, notes: &notes)
    applyRefinement(to: &settings)
    applyImage(to: &settings)
    applyMask(to: &settings)
    applyNonuniform(to: &settings)
    settings.threads = self["compute.threads"]?.int ?? machine.cores
    let gibibyte = 1_073_741_824.0
    settings.memoryLimit = Int(
      self["compute.memory_limit"]?.double.map { min($0, 1e6) * gibibyte }
        ?? 0.8 * Double(machine.memory))
    set(&settings.badImageShare, "input.bad_images") { 0.01 * $0 }
    settings.cacheDirectory = self["compute.cache_dir"]?.string.map(absolutePath)
    settings.sharpenBFactor = self["output.sharpen_bfactor"]?.double
    return ValidatedJob(
      settings: settings, inputs: inputs,
      warnings: findings.filter { $0.problem.severity == .warning }, notes: notes)
  }

  private func absolutePath(_ path: String) -> String { FilePath.absolute(resolved(path)) }

  private var inputs: JobInputs {
    JobInputs(
      particles: (self["input.particles"]?.pathList ?? []).map(absolutePath),
      passthrough: self["input.passthrough"]?.string.map(absolutePath),
      map: self["input.map"]?.string.map(absolutePath),
      halfMapA: self["input.half_map_a"]?.string.map(absolutePath),
      halfMapB: self["input.half_map_b"]?.string.map(absolutePath),
      mask: self["mask.type"]?.string == "none"
        ? nil : self["input.mask"]?.string.map(absolutePath),
      projectFolder: absolutePath(self["input.project_dir"]?.string ?? "."),
      fulcrumLocation: self["fulcrum.location"]?.string.flatMap(
        JobInputs.FulcrumLocation.init) ?? .mask_center,
      fulcrumVoxel: self["fulcrum.coordinates"]?.point,
      resplit: self["refinement.resplit"]?.bool ?? false,
      minimumSeparation: self["refinement.minimum_separation"]?.double ?? 20,
      outputFolder: self["output.directory"]?.string.map(FilePath.absolute),
      keepIterations: self["output.keep_iterations"]?.int ?? 2)
  }

  private func applySearch(to settings: inout RefinementSettings, notes: inout [String]) {
    set(&settings.priorEnabled, "prior.enabled")
    set(&settings.priorModel, "prior.model")
    set(&settings.priorRotation, "prior.rotation_sd", radians)
    set(&settings.priorShift, "prior.shift_sd")
    set(&settings.rotationExtent, "search.rotation_extent", radians)
    set(&settings.shiftExtent, "search.shift_extent")
    if let extent = extentByPrior("search.rotation_extent")?.double {
      settings.rotationExtent = radians(extent)
      notes.append(
        "Rotation search extent: \(ParameterValue.shortest(extent)) degrees, three standard "
          + "deviations of the prior.")
    }
    if let extent = extentByPrior("search.shift_extent")?.double {
      settings.shiftExtent = extent
      notes.append(
        "Shift search extent: \(ParameterValue.shortest(extent)) Å, three standard deviations of "
          + "the prior.")
    }
    set(&settings.alignmentResolution, "search.alignment_resolution", radians)
    set(&settings.recenterRotations, "search.recenter_rotations")
    set(&settings.recenterShifts, "search.recenter_shifts")
    settings.maximumResolution = self["search.maximum_resolution"]?.double
    settings.exhaustiveSearch = self["search.method"]?.string == "exhaustive"
  }

  private func applyRefinement(to settings: inout RefinementSettings) {
    set(&settings.initialResolution, "refinement.initial_resolution")
    set(&settings.splitResolution, "refinement.split_resolution")
    set(&settings.extraPasses, "refinement.extra_passes")
    set(&settings.maximumIterations, "refinement.maximum_iterations")
    set(&settings.marginalize, "refinement.marginalize")
    set(&settings.minimizeScale, "refinement.minimize_scale")
    set(&settings.estimateGreyscale, "refinement.estimate_greyscale")
    set(&settings.enforceNonnegativity, "refinement.enforce_nonnegativity")
    set(&settings.referenceFolds, "refinement.reference_folds")
    set(&settings.anchorFrame, "refinement.anchor_frame")
    set(&settings.subtractOutside, "refinement.subtract_outside")
    settings.symmetry = self["refinement.symmetry"]?.string ?? settings.symmetry
    settings.randomSeed = self["refinement.random_seed"]?.int.map(UInt64.init) ?? 0
  }

  private func applyImage(to settings: inout RefinementSettings) {
    set(&settings.windowInner, "image.window_inner")
    set(&settings.windowOuter, "image.window_outer")
    set(&settings.dataSign, "image.invert")
    set(&settings.noiseModel, "noise.model")
    settings.highpass = self["image.highpass"]?.double
    set(&settings.correctCTF, "ctf.correct")
    set(&settings.useTilt, "ctf.tilt")
    set(&settings.useTrefoil, "ctf.trefoil")
    set(&settings.useSpherical, "ctf.spherical")
    set(&settings.useTetrafoil, "ctf.tetrafoil")
    set(&settings.useAnisotropicMagnification, "ctf.anisotropic_magnification")
  }

  private func applyMask(to settings: inout RefinementSettings) {
    set(&settings.mask, "mask.type")
    set(&settings.maskThreshold, "mask.threshold")
    set(&settings.maskNear, "mask.near")
    set(&settings.maskFar, "mask.far")
    set(&settings.maskStartResolution, "mask.start_resolution")
    set(&settings.maskAbsolute, "mask.absolute")
  }

  private func applyNonuniform(to settings: inout RefinementSettings) {
    set(&settings.nonuniform.enabled, "nonuniform.enabled")
    set(&settings.nonuniform.filter, "nonuniform.filter")
    set(&settings.nonuniform.order, "nonuniform.order")
    set(&settings.nonuniform.awf, "nonuniform.awf")
  }

  private func set(_ field: inout Bool, _ key: String) { field = self[key]?.bool ?? field }
  private func set(_ field: inout Int, _ key: String) { field = self[key]?.int ?? field }
  private func set(
    _ field: inout Double, _ key: String, _ converted: (Double) -> Double = { $0 }
  ) {
    field = self[key]?.double.map(converted) ?? field
  }
  private func set<Choice: RawRepresentable>(_ field: inout Choice, _ key: String)
  where Choice.RawValue == String {
    field = self[key]?.string.flatMap(Choice.init(rawValue:)) ?? field
  }
}
