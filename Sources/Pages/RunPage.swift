import CryoEM
import Ground
import Jobs
import Refinement
import Report
import Runs
import Surface

/// Runs as a page.
public enum RunPage {
  /// The page of one run, or of several with their comparison in front; of runs with regions each region.
  ///
  /// - Throws: what is wrong with a folder.
  public static func document(of paths: [String]) throws(Problem) -> PageDocument {
    if paths.count == 1, !RunFolder(paths[0]).regions.isEmpty {
      return try document(ofRegionsIn: try ReportedRun(paths[0]))
    }
    var runs: [ReportedRun] = []
    for path in paths { runs += try regions(of: try ReportedRun(path)) }
    guard let first = runs.first else {
      throw Problem("no run is given", whatToDo: "Give one of the folders of: fulcrum list")
    }
    guard runs.count > 1 else {
      var page = PageDocument(title: "Local refinement \(first.name)")
      add(first, pictureSize: 480, level: 2, to: &page)
      return page
    }
    var page = PageDocument(
      title: "Local refinements " + runs.map(\.name).joined(separator: ", "))
    compare(runs, to: &page)
    for run in runs {
      page.blocks.append(.heading(2, run.name))
      // All pictures together stay well under two megabytes.
      add(run, pictureSize: max(160, 720 / runs.count), level: 3, to: &page)
    }
    return page
  }

  // MARK: One run

  static func add(
    _ run: ReportedRun, pictureSize: Int, level: Int, to page: inout PageDocument
  ) {
    addOrigin(run, to: &page)
    page.blocks.append(.paragraph(run.methods))
    addVerdicts(run, to: &page)
    page.blocks += [
      .heading(level, "Result"),
      .table(
        [["measure", "value"]] + run.outcomes.map { [$0.name, $0.text] }, caption: ""),
    ]
    if let last = run.last { addPlots(run, last, level: level, to: &page) }
    addMotion(run, level: level, to: &page)
    if let pictures = RunPictures(run, size: pictureSize) {
      page.blocks += [
        .heading(level, "Map"), .pictures(pictures.surfaces()), .pictures(pictures.slices()),
      ]
    }
    addIterations(run, level: level, to: &page)
    addWarnings(run, level: level, to: &page)
    addParameters(run, level: level, to: &page)
    addFiles(run, level: level, to: &page)
  }

  private static func addIterations(_ run: ReportedRun, level: Int, to page: inout PageDocument) {
    guard !run.steps.isEmpty else { return }
    let head = [
      "iteration", "FSC 0.143, Å", "FSC 0.5, Å", "turned, °", "moved, Å", "at a limit", "seconds",
    ]
    let rows = run.steps.map { step in
      [
        step.shortName, Format.fixed(step.fsc.resolution143, 2),
        Format.fixed(step.fsc.resolution50, 2), Format.fixed(step.rotationFromPrevious.median, 2),
        Format.fixed(step.shiftFromPrevious.median, 2), Format.percent(step.shareAtLimit),
        Format.fixed(step.seconds.values.reduce(0, +), 1),
      ]
    }
    page.blocks += [
      .heading(level, "Iterations"),
      .table([head] + rows, caption: "Turned and moved: medians against the iteration before."),
    ]
  }

  static func addWarnings(_ run: ReportedRun, level: Int, to page: inout PageDocument) {
    let warnings = run.warnings
    guard !warnings.isEmpty else { return }
    page.blocks += [
      .heading(level, "Warnings"),
      .table([["the log warned of"]] + warnings.map { [$0] }, caption: ""),
    ]
  }

  /// Where the run comes from, and what somebody wrote about it.
  static func addOrigin(_ run: ReportedRun, to page: inout PageDocument) {
    if let note = run.note.split(separator: "\n").first {
      page.blocks.append(.paragraph(String(note)))
    }
    if let origin = run.manifest.parent.map(RunOrigin.init) {
      page.blocks.append(.paragraph("Origin: \(origin.text)."))
    }
  }

