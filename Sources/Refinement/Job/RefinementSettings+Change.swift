extension RefinementSettings {
  /// These settings with what a running refinement can take from others between two iterations: the
  /// search, the prior, and when to end. What images and references were packed with stays.
  public func takingOver(_ other: RefinementSettings) -> RefinementSettings {
    var settings = self
    settings.rotationExtent = other.rotationExtent
    settings.shiftExtent = other.shiftExtent
    settings.alignmentResolution = other.alignmentResolution
    settings.recenterRotations = other.recenterRotations
    settings.recenterShifts = other.recenterShifts
    settings.exhaustiveSearch = other.exhaustiveSearch
    settings.priorEnabled = other.priorEnabled
    settings.priorModel = other.priorModel
    settings.priorRotation = other.priorRotation
    settings.priorShift = other.priorShift
    settings.extraPasses = other.extraPasses
    settings.maximumIterations = other.maximumIterations
    settings.marginalize = other.marginalize
    settings.estimateGreyscale = other.estimateGreyscale
    settings.anchorFrame = other.anchorFrame
    settings.sharpenBFactor = other.sharpenBFactor
    settings.threads = other.threads
    return settings
  }

  /// Keys of the parameters that `takingOver` takes.
  public static let keysOfRunningChange: Set<String> = [
    "search.rotation_extent", "search.shift_extent", "search.alignment_resolution",
    "search.recenter_rotations", "search.recenter_shifts", "search.method", "prior.enabled",
    "prior.model", "prior.rotation_sd", "prior.shift_sd", "refinement.extra_passes",
    "refinement.maximum_iterations", "refinement.marginalize", "refinement.estimate_greyscale",
    "refinement.anchor_frame", "output.sharpen_bfactor", "compute.threads",
  ]
}
