import CryoEM
import Ground
import Refinement

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
    let fraction: Double
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
      fraction = inputs.fraction
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
    let headers = CheckedMaps.files(of: inputs).compactMap { file in
      findings.catching([file.key]) { () throws(Problem) in
        try MapHeader(key: file.key, path: file.path)
      }
    }
    question = Question(valid)
    let whole = headers.first { $0.isCubic }
    guard let box = particles?.boxSize ?? whole?.size.x,
      let pixelSize = particles?.pixelSize ?? whole?.pixelSize
    else {
      data = nil
      self.findings = findings.errors + findings.warnings
      return
    }
    var fitting = MapFitting(
      box: box, pixelSize: pixelSize,
      frame: MapHeader.frame(of: headers, box: Sampling(size: box, pixelSize: pixelSize)))
    var mask: Volume?
    for header in headers {
      if header.key == Parameter.input.mask.key {
        mask = fitting.mask(header, &findings)
      } else {
        _ = fitting.place(header, &findings)
      }
    }
    self.findings = findings.errors + findings.warnings
    data = DataFacts(
      box: box, pixelSize: pixelSize, maps: fitting.frame.grid,
      maskRadius: mask.map { BoundingSphere(of: $0).radius }, maskCentre: mask?.centreOfMass)
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

extension MapFitting {
  /// The mask of a header, read and brought into the box; nil, with the problems, where it cannot be
  /// used.
  fileprivate mutating func mask(_ header: MapHeader, _ findings: inout FindingList) -> Volume? {
    let read = findings.catching([header.key]) { () throws(Problem) in
      try StoredMap(key: header.key, path: header.path)
    }
    guard var stored = read, stored.checkValues(&findings) else { return nil }
    return fitMask(stored, &findings)
  }
}
