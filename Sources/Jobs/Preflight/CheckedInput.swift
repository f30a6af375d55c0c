import CryoEM
import Ground
import Particles
import Refinement

/// The files of a job, read and checked against each other, and its parameters given the data.
struct CheckedInput {
  let inputs: JobInputs
  /// The parameters, their defaults derived from the data.
  let valid: ValidatedJob
  let data: DataFacts
  let particles: CheckedParticles
  let maps: CheckedMaps
  let symmetry: PointGroup
  let geometry: Geometry
  /// Å from the box centre.
  let fulcrum: Vector3

  /// - Parameter findings: what was found before; what is found here is added.
  /// - Throws: every problem at once.
  init(job: Job, machine: Machine, findings: inout FindingList) throws(JobProblems) {
    // As far as it can be told before the data are known.
    let asked = job.resolved(on: machine)
    let inputs = asked.inputs
    if let scratch = asked.settings.cacheDirectory { checkScratch(scratch, &findings) }
    let (found, fitted) = try Self.read(asked, &findings)
    // Now that the data are known: what they make of the defaults, and what they do not support.
    let data = DataFacts(
      box: found.boxSize, pixelSize: found.pixelSize, maps: fitted.frame.grid,
      maskRadius: inputs.mask == nil ? nil : BoundingSphere(of: fitted.mask).radius,
      maskCentre: inputs.mask == nil ? nil : fitted.mask.centreOfMass)
    let valid = job.resolved(on: machine, given: data)
    for finding in job.dataFindings(data) { findings.add(finding) }
    for note in valid.notes { findings.note(note) }
    let maps = fitted.measured(valid.settings, isSplitAnew: inputs.resplit)
    particles = found.scaled(valid.settings.useScales, &findings)
    let fulcrum =
      findings.catching([Parameter.input.mask.key]) { try maps.fulcrum(inputs) } ?? .zero
    findings.note(maps.place(of: fulcrum))
    if let path = inputs.mask {
      MaskCheck(path: path, mask: maps.mask).advise(
        resolution: maps.resolution, findings: &findings)
    }
    let symmetry =
      findings.catching([Parameter.refinement.symmetry.key]) {
        try PointGroup(valid.settings.symmetry)
      } ?? .c1
    checkSymmetry(symmetry, mask: maps.mask, hasMask: inputs.mask != nil, &findings)
    guard findings.errors.isEmpty else { throw JobProblems(findings.errors) }
    let settings = valid.settings
    let geometry = Geometry(
      box: found.boxSize, mask: maps.mask, fulcrum: fulcrum, shiftExtent: settings.shiftExtent,
      stretch: found.particles.stretch(isUsed: settings.useAnisotropicMagnification),
      symmetry: symmetry)
    Self.advise(settings, found.particles, maps, geometry, &findings)
    self.geometry = geometry
    (self.inputs, self.valid, self.data) = (inputs, valid, data)
    (self.maps, self.symmetry, self.fulcrum) = (maps, symmetry, fulcrum)
  }

  /// What is worth knowing of poses, defocus and maps before anything is refined.
  private static func advise(
    _ settings: RefinementSettings, _ particles: ParticleSet, _ maps: CheckedMaps,
    _ geometry: Geometry, _ findings: inout FindingList
  ) {
    if let halves = maps.halfMaps {
      ExpectedPoses(
        halfMaps: halves, mask: maps.mask, particles: particles.count, geometry: geometry,
        isBlurred: settings.priorEnabled
      )?.advise(settings, &findings)
    }
    adviseBodyDefocus(
      settings, mask: maps.mask, optics: particles.optics, resolution: maps.resolution,
      findings: &findings)
    adviseEwald(
      settings, mask: maps.mask, optics: particles.optics, resolution: maps.resolution,
      findings: &findings)
    if let warning = doubt(of: maps, settings) { findings.add(warning) }
  }

  private static func read(
    _ asked: ValidatedJob, _ findings: inout FindingList
  ) throws(JobProblems) -> (CheckedParticles, CheckedMaps) {
    let particles = CheckedParticles(
      inputs: asked.inputs, settings: asked.settings, findings: &findings)
    let maps = CheckedMaps(inputs: asked.inputs, particles: particles, findings: &findings)
    guard let particles, let maps else { throw JobProblems(findings.errors) }
    return (particles, maps)
  }

  /// Half-maps that agree on much less than the first reference needs are hardly of one refinement.
  private static func doubt(
    of maps: CheckedMaps, _ settings: RefinementSettings
  ) -> JobFinding? {
    let first = settings.initialResolution
    guard let resolution = maps.resolution, !(resolution <= 2 * first) else { return nil }
    let keys = [Parameter.input.halfMapA.key, Parameter.input.halfMapB.key]
    let agreement =
      resolution.isFinite
      ? "only to \(Format.rounded(resolution, digits: 3)) Å" : "on nothing"
    return JobFinding(
      keys,
      "the half-maps agree \(agreement) inside the mask, and the first reference goes to "
        + "\(Format.rounded(first, digits: 3)) Å",
      whatToDo:
        "Give the half-maps of one refinement, in one frame and of one hand, and a mask of what "
        + "they show.", severity: .warning)
  }
}
