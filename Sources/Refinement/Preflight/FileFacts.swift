import CryoEM
import EMFiles

/// What the files of a job say about its parameters, read as soon as they are chosen: particles and the
/// headers of maps, and the mask. A form has it while it is filled in; the preflight looks further.
public struct FileFacts: Sendable, Equatable {
  /// Box, pixel size and mask; nil where no file could tell them.
  public let data: DataFacts?
  /// What is wrong with the files, as the preflight would say it.
  public let findings: [JobFinding]
  private let question: Question

  /// What of a job the answer depends on.
  struct Question: Sendable, Hashable {
    let files: [String]
    let projectFolder: String
    let resplit: Bool
    let minimumSeparation: Double
    let correctCTF: Bool
    let symmetry: String

    init(_ job: ValidatedJob) {
      let inputs = job.inputs
      files =
        inputs.particles
        + [inputs.passthrough, inputs.map, inputs.halfMapA, inputs.halfMapB, inputs.mask]
        .map { $0 ?? "" }
      projectFolder = inputs.projectFolder
      resplit = inputs.resplit
      minimumSeparation = inputs.minimumSeparation
      correctCTF = job.settings.correctCTF
      symmetry = job.settings.symmetry
    }
  }

  /// Reads the files that a job names, as far as they are chosen.
  public init(of job: Job) {
    let valid = job.resolved(on: .current)
    let inputs = valid.inputs
    var findings = FindingList()
    let particles = CheckedParticles(
      inputs: inputs, settings: valid.settings, findings: &findings)
    let maps = CheckedMaps.headers(inputs: inputs, findings: &findings)
    CheckedMaps.compare(maps, &findings)
    if let particles, let map = maps.first { map.compare(with: particles, &findings) }
    var mask: Volume?
    if let path = inputs.mask, maps.contains(where: { $0.path == path }) {
      mask = findings.catching([Parameter.input.mask.key]) { try Volume(readingCubic: path) }
      if let found = mask, !MaskCheck(path: path, mask: found).run(&findings) { mask = nil }
    }
    question = Question(valid)
    self.findings = findings.errors + findings.warnings
    guard let box = particles?.boxSize ?? maps.first?.sampling.size,
      let pixelSize = particles?.pixelSize ?? maps.first?.sampling.pixelSize
    else {
      data = nil
      return
    }
    data = DataFacts(
      box: box, pixelSize: pixelSize, maskRadius: mask.map { BoundingSphere(of: $0).radius },
      maskCentre: mask?.centreOfMass)
  }

  /// Facts for a job whose files are not there.
  init(answering job: Job, data: DataFacts?, findings: [JobFinding] = []) {
    question = Question(job.resolved(on: .current))
    self.data = data
    self.findings = findings
  }

  /// Whether these are the facts of a job: its files are those that were read.
  public func answer(_ job: Job) -> Bool { question == Question(job.resolved(on: .current)) }
}
