import Ground
import Jobs
import Runs
import Surface
import Tools

/// Keeping the particles of a finished run that fulfil an expression: asked for, counted, written, and a new
/// job made of them.
struct ParticleChoice {
  /// The run, or a region of one.
  let folder: String
  /// What it is called.
  let title: String
  let job: Job?
  /// Whether it is about a run of several regions, or one of them. A new job of all regions begins where the
  /// run began, since each region has poses of its own.
  let isOfRegions: Bool

  /// Whether it is about a file, of which no job is known.
  private var isFile: Bool { folder.hasSuffix(".star") || folder.hasSuffix(".cs") }

  private var isOfOneRegion: Bool { RunFolder(folder).root != folder }

  /// Asks by which expression particles are kept.
  func prompt(_ text: String) -> TextPrompt {
    let more =
      isOfOneRegion
      ? "" : isOfRegions ? ", mode1, mode2 … (sd)" : ", columns (rlnDefocusU)"
    return TextPrompt(
      .selectParticles, title: "Keep the particles with", text: text,
      hint: "turned > 10 and half = A. Names: turned, moved (degrees, Å), their widths turned_sd, "
        + "moved_sd, azimuth, elevation, half, defocus, micrograph, row" + more + ".",
      isLong: text.columns > 40, action: "Count them",
      objection: { text in
        text.trimmed.isEmpty
          ? Problem(
            "there is no expression", whatToDo: "Type one, as turned < 10, or press Esc.")
          : ParticleSelection.objection(to: text)
      })
  }

  /// Counts what an expression keeps.
  func counting(_ expression: String) -> [Effect] {
    [.read(.selectionCount(folder: folder, expression: expression)), .say("Counting …")]
  }

  /// Says how many an expression keeps, and asks where they are to be written.
  func keepPrompt(
    _ expression: String, _ sentence: String, _ surroundings: Surroundings
  ) -> TextPrompt {
    var hint = "\(sentence) Enter writes both"
    hint += isFile ? "." : "; a new job from the kept ones is offered then."
    if isOfRegions, !isFile {
      hint += " --as-input keeps the poses with which all regions began, for a job of them"
      hint += isOfOneRegion ? "; without it that is of \(RunFolder(folder).name) alone." : "."
    }
    return ToolLine.prompt(
      ToolSource(folder: folder, job: job, surroundings)
        .select(expression, asInput: isOfRegions && !isFile),
      purpose: .selection(run: folder), title: "Keep what fulfils \(expression)", hint: hint)
  }

  /// A new job from what a selection of this run has kept.
  func offers(after work: ToolWork) -> [Effect] {
    guard work.ending == .done, work.purpose == .selection(run: folder),
      let particles = work.output
    else { return [] }
    let asInput = work.words.contains("--as-input")
    // The poses of one region are no start for the others.
    if isOfRegions, !isOfOneRegion, !asInput { return [] }
    let takes =
      asInput
      ? "the parameters and regions of \(RunFolder(RunFolder(folder).root).name), these particles "
        + "at the poses with which it began, and its maps."
      : "the parameters of \(title), these particles at their refined poses, and the final half-maps."
    return [
      .offer(
        Confirmation(
          question: .newJob(particles: particles, asInput: asInput),
          title: "A new job from the kept particles?",
          text: "\(work.summary(of: particles)) The form opens with \(takes)",
          action: "New job"))
    ]
  }
}

extension ToolWork {
  /// What a selection says of what it has kept.
  fileprivate func summary(of particles: String) -> String {
    let line = lines.first { $0.hasPrefix("kept ") } ?? ""
    return line.isEmpty ? "\(particles) is written." : "\(particles): \(line)."
  }
}
