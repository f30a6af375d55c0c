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
    for objection in summary.objections {
      lines.append("\(objection.severity == .bad ? "Wrong" : "Mind"): \(objection.sentence).")
      lines.append("  \(objection.remedy)")
    }
    if summary.skipped > 0 {
      lines.append(
        "Images that could not be used: \(Format.count(summary.skipped)), named in summary.json.")
    }
    lines += [
      "Time: \(Format.duration(summary.seconds)), processors \(Format.duration(summary.cpuSeconds)).",
      "", "Files in \(folder.finalPath):",
    ]
    for file in folder.finalFiles() {
      let name = FilePath.name(of: file.path)
      let padded = name + String(repeating: " ", count: max(1, 22 - name.count))
      lines.append("  \(padded)\(file.title)")
    }
    lines += ["", "To look at the map:  \(folder.chimeraXLine())"]
    return lines.joined(separator: "\n")
  }
}