  /// What the rules object to, and whether the run has ended.
  static func addVerdicts(_ run: ReportedRun, to page: inout PageDocument) {
    let verdicts = run.verdicts
    for verdict in verdicts {
      let sentence = verdict.sentence.prefix(1).uppercased() + verdict.sentence.dropFirst()
      page.blocks.append(.note("\(sentence). \(verdict.remedy)", isGood: false))
    }
    if verdicts.isEmpty, run.status == .finished {
      page.blocks.append(.note("Nothing is to be said against the numbers.", isGood: true))
    }
    if run.status != .finished {
      page.blocks.append(
        .note(
          "The run is \(run.status.rawValue): what follows is what it has so far.", isGood: false))
    }
  }

  static func addParameters(_ run: ReportedRun, level: Int, to page: inout PageDocument) {
    let head = ["parameter", "value", "unit", "key"]
    let (changed, others) = (run.parameters(changed: true), run.parameters(changed: false))
    guard !changed.isEmpty || !others.isEmpty else { return }
    page.blocks += [
      .heading(level, "Parameters"),
      .table([head] + changed, caption: "Those that were changed from their defaults."),
      .folded(
        PageDocument.aligned(others.map { [$0[3], $0[1], $0[2]] }).joined(separator: "\n"),
        title: "Those at their defaults (\(others.count))"),
    ]
  }

  static func addFiles(_ run: ReportedRun, level: Int, to page: inout PageDocument) {
    let files = run.folder.finalFiles()
    if !files.isEmpty {
      let rows = files.map { file in
        [
          FilePath.name(of: file.path), Format.bytes(file.bytes), file.title,
          run.folder.digest(of: file) ?? "–",
        ]
      }
      page.blocks += [
        .heading(level, "Files"),
        .table(
          [["file", "size", "what it is", "SHA-256"]] + rows,
          caption: "In \(FilePath.absolute(run.folder.finalPath))."),
      ]
    }
    let fsc = run.folder.depositionFSC()
    if !fsc.isEmpty {
      page.blocks.append(.folded(fsc, title: "FSC curve for a deposition (fsc.xml)"))
    }
    let manifest = run.manifest
    let commit = manifest.commit.map { " (\($0))" } ?? ""
    var lines = [run.job.map { $0.commandLine(jobFile: "new.toml") } ?? ""]
    lines.append("fulcrum run \(shellQuoted(run.folder.jobPath))")
    page.blocks += [
      .heading(level, "How to repeat it"),
      .code(
        lines.filter { !$0.isEmpty }.joined(separator: "\n"),
        caption: "Fulcrum \(manifest.version)\(commit) on \(manifest.host), begun "
          + "\(CalendarDate(manifest.started, offset: 0).withYear) (UTC), "
          + "\(Format.counted(manifest.threads, "thread"))"
          + (manifest.instructions.map { ", \($0)" } ?? "")
          + "; the first line needs nothing but the input, the second takes the job file of the run."
      ),
    ]
  }

  // MARK: Several runs

  private static func compare(_ runs: [ReportedRun], to page: inout PageDocument) {
    let outcomes = runs.map(\.outcomes)
    let names = outcomes[0].map(\.name)
    let rows = names.indices.map { row in
      [names[row]] + outcomes.map { $0[row].text }
    }
    page.blocks += [
      .heading(2, "Comparison"),
      .table([["measure"] + runs.map(\.name)] + rows, caption: ""),
    ]
    let starts = Set(runs.map { $0.resolutionBefore.map { Format.fixed($0, 2) } ?? "–" })
    if starts.count > 1 {
      page.blocks.append(
        .note(
          "The runs start from different poses or maps: changes against the start do not compare.",
          isGood: false))
    }
    let curves = runs.compactMap { run in run.last.map { (run.name, $0) } }
    if !curves.isEmpty {
      page.blocks.append(
        .figures([
          (
            RunPlots.comparedFSC(curves).svg(title: "FSC of the runs", width: 720, height: 380),
            "Corrected FSC of each run.",
            curves.map { "\($0.0): \(Format.resolution($0.1.fsc.resolution143))" }
              .joined(separator: "\n")
          )
        ]))
    }
    let differing = Parameter.all.filter { parameter in
      Set(runs.map { $0.job?[parameter.key]?.text ?? "" }).count > 1
    }
    if !differing.isEmpty {
      page.blocks.append(
        .table(
          [["parameter"] + runs.map(\.name)]
            + differing.map { parameter in
              [parameter.key] + runs.map { $0.job?[parameter.key]?.text ?? "(default)" }
            }, caption: "Parameters that differ."))
    }
  }
}
