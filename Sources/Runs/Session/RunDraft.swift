import Ground
import Jobs

/// What the folder of a new run is made of: without the maps, so that many can wait.
struct RunDraft: Sendable {
  let path: String
  let job: Job
  let data: DataFacts
  let manifest: RunManifest
  private let inputPaths: [String]
  private let stacks: [String]
  private let events: [(kind: RunEvent.Kind, text: String)]

  init(
    _ prepared: PreparedInput, parent: RunManifest.Parent? = nil, group: RunManifest.Group? = nil
  ) {
    let settings = prepared.input.settings
    path = prepared.outputFolder
    (job, data) = (prepared.job, prepared.data)
    var manifest = RunManifest(
      name: FilePath.name(of: path), particles: prepared.input.particles.count,
      boxSize: prepared.input.map.size, pixelSize: prepared.input.map.pixelSize,
      threads: settings.threads, maximumIterations: settings.maximumIterations, parent: parent)
    manifest.part = prepared.part
    manifest.group = group
    manifest.expected = RunManifest.Expected(
      preparation: prepared.estimate.preparation, final: prepared.estimate.final,
      extraPasses: settings.extraPasses)
    self.manifest = manifest
    inputPaths = prepared.inputPaths
    stacks = prepared.particleFile.particles.stacks
    events =
      prepared.warnings.map { (.warning, $0.what) } + prepared.notes.map { (.log, $0) }
  }

  /// Makes the folder, with what the preflight noted in its events.
  ///
  /// - Parameter turn: in the queue of its folder, of a run that waits there.
  /// - Throws: a problem where it exists or cannot be made.
  func make(turn: RunManifest.Turn? = nil) throws(Problem) -> RunWriter {
    var manifest = manifest
    manifest.turn = turn
    let writer = try RunWriter(creating: path, job: job, data: data, manifest: manifest)
    let folder = writer.folder
    try folder.write(
      InputRecord(of: inputPaths, stacks: stacks, jobPath: folder.jobPath), to: folder.inputsPath)
    for (kind, text) in events { writer.note(kind, text) }
    return writer
  }
}
