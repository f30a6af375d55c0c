import Ground
import Tools

extension RunScreen {
  private func source(_ surroundings: Surroundings) -> ToolSource {
    ToolSource(folder: view.folder, job: view.snapshot?.job, surroundings)
  }

  /// The tools on this run, as soon as it has something to work on.
  private func offers(_ surroundings: Surroundings) -> [ToolOffer] {
    view.snapshot?.status == .finished ? source(surroundings).offers : []
  }

  func toolMenu(_ surroundings: Surroundings) -> [Effect] {
    let offers = offers(surroundings)
    guard !offers.isEmpty || surroundings.tool != nil else {
      return [.say("Tools work on what a finished run has made")]
    }
    return [
      .popUp(
        ToolMenu.chooser([view.folder], title: "Tools on \(title)", offers: offers, surroundings))
    ]
  }

  func choose(tool id: String, _ surroundings: Surroundings) -> [Effect] {
    ToolMenu.choose(id, of: offers(surroundings), surroundings)
  }

  /// Keeping particles of what is shown.
  var choice: ParticleChoice {
    ParticleChoice(
      folder: view.folder, title: title, job: view.snapshot?.job,
      isOfRegions: !view.regions.isEmpty)
  }
}
