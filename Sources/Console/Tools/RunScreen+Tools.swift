import Ground
import Tools

extension RunScreen {
  private func source(_ surroundings: Surroundings) -> ToolSource {
    ToolSource(folder: folder, job: snapshot?.job, surroundings)
  }

  /// The tools on this run, as soon as it has something to work on.
  private func offers(_ surroundings: Surroundings) -> [ToolOffer] {
    snapshot?.status == .finished ? source(surroundings).offers : []
  }

  func toolMenu(_ surroundings: Surroundings) -> [Effect] {
    let offers = offers(surroundings)
    guard !offers.isEmpty || surroundings.tool != nil else {
      return [.say("Tools work on what a finished run has made")]
    }
    return [
      .popUp(
        ToolMenu.chooser([folder], title: "Tools on \(title)", offers: offers, surroundings))
    ]
  }

  func choose(tool id: String, _ surroundings: Surroundings) -> [Effect] {
    ToolMenu.choose(id, of: offers(surroundings), surroundings)
  }

  // MARK: Choosing particles

  /// Asks by which expression particles are kept.
  var selectionPrompt: TextPrompt {
    TextPrompt(
      .selectParticles, title: "Keep the particles with", text: selection,
      hint: "turned > 10 and half = A. Names: turned, moved (degrees, Å), half, defocus, row, "
        + "micrograph, columns (rlnDefocusU).", action: "Count them",
      objection: { text in
        text.trimmed.isEmpty
          ? Problem(
            "there is no expression", whatToDo: "Type one, as turned < 10, or press Esc.")
          : ParticleSelection.objection(to: text)
      })
  }

  /// Says how many an expression keeps, and asks where they are to be written.
  func keepPrompt(
    _ expression: String, _ sentence: String, _ surroundings: Surroundings
  ) -> TextPrompt {
    ToolLine.prompt(
      source(surroundings).select(expression), purpose: .selection(run: folder),
      title: "Keep what fulfils \(expression)",
      hint: "\(sentence) Enter writes both; a new job from the kept ones is offered then.")
  }

  /// A new job from what a selection of this run has kept.
  func offers(after work: ToolWork) -> [Effect] {
    guard work.ending == .done, work.purpose == .selection(run: folder),
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
