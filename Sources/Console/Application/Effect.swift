import Ground

/// What a screen wants to happen outside of itself. The application does all but errands, which leave it.
enum Effect: Sendable {
  case push(any Screen)
  case pop
  /// Leaves all screens but the first.
  case popToRuns
  case popUp(any PopUp)
  /// Something to answer, of work that has ended: shown where it is not in the way.
  case offer(any PopUp)
  case closePopUp
  /// A line to the person; a problem stays until the next key.
  case say(String)
  case complain(Problem)
  case command(Command)
  case answer(Question, String)
  /// Leaves the application, once the person has agreed where something is at work.
  case quit
  case outside(Errand)

  static func read(_ reading: Errand.Reading) -> Effect { .outside(.read(reading)) }
  static func work(_ work: Errand.Work) -> Effect { .outside(.work(work)) }
  static func change(_ change: Errand.Change) -> Effect { .outside(.change(change)) }
  static func terminal(_ request: Errand.Terminal) -> Effect { .outside(.terminal(request)) }
}
