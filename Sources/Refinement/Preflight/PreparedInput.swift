import CryoEM
import EMFiles

/// A job whose files were looked at: everything that a refinement needs, and what is to be said
/// before it starts.
public struct PreparedInput: Sendable {
  /// The job as it is recorded.
  public let job: Job
  /// The run folder to be made.
  public let outputFolder: String
  /// The particle file, to be written back with new poses.
  public let particleFile: ParticleFile
  /// What the engine is given.
  public private(set) var input: RefinementInput
  /// The half-sets where they were drawn anew; nil where the file's own are used.
  public let newHalfSets: [HalfSet]?
  /// How many last iterations keep their maps.
  public let keepIterations: Int
  /// Advice that stops nothing.
  public let warnings: [Problem]
  /// What was found and chosen, a line each.
  public let notes: [String]
  /// What the refinement will take.
  public let estimate: Estimate
  /// Paths of all files that are read: particles with what a group of them names, maps, mask and image
  /// stacks.
  public let inputPaths: [String]

  /// Looks at everything that the job names, headers only for images, and writes nothing.
  ///
  /// - Parameters:
  ///   - outputFolder: the run folder to be made, absolute.
  ///   - problems: what is known to be wrong already, to be told in the same go.
  ///   - isResuming: whether the run folder is there already, to be gone on with.
  /// - Throws: every problem at once.
  public init(
    job: Job, outputFolder: String, problems: [Problem] = [], isResuming: Bool = false,
    machine: Machine = .current
  ) throws(Problems) {
    let valid = job.resolved(on: machine)
    var findings = FindingList()
    for problem in problems { findings.add(problem) }
    for finding in job.findings
    where !problems.contains(where: { $0.what.hasSuffix(finding.problem.what) }) {
      findings.add(finding.problem)
    }
    for note in valid.notes { findings.note(note) }
    if !isResuming { checkOutput(outputFolder, &findings) }
    if let scratch = valid.settings.cacheDirectory { checkScratch(scratch, &findings) }
    let particles = CheckedParticles(
      inputs: valid.inputs, settings: valid.settings, findings: &findings)
    let maps = CheckedMaps(inputs: valid.inputs, findings: &findings)
    guard let particles, var maps else { throw Problems(findings.errors) }

    Self.match(&maps, with: particles, inputs: valid.inputs, &findings)
    maps.measure(valid.settings)
    let fulcrum = Self.fulcrum(inputs: valid.inputs, maps: maps, &findings)
    if let path = valid.inputs.mask {
      MaskCheck(path: path, mask: maps.mask).advise(
        resolution: maps.resolution, findings: &findings)
      if let doubt = maps.start?.doubt {
        findings.warning("\(path): \(doubt.what)", doubt.whatToDo)
      }
    }
    if let halves = maps.halfMaps {
      ExpectedPoses(
        halfMaps: halves, mask: maps.mask, particles: particles.particles.count
      )?.advise(valid.settings, &findings)
    }
    let symmetry = findings.catching { try PointGroup(valid.settings.symmetry) } ?? .c1
    checkSymmetry(symmetry, mask: maps.mask, hasMask: valid.inputs.mask != nil, &findings)
    Self.checkSettings(valid.settings, maps: maps, &findings)
    guard findings.errors.isEmpty, let fulcrum else { throw Problems(findings.errors) }

    let geometry = Geometry(
      box: particles.boxSize, mask: maps.mask, fulcrum: fulcrum,
      shiftExtent: valid.settings.shiftExtent,
      stretch: valid.settings.useAnisotropicMagnification ? particles.particles.stretch : 1,
      symmetry: symmetry)
    let plan = MemoryPlan(
      particles: particles.particles.count, geometry: geometry, settings: valid.settings,
      hasHalfMaps: maps.halfMaps != nil, resolution: maps.resolution)
    let place = findings.catching { try plan.place(otherwise: outputFolder) }
    if let reason = place?.reason { findings.note(reason) }
    estimate = Estimate(
      particles: particles.particles.count, geometry: geometry, settings: valid.settings,
      plan: plan,
      isPackedInFile: place?.folder != nil, resolution: maps.resolution,
      keepIterations: valid.inputs.keepIterations)
    Self.checkSpace(
      estimate, scratch: place?.folder, runFolder: outputFolder, isResuming: isResuming, &findings)
    let source = findings.catching {
      try StackSource(particles: particles.particles, paths: particles.particles.stacks)
    }
    guard findings.errors.isEmpty, let source else { throw Problems(findings.errors) }

    self.job = job
    self.outputFolder = outputFolder
    particleFile = particles.file
    input = RefinementInput(
      settings: valid.settings, particles: particles.particles, images: source, map: maps.map,
      halfMaps: maps.halfMaps, mask: maps.mask, fulcrum: fulcrum)
    input.scratchFolder = outputFolder
    input.start = maps.start
    newHalfSets = valid.inputs.resplit ? particles.particles.halfSets : nil
    keepIterations = valid.inputs.keepIterations
    let inputs = valid.inputs
    inputPaths =
      particles.file.files
      + [inputs.map, inputs.halfMapA, inputs.halfMapB, inputs.mask].compactMap { $0 }
      + particles.particles.stacks
    warnings = findings.warnings
    notes = findings.notes + Self.notes(particles, maps: maps)
  }

