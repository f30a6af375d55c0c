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
  struct Question: Sendable, Equatable {
    let files: [String]
    let projectFolder: String
    let resplit: Bool
    let minimumSeparation: Double
    let fraction: Double
    let correctCTF: Bool
    let symmetry: String
    let regions: [JobRegion]

    init(_ job: Job) { self.init(job.resolved(on: .current), regions: job.regions) }

    init(_ job: ValidatedJob, regions: [JobRegion]) {
      let inputs = job.inputs
      self.regions = regions.map { region in
        let mask = Parameter.input.mask
        return JobRegion(name: region.name, values: region.values.filter { $0.key == mask.key })
      }
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
    question = Question(valid, regions: job.regions)
    let headers = Self.headers(of: CheckedMaps.files(of: inputs), &findings)
    let whole = headers.first { $0.isCubic }
    guard let box = particles?.boxSize ?? whole?.size.x,
      let pixelSize = particles?.pixelSize ?? whole?.pixelSize
    else {
      data = nil
      self.findings = findings.errors + findings.warnings
      return
    }
    let sampling = Sampling(size: box, pixelSize: pixelSize)
    var fitting = MapFitting(headers, box: sampling)
    var mask: DataFacts.Mask?
    for header in headers {
      if header.key == Parameter.input.mask.key {
        mask = fitting.mask(header, &findings)
      } else {
        _ = fitting.place(header, &findings)
      }
    }
    var facts = DataFacts(
      box: box, pixelSize: pixelSize, maps: fitting.frame.grid, maskRadius: mask?.radius,
      maskCentre: mask?.centre)
    var ofRegions: [(region: JobRegion, findings: [JobFinding])] = []
    for region in job.regions {
      var own = FindingList()
      facts.regions.append(Self.mask(of: region, job, headers, box: sampling, &own))
      ofRegions.append((region, own.errors + own.warnings))
    }
    self.findings = findings.errors + findings.warnings + job.told(ofRegions)
    data = facts
  }

  private static func headers(
    of files: [(key: String, path: String)], _ findings: inout FindingList
  ) -> [MapHeader] {
    files.compactMap { file in
      findings.catching([file.key]) { () throws(Problem) in
        try MapHeader(key: file.key, path: file.path)
      }
    }
  }

  /// Where the mask of a region is; nil, with the problems, where it cannot be used.
  private static func mask(
    of region: JobRegion, _ job: Job, _ headers: [MapHeader], box: Sampling,
    _ findings: inout FindingList
  ) -> DataFacts.Mask? {
    let key = Parameter.input.mask
    guard let path = region[key] else { return nil }
    let file = (key.key, FilePath.absolute(job.resolved(path)))
    guard let header = Self.headers(of: [file], &findings).first else { return nil }
    var fitting = MapFitting(headers + [header], box: box)
    return fitting.mask(header, &findings)
  }

  /// Facts for a job whose files are not there.
  init(answering job: Job, data: DataFacts?, findings: [JobFinding] = []) {
    question = Question(job)
    self.data = data
    self.findings = findings
  }

  /// Whether these are the facts of a job: its files are those that were read.
  public func answer(_ job: Job) -> Bool { question == Question(job) }
}

extension MapFitting {
  /// Into a box, in the frame of some maps.
  fileprivate init(_ headers: [MapHeader], box: Sampling) {
    self.init(
      box: box.size, pixelSize: box.pixelSize, frame: MapHeader.frame(of: headers, box: box))
  }

  /// Where the mask of a header is in the box; nil, with the problems, where it cannot be used.
  fileprivate mutating func mask(
    _ header: MapHeader, _ findings: inout FindingList
  ) -> DataFacts.Mask? {
    let read = findings.catching([header.key]) { () throws(Problem) in
      try StoredMap(key: header.key, path: header.path)
    }
    guard var stored = read, stored.checkValues(&findings) else { return nil }
    return fitMask(stored, &findings).map {
      DataFacts.Mask(radius: BoundingSphere(of: $0).radius, centre: $0.centreOfMass)
    }
  }
}
