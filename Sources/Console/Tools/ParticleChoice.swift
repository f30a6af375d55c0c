import Ground
import Jobs
import Tools

/// Keeping the particles of a finished run that fulfil an expression: asked for, counted, written, and a new
/// job made of them.
struct ParticleChoice {
  /// The run, or a region of one.
  let folder: String
  /// What it is called.
  let title: String
  let job: Job?

  /// Asks by which expression particles are kept.
  func prompt(_ text: String) -> TextPrompt {
    TextPrompt(
      .selectParticles, title: "Keep the particles with", text: text,
      hint: "turned > 10 and half = A. Names: turned, moved (degrees, Å), half, defocus, row, "
        + "micrograph, columns (rlnDefocusU); with regions mode1, mode2 … (sd).",
      action: "Count them",
      objection: { text in
        text.trimmed.isEmpty
          ? Problem(
            "there is no expression", whatToDo: "Type one, as turned < 10, or press Esc.")
          : ParticleSelection.objection(to: text)
      })
  }

  /// Counts what an expression keeps.
  func counting(_ expression: String) -> [Effect] {
    [.countSelection(folder: folder, expression: expression), .say("Counting …")]
  }

  /// Whether it is about a run of several regions: its particles have the poses of the first in their columns,
  /// from which no other region could begin.
  private var isOfRegions: Bool { job?.regions.isEmpty == false }

  /// Says how many an expression keeps, and asks where they are to be written.
  func keepPrompt(
    _ expression: String, _ sentence: String, _ surroundings: Surroundings
  ) -> TextPrompt {
    ToolLine.prompt(
      ToolSource(folder: folder, job: job, surroundings).select(expression),
      purpose: .selection(run: folder),
      title: "Keep what fulfils \(expression)",
      hint: "\(sentence) Enter writes both"
        + (isOfRegions ? "." : "; a new job from the kept ones is offered then."))
  }

  /// A new job from what a selection of this run has kept.
  func offers(after work: ToolWork) -> [Effect] {
    guard !isOfRegions, work.ending == .done, work.purpose == .selection(run: folder),
      let particles = work.output
    else { return [] }
    return [
      .offer(
        Confirmation(
          question: .newJob(particles: particles), title: "A new job from the kept particles?",
          text: "\(work.summary(of: particles)) The form opens with the parameters of \(title), "
            + "these particles at their refined poses, and the final half-maps.",
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
