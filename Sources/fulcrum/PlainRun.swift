import Glibc
import Ground
import Jobs
import Report
import Runs

/// A refinement without the screens: lines on standard output, and requests to stop until its end.
struct PlainRun {
  let session: RunSession
  let requests: StopRequests
  /// Whether a result to which a rule objects is no success.
  var isStrict = false

  /// Refines until the end.
  ///
  /// Throws a `CommandFailure` where it has not finished.
  func run() throws {
    let printer = ProgressPrinter()
    let session = session
    let ended: @Sendable (StopReason) -> Void = { reason in
      printer.finish()
      printOut(Self.farewell(reason, folder: session.folder))
    }
    // Stopped first, and told then: nobody may read what is told.
    let stop: @Sendable (StopReason) -> RunSession.Stopping = { reason in
      session.stop(reason, within: 3.5) {
        ended(reason)
        OutputQueue.shared.drain(patience: 0.5)
        _exit(reason.exitStatus)
      }
    }
    requests.hand { reason, earlier in
      if case .signal(SIGINT) = reason, earlier > 0 {
        session.endCommandNow()
        printer.finish()
        OutputQueue.shared.drain(patience: 0.5)
        _exit(reason.exitStatus)
      }
      switch (stop(reason), reason) {
      case (.nothing, _): break
      case (.endCommand, _):
        printer.line("\(reason.text): the run has ended, and its command at the end with it.")
      case (.refinement, .signal(SIGINT)):
        printer.line("Stopping; press Ctrl-C again to end at once.")
      case (.refinement, .timeLimit):
        printer.line("The time limit is reached: saving the state.")
      case (.refinement, _): printer.line("\(reason.text): saving the state.")
      }
    }
    let outcome = session.run { printer.take($0) }
    requests.end(with: outcome.exitStatus)
    printer.finish()
    switch outcome {
    case .finished(let summary):
      printOut(RunReport.text(summary, folder: session.folder))
      if isStrict, !summary.isClean { throw CommandFailure(CommandFailure.doubtful, []) }
    case .stopped(let reason):
      // Whoever stopped it wants it gone.
      OutputQueue.shared.limitLastWait(to: 1)
      ended(reason)
      throw CommandFailure(outcome.exitStatus, [])
    case .failed(var problem):
      problem.whatToDo += " Then: fulcrum resume \(session.folder.path)"
      throw CommandFailure(outcome.exitStatus, [problem])
    }
  }

  private static func farewell(_ reason: StopReason, folder: RunFolder) -> String {
    "\(reason.text); what was done is kept.\nTo go on:  fulcrum resume "
      + shellQuoted(folder.path)
  }
}

extension RunSession.Outcome {
  /// The exit status of the program.
  fileprivate var exitStatus: Int32 {
    switch self {
    case .finished: 0
    case .stopped(let reason): reason.exitStatus
    case .failed: CommandFailure.failed
    }
  }
}

/// What a refinement has improved, and where it is.
enum RunReport {
  /// The report in lines.
  static func text(_ summary: RunSummary, folder: RunFolder) -> String {
    let verdict = summary.verdict.prefix(1).uppercased() + summary.verdict.dropFirst()
    if let regions = summary.regions { return text(regions, summary, folder: folder, verdict) }
    var lines = [
      "", "\(verdict).",
      "Resolution inside the mask: \(Format.resolution(summary.resolutionBefore)) before, "
        + "\(Format.resolution(summary.resolutionAfter)) after (FSC 0.143).",
      "Median change in pose: \(Format.fixed(summary.medianRotation, 2))° and "
        + "\(Format.fixed(summary.medianShift, 2)) Å at the fulcrum, "
        + "\(summary.part.counted(summary.particles)).",
    ]
    if let voxel = summary.fulcrumVoxel {
      func text(_ values: [Double]) -> String {
        values.map { Format.fixed($0, 1) }.joined(separator: ", ")
      }
      lines.append(
        "Fulcrum: voxel \(text(voxel)) of the final maps, \(text(summary.fulcrum)) Å from the centre."
      )
    }
    if let factor = summary.samplingCompensation, let ratio = summary.conicalAreaRatio {
      let even =
        summary.conicalEvenAreaRatio
        .map { "; chance alone leaves \(Format.fixed($0, 2)) in this mask" } ?? ""
      lines.append(
        "Orientations: SCF* \(Format.fixed(factor, 2)) of the views, cFAR \(Format.fixed(ratio, 2)) of "
          + "the map (1 where all directions are alike\(even)).")
    }
    lines += objections(summary)
    if summary.skipped > 0 {
      lines.append(
        "Images that could not be used: \(Format.count(summary.skipped)), named in summary.json.")
    }
    lines += [time(summary), "", "Files in \(folder.finalPath):"] + files(of: folder)
    lines += ["", "To look at the map:  \(folder.chimeraXLine())"]
    return lines.joined(separator: "\n")
  }

  /// The report of several regions.
  private static func text(
    _ regions: [RunSummary.Region], _ summary: RunSummary, folder: RunFolder, _ verdict: String
  ) -> String {
    var lines = ["", "\(verdict)."]
    for region in regions {
      lines.append(
        "\(region.name): \(Format.resolution(region.resolutionBefore)) before, "
          + "\(Format.resolution(region.resolutionAfter)) after (FSC 0.143); median change "
          + "\(Format.fixed(region.medianRotation, 2))° and \(Format.fixed(region.medianShift, 2)) Å, "
          + "\(Format.percent(region.shareAtLimit)) at a limit")
    }
    lines += objections(summary) + [time(summary), ""]
    lines.append("Files in \(folder.finalPath), and of each region in a folder of its name:")
    lines += files(of: folder)
    if let first = folder.regions.first {
      lines += files(of: first).map { "  NAME/" + $0.dropFirst(2) }
    }
    return lines.joined(separator: "\n")
  }

  private static func objections(_ summary: RunSummary) -> [String] {
    summary.objections.flatMap {
      ["\($0.severity == .bad ? "Wrong" : "Mind"): \($0.sentence).", "  \($0.remedy)"]
    }
  }

  private static func time(_ summary: RunSummary) -> String {
    "Time: \(Format.duration(summary.seconds)), processors \(Format.duration(summary.cpuSeconds))."
  }

  private static func files(of folder: RunFolder) -> [String] {
    folder.finalFiles().map { file in
      let name = FilePath.name(of: file.path)
      return "  " + name + String(repeating: " ", count: max(1, 22 - name.count)) + file.title
    }
  }
}