  /// Brings the maps to the box of the particles, where only the box differs.
  private static func match(
    _ maps: inout CheckedMaps, with particles: CheckedParticles, inputs: JobInputs,
    _ findings: inout FindingList
  ) {
    let path = inputs.map ?? inputs.halfMapA ?? ""
    guard maps.map.hasPixelSize(particles.pixelSize) else {
      let box = maps.map.size
      findings.error(
        "\(path): \(maps.map.sampling), but the particles have pixels of \(particles.pixelSize) Å",
        "Resample the maps and the mask to the particles' pixel size (relion_image_handler "
          + "--rescale_angpix \(particles.pixelSize) --new_box \(box)).")
      return
    }
    guard maps.map.size != particles.boxSize else { return }
    let how = maps.map.size > particles.boxSize ? "cut" : "padded"
    findings.note(
      "The maps have box \(maps.map.size), the particles \(particles.boxSize): maps and mask are "
        + "\(how) to \(particles.boxSize) about the centre.")
    maps.box(to: particles.boxSize)
  }

  /// The fulcrum, Å from the box centre; nil where it is outside the box.
  private static func fulcrum(
    inputs: JobInputs, maps: CheckedMaps, _ findings: inout FindingList
  ) -> Vector3? {
    if let voxel = inputs.fulcrumVoxel {
      let last = Double(maps.mask.size - 1)
      guard [voxel.x, voxel.y, voxel.z].allSatisfy({ $0 >= 0 && $0 <= last }) else {
        findings.error(
          "fulcrum.coordinates = \(ParameterValue.coordinates(voxel).text): outside the box",
          "Give x,y,z in voxels from the corner of the box, 0 to \(maps.mask.size - 1).")
        return nil
      }
      return maps.mask.position(ofIndex: voxel)
    }
    guard inputs.mask != nil, inputs.fulcrumLocation == .mask_center else { return .zero }
    return maps.mask.centreOfMass
  }

