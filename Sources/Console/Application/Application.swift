import Ground
import Surface
import Terminal

/// The application as a value: what is on the screen, and what an event makes of it.
///
/// `handle` returns what has to happen outside, `draw` is a function of the state alone; neither
/// touches a file, a clock or a terminal.
public struct Application: Sendable {
  public internal(set) var surroundings: Surroundings
  var screens: [any Screen]
  var popUps: [any PopUp] = []
  var message: Message?
  /// Letters stand over everything that can be clicked.
  var isJumping = false
  /// The user knows that a refinement goes on.
  private var isLeavingForGood = false

  /// A line to the person at the terminal.
  enum Message: Sendable, Hashable {
    case note(String)
    case problem(Problem)
  }

  /// What the application reacts to.
  enum Event: Sendable {
    case input(InputEvent)
    /// The time of day, seconds since 1970.
    case time(Double)
    case news(News)
  }

  init(_ surroundings: Surroundings, first: any Screen) {
    self.surroundings = surroundings
    screens = [first]
  }

  /// The screen that is seen.
  var screen: any Screen { screens[top] }

  /// Index of the screen that is seen.
  var top: Int { screens.count - 1 }

  /// Takes an event and returns what has to happen outside.
  mutating func handle(_ event: Event) -> [Errand] {
    let effects: [Effect]
    switch event {
    case .time(let now):
      surroundings.now = now
      return []
    case .news(let news): effects = receive(news)
    case .input(.resize(let columns, let rows)):
      surroundings.size = Size(width: columns, height: rows)
      return []
    case .input(.pictures(let kind)):
      surroundings.pictures = kind
      return []
    case .input(.hangUp): effects = [.quit]
    case .input(let input): effects = take(input)
    }
    return settle(effects)
  }

  /// Does those effects that concern the screens themselves and returns what is left to be done.
  mutating func settle(_ effects: [Effect]) -> [Errand] {
    var outside: [Errand] = []
    for effect in effects {
      switch effect {
      case .push(let screen):
        screens.append(screen)
        outside += settle(
          self.screen.opening(surroundings) + self.screen.refresh(surroundings))
      case .pop: outside += settle(leaveScreen())
      case .popToRuns:
        screens.removeSubrange(1...)
        outside += settle(screen.refresh(surroundings))
      case .popUp(let popUp): popUps.append(popUp)
      case .offer(let popUp):
        guard popUps.isEmpty else { break }
        // Its keys are seen in place of what was said meanwhile.
        message = nil
        popUps.append(popUp)
      case .closePopUp: _ = popUps.popLast()
      case .say(let text): message = .note(text)
      case .complain(let problem): message = .problem(problem)
      case .command(let command): outside += settle(perform(command))
      case .quit where surroundings.tool?.isAtWork == true && !isLeavingForGood:
        popUps.append(
          Confirmation(
            question: .quit, title: "Leave and stop \(surroundings.tool?.name ?? "")?",
            text: "A tool is at work, and ends with the screens."
              + (surroundings.runsHere > 0 ? " The refinement goes on, with plain lines." : ""),
            action: "Leave"))
      case .quit where surroundings.runsHere > 0 && !isLeavingForGood:
        popUps.append(
          Confirmation(
            question: .quit, title: "Leave the screens?",
            text: "A refinement runs in this process. It goes on, with plain lines in this "
              + "terminal; Ctrl-C then stops it. X in its view stops it now.", action: "Leave"))
      case .answer(let question, let text):
        outside += settle(answer(question, with: text))
      case .quit: outside.append(.terminal(.quit))
      case .outside(let errand): outside.append(errand)
      }
    }
    return outside
  }

  private mutating func leaveScreen() -> [Effect] {
    guard screens.count > 1 else { return [.quit] }
    screens.removeLast()
    return screen.refresh(surroundings)
  }

  private mutating func receive(_ news: News) -> [Effect] {
    var effects: [Effect] = []
    switch news {
    case .failed(let problem): message = .problem(problem)
    case .done(let text): message = .note(text)
    case .checked, .started: message = nil
    case .themes(let found, let problems): take(themes: found, problems)
    case .tool(let work): take(work)
    default: break
    }
    for index in popUps.indices { effects += popUps[index].receive(news, &surroundings) }
    for index in screens.indices {
      let asked = screens[index].receive(news, &surroundings)
      // Only the screen that is seen has something to offer.
      effects += index == top ? asked : asked.filter { if case .offer = $0 { false } else { true } }
    }
    return effects
  }

  /// A tool as it is now; its end is told.
  private mutating func take(_ work: ToolWork) {
    surroundings.tool = work
    let made = work.output.map { ": \($0)" } ?? ""
    switch work.ending {
    case nil: break
    case .done: message = .note("\(work.name) is done\(made); T shows what it says")
    case .stopped: message = .note("\(work.name) was stopped")
    case .failed(let status):
      var problem =
        work.problems.first
        ?? Problem("\(work.name) ended with status \(status)", whatToDo: "T shows what it says.")
      if work.problems.count > 1 { problem.what += " (and \(work.problems.count - 1) more: T)" }
      message = .problem(problem)
    }
  }

  /// Themes as their files say now: the one in use changes at once.
  private mutating func take(themes: [Theme], _ problems: [Problem]) {
    if let problem = problems.first { message = .problem(problem) }
    guard !themes.isEmpty else { return }
    surroundings.themes = themes
    let identifier = surroundings.theme.identifier
    if let current = themes.first(where: { $0.identifier == identifier }) {
      surroundings.theme = current
    }
  }

  private mutating func answer(_ question: Question, with text: String) -> [Effect] {
    if question == .exportPane { return export(to: text) }
    if question == .quit {
      isLeavingForGood = true
      return [.quit]
    }
    return screens[top].answer(question, with: text, &surroundings)
  }

  /// Whether what is seen changes with the time alone.
  var showsTime: Bool { screen.showsTime }
  var isMoving: Bool { screen.isMoving && popUps.isEmpty }

  /// What the screen wants read again; to be asked about once a second.
  mutating func refresh() -> [Errand] {
    settle(screen.refresh(surroundings)) + [.read(.theme(surroundings.theme.identifier))]
  }
}
