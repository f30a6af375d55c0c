import Ground
import Jobs

/// Runs that wait for a scheduler.
public enum RunQueue {
  /// Makes the folder of a run and hands it to a scheduler; the job goes on with it as with any other
  /// that was interrupted.
  ///
  /// - Throws: `Problem` where the folder cannot be made, or the scheduler refuses the job; nothing is
  ///   left then.
  public static func submit(
    _ prepared: PreparedInput, parent: RunManifest.Parent? = nil, to lane: Lane,
    request: BatchRequest? = nil
  ) throws(Problem) -> RunFolder {
    let request = request ?? lane.request
    let writer = try RunDraft(prepared, parent: parent).make()
    let folder = writer.folder
    writer.end(.queued, message: "Waits in the queue of \(lane.title)")
    do throws(Problem) {
      let script = lane.script(
        for: prepared, request: request,
        command: Self.words([
          ProcessFacts.program, "resume", "--take-over", "--threads", "\(request.threads)",
          folder.path,
        ]))
      try folder.write(script, to: folder.batchScriptPath)
      let line = Holes(lane.submit).filled(["script": shellQuoted(folder.batchScriptPath)])
      let (status, output) = try BatchJob.shell(line)
      guard status == 0, let number = BatchJob.number(in: output) else {
        throw Problem(
          "\(lane.title) has not taken the job: "
            + (output.isEmpty
              ? "status \(status)" : output.split(separator: "\n").joined(separator: "; ")),
          whatToDo: "Look at the lane \(lane.name): it runs \(line)")
      }
      try folder.write(
        BatchJob(lane: lane.name, laneTitle: lane.title, number: number), to: folder.batchJobPath)
    } catch {
      _ = try? folder.remove()
      throw error
    }
    return folder
  }

  /// Takes a run out of the queue, with the command of its lane.
  ///
  /// - Parameter settingsFolder: the user's, which holds the lanes.
  /// - Throws: `Problem` where it does not wait any more, or the scheduler does not do it.
  public static func cancel(
    _ folder: RunFolder, lanesIn settingsFolder: String?
  ) throws(Problem) {
    let manifest = try folder.manifest()
    if manifest.status == .queued, manifest.turn != nil {
      return try stop(folder, message: "Taken out of the queue")
    }
    if manifest.status == .queued, let group = manifest.group {
      return try stop(folder, message: "Taken out of the sweep \(group.name)")
    }
    guard let job = folder.batchJob(), manifest.status == .queued else {
      throw Problem(
        "\(folder.name) does not wait in a queue", whatToDo: "Look at it again: it may have begun.")
    }
    let command = job.line(try Lane.named(job.lane, in: settingsFolder).cancel)
    let (status, output) = try BatchJob.shell(command)
    guard status == 0 else {
      throw Problem(
        "\(job.title) is not cancelled: \(output.isEmpty ? "status \(status)" : output)",
        whatToDo: "Run it by hand: \(command)")
    }
    try stop(folder, message: "\(job.title) was cancelled in the queue")
  }

  /// Looks whether the scheduler still knows the job of a run that waits; one that it does not know any
  /// more is told as stopped. Returns whether that has changed something.
  public static func look(at folder: RunFolder, lanesIn settingsFolder: String?) -> Bool {
    guard let manifest = try? folder.manifest(), manifest.status == .queued,
      let job = folder.batchJob(), let lane = try? Lane.named(job.lane, in: settingsFolder),
      job.isKnown(to: lane) == false
    else { return false }
    return (try? stop(folder, message: "\(job.title) is gone from the queue")) != nil
  }

  /// Says of a run that waits that it does not any more.
  static func stop(
    _ folder: RunFolder, as status: RunStatus = .stopped, message: String
  ) throws(Problem) {
    let lock = try RunLock(folder)
    defer { lock.release() }
    var manifest = try folder.manifest()
    // It may have begun meanwhile.
    guard manifest.status == .queued else { return }
    manifest.status = status
    manifest.message = message
    try folder.write(manifest, to: folder.manifestPath)
  }

  /// Words as a line of the shell.
  static func words(_ words: [String]) -> String {
    words.map(shellQuoted).joined(separator: " ")
  }
}

extension Lane {
  /// The batch script of a run.
  ///
  /// - Parameter command: a line of the shell.
  func script(
    for prepared: PreparedInput, request: BatchRequest, command: String
  ) -> String {
    request.script(
      template, name: FilePath.name(of: prepared.outputFolder),
      memory: prepared.estimate(ranks: request.rankCount, threads: request.threads).memory,
      command: command, log: RunFolder(prepared.outputFolder).batchLogPath)
  }

  /// The batch script that runs a job in a folder, and goes on with it when it is there.
  ///
  /// - Parameter arguments: those of `fulcrum run` that say what to refine, and where to.
  public func script(
    for prepared: PreparedInput, request: BatchRequest, arguments: [String]
  ) -> String {
    script(
      for: prepared, request: request,
      command: RunQueue.words(
        [ProcessFacts.program, "run"] + arguments + ["--resume", "--threads", "\(request.threads)"])
    )
  }
}