  /// What can only be said of parameters when the data are known.
  private static func checkSettings(
    _ settings: RefinementSettings, maps: CheckedMaps, _ findings: inout FindingList
  ) {
    let nyquist = 2 * maps.map.pixelSize
    for (key, value) in [
      ("search.maximum_resolution", settings.maximumResolution),
      ("refinement.initial_resolution", settings.initialResolution),
      ("refinement.split_resolution", settings.splitResolution),
    ] {
      guard let value, value < nyquist * 0.999 else { continue }
      findings.error(
        "\(key) = \(ParameterValue.shortest(value)): finer than two pixels, "
          + "\(ParameterValue.shortest(nyquist)) Å",
        "Give at least \(ParameterValue.shortest(nyquist)).")
    }
    let halfBox = Double(maps.map.size / 2) * maps.map.pixelSize
    checkWindow(settings, mask: maps.mask, &findings)
    if settings.initialResolution > halfBox {
      findings.error(
        "refinement.initial_resolution = \(ParameterValue.shortest(settings.initialResolution)): "
          + "coarser than half the box, \(ParameterValue.shortest(halfBox)) Å",
        "A reference needs some shells to align to: 12 to 30 is usual.")
    }
    if let highpass = settings.highpass, highpass <= settings.initialResolution {
      findings.error(
        "image.highpass = \(ParameterValue.shortest(highpass)): nothing is left of the first "
          + "reference, which ends at \(ParameterValue.shortest(settings.initialResolution)) Å",
        "Give a high-pass coarser than refinement.initial_resolution, or leave it out.")
    }
    if settings.shiftExtent >= halfBox {
      findings.error(
        "search.shift_extent = \(ParameterValue.shortest(settings.shiftExtent)): not less than half "
          + "the box, \(ParameterValue.shortest(halfBox)) Å",
        "Local refinement moves particles by a few Å: 10 is usual.")
    }
    if settings.rotationExtent > radians(60) {
      findings.warning(
        "search.rotation_extent = \(ParameterValue.shortest(degrees(settings.rotationExtent).rounded()))"
          + ": wider than a local refinement can support",
        "Refine globally first; 20 degrees are wide for most bodies.")
    }
  }

  /// The images' window must leave what the mask is about.
  private static func checkWindow(
    _ settings: RefinementSettings, mask: Volume, _ findings: inout FindingList
  ) {
    let half = Double(mask.size / 2) * mask.pixelSize
    let sphere = BoundingSphere(of: mask)
    guard sphere.radius < half, settings.windowOuter * half < sphere.radius else { return }
    findings.error(
      "image.window_outer = \(ParameterValue.shortest(settings.windowOuter)): the window ends "
        + "\(Int((settings.windowOuter * half).rounded())) Å from the centre, and the mask is "
        + "\(Int((2 * sphere.radius).rounded())) Å across",
      "Make the window larger than the particle: 0.85 and 0.99 are usual.")
  }

  /// Whether the disks have room for the run folder and for the scratch file.
  private static func checkSpace(
    _ estimate: Estimate, scratch: String?, runFolder: String, isResuming: Bool,
    _ findings: inout FindingList
  ) {
    let inRunFolder = scratch == runFolder ? estimate.packed : 0
    // A run that is resumed has written much of it already, and waits for room if need be.
    let needed = (isResuming ? 0 : estimate.disk) + inRunFolder
    Refinement.checkSpace(runFolder, key: "output.directory", needed: needed, &findings)
    if let scratch, scratch != runFolder {
      Refinement.checkSpace(scratch, key: "compute.cache_dir", needed: estimate.packed, &findings)
    }
  }

  private static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)" + (count == 1 ? "" : "s")
  }

  private static func notes(_ particles: CheckedParticles, maps: CheckedMaps) -> [String] {
    let set = particles.particles
    let inA = set.halfSets.count { $0 == .a }
    var notes = [
      "Particles: \(set.count) (\(inA) + \(set.count - inA)), \(maps.map.sampling), "
        + "\(counted(set.stacks.count, "stack")), \(counted(set.optics.count, "optics group"))."
    ]
    if let resolution = maps.resolution, resolution.isFinite {
      // With two decimals, as everywhere.
      let hundredths = Int((resolution * 100).rounded())
      let rounded = "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
      notes.append("Half-maps inside the mask: \(rounded) Å (FSC 0.143).")
    }
    return notes
  }
}
