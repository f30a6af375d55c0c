import CryoEM
import Ground
import Particles
import Refinement

/// A job whose files were looked at: everything that a refinement needs, and what is to be said
/// before it starts.
public struct PreparedInput: Sendable {
  /// The job as it is recorded.
  public internal(set) var job: Job
  /// What of the data its defaults follow.
  public let data: DataFacts
  /// The run folder to be made.
  public let outputFolder: String
  /// The particle file, to be written back with new poses.
  public let particleFile: ParticleFile
  /// What the engine is given.
  public private(set) var input: RefinementInput
  /// What it is given for each of several regions that are refined together, of which `input` is the
  /// first; empty for one.
  public internal(set) var regions: [PreparedRegion] = []
  /// The half-sets where they were drawn anew; nil where the file's own are used.
  public let newHalfSets: [HalfSet]?
  /// What part of the file's particles is refined; nil for all.
  public let part: ParticlePart?
  /// How many last iterations keep their maps.
  public let keepIterations: Int
  /// Whether particles are written with the defocus of the body.
  public let writesBodyDefocus: Bool
  /// Advice that stops nothing.
  public internal(set) var warnings: [JobFinding]
  /// What was found and chosen, a line each.
  public internal(set) var notes: [String]
  /// What the refinement will take.
  public internal(set) var estimate: Estimate
  /// Paths of all files that are read: particles with what a group of them names, maps, mask and image
  /// stacks.
  public internal(set) var inputPaths: [String]
  private let geometry: Geometry
  private let pace: MachinePace

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
  ) throws(JobProblems) {
    guard job.regions.isEmpty else {
      self = try Self.together(
        job, outputFolder: outputFolder, problems: problems, isResuming: isResuming,
        machine: machine)
      return
    }
    try self.init(
      one: job, outputFolder: outputFolder, problems: problems, isResuming: isResuming,
      machine: machine, share: 1)
  }

  /// One region of a job.
  ///
  /// - Parameter share: of the memory, the one of how many regions it is.
  init(
    one job: Job, outputFolder: String, problems: [Problem], isResuming: Bool, machine: Machine,
    share: Int
  ) throws(JobProblems) {
    var findings = Self.findings(of: job, problems, on: machine)
    if !isResuming { checkOutput(outputFolder, &findings) }
    let checked = try CheckedInput(job: job, machine: machine, findings: &findings)
    let inputs = checked.inputs
    var valid = checked.valid
    valid.settings.memoryLimit = valid.settings.memoryLimit.map { $0 / share }
    let (particles, maps) = (checked.particles, checked.maps)

    let geometry = checked.geometry
    let plan = MemoryPlan(
      particles: particles.particles.count, geometry: geometry, settings: valid.settings,
      hasHalfMaps: maps.halfMaps != nil, regions: share, resolution: maps.resolution)
    let place = findings.catching([Parameter.compute.memoryLimit.key]) {
      try plan.place(otherwise: outputFolder)
    }
    if let reason = place?.reason { findings.note(reason) }
    let pace = MachinePace.measured(geometry)
    estimate = Estimate(
      particles: particles.particles.count, geometry: geometry, settings: valid.settings,
      plan: plan,
      isPackedInFile: place?.folder != nil, resolution: maps.resolution,
      pace: pace, keepIterations: inputs.keepIterations)
    Self.checkSpace(
      estimate, scratch: place?.folder, runFolder: outputFolder, isResuming: isResuming, &findings)
    let source = findings.catching([Parameter.input.particles.key]) {
      try StackSource(particles: particles.particles, paths: particles.particles.stacks)
    }
    guard findings.errors.isEmpty, let source else { throw JobProblems(findings.errors) }

    self.job = Self.recorded(job, particles.file, projectFolder: inputs.projectFolder)
    (self.geometry, self.pace) = (geometry, pace)
    data = checked.data
    self.outputFolder = outputFolder
    particleFile = particles.file
    input = RefinementInput(
      settings: valid.settings, particles: particles.particles, images: source, map: maps.map,
      halfMaps: maps.halfMaps, mask: maps.mask, fulcrum: checked.fulcrum)
    input.scratchFolder = outputFolder
    input.start = maps.start
    newHalfSets = inputs.resplit ? particles.particles.halfSets : nil
    part = particles.part
    keepIterations = inputs.keepIterations
    writesBodyDefocus = inputs.writesBodyDefocus
    inputPaths =
      particles.file.files
      + [inputs.map, inputs.halfMapA, inputs.halfMapB, inputs.mask].compactMap { $0 }
      + particles.particles.stacks
    warnings = findings.warnings
    notes = findings.notes + Self.notes(particles, maps: maps)
  }

  /// What is known to be wrong already, and what the job itself says.
  private static func findings(
    of job: Job, _ problems: [Problem], on machine: Machine
  ) -> FindingList {
    var findings = FindingList()
    for problem in problems { findings.add(JobFinding([], problem)) }
    for finding in job.findings(on: machine)
    where !problems.contains(where: { $0.what.hasSuffix(finding.problem.what) }) {
      findings.add(finding)
    }
    return findings
  }

  /// The job as the run folder has it: whoever goes on from the run's particles finds their images from
  /// there.
  private static func recorded(
    _ job: Job, _ file: ParticleFile, projectFolder: String
  ) -> Job {
    var recorded = job
    if let folder = file.imageFolder(otherThan: projectFolder) {
      recorded[Parameter.input.projectFolder] = FilePath.absolute(folder)
    }
    return recorded
  }

  /// What the refinement takes on some ranks, each with threads of its own; memory is that of each.
  public func estimate(ranks: Int, threads: Int) -> Estimate {
    guard let first = regions.first else {
      return estimate(ranks: ranks, threads: threads, regions: 1)
    }
    return regions.dropFirst().reduce(
      first.prepared.estimate(ranks: ranks, threads: threads, regions: regions.count)
    ) { $0.and($1.prepared.estimate(ranks: ranks, threads: threads, regions: regions.count)) }
  }

  private func estimate(ranks: Int, threads: Int, regions: Int) -> Estimate {
    var settings = input.settings
    settings.threads = threads
    let count = input.particles.count
    let plan = MemoryPlan(
      particles: count, images: (count + ranks - 1) / ranks, geometry: geometry,
      settings: settings, hasHalfMaps: input.halfMaps != nil, regions: regions,
      resolution: input.start?.fsc.resolution143)
    return Estimate(
      particles: count, ranks: ranks, geometry: geometry, settings: settings, plan: plan,
      isPackedInFile: estimate.isPackedInFile, resolution: input.start?.fsc.resolution143,
      pace: pace, keepIterations: keepIterations)
  }

  /// Whether the disks have room for the run folder and for the scratch file.
  private static func checkSpace(
    _ estimate: Estimate, scratch: String?, runFolder: String, isResuming: Bool,
    _ findings: inout FindingList
  ) {
    let inRunFolder = scratch == runFolder ? estimate.packed : 0
    // A run that is resumed has written much of it already, and waits for room if need be.
    let needed = (isResuming ? 0 : estimate.disk) + inRunFolder
    Jobs.checkSpace(
      runFolder, key: Parameter.output.folder, needed: needed, &findings)
    if let scratch, scratch != runFolder {
      Jobs.checkSpace(
        scratch, key: Parameter.compute.cacheFolder, needed: estimate.packed, &findings)
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
