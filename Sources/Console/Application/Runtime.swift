import Dispatch
import Glibc
import Ground
import Runs
import Surface
import Synchronization
import Terminal

/// Connects the application with the terminal, the disk and the engine.
///
/// The screens live on the thread that calls `run`; what may take time is done on queues of its own,
/// and comes back through a mailbox.
final class Runtime {
  private var application: Application
  private let screen: TerminalScreen
  private let settings: SettingsFile
  private let background: Background
  private let news: Mailbox<[News]>
  private let clock = ContinuousClock()
  private var lastFrame: ContinuousClock.Instant?
  private var lastRefresh: ContinuousClock.Instant?
  private var shown: Grid?
  private var shownPictures: [Picture] = []
  private var isOver = false
  private var replay: Replay?
  private var recorder: KeyRecorder?
  private let recordPath: String?
  private var isHungUp = false
  private(set) var scriptFailure: String?

  init(
    _ application: Application, screen: TerminalScreen, settings: SettingsFile,
    themes: ThemeCatalogue, script: KeyScript?, recordPath: String? = nil,
    endCommand: EndCommand?
  ) {
    self.recordPath = recordPath
    recorder = recordPath.map { _ in KeyRecorder() }
    self.application = application
    replay = script.map(Replay.init)
    self.screen = screen
    self.settings = settings
    let mailbox = Mailbox<[News]>(waking: screen.wakePipe)
    news = mailbox
    background = Background(
      folder: application.surroundings.folder, themes: themes, endCommand: endCommand
    ) { item in mailbox.update { $0 = item.added(to: $0 ?? []) } }
    // Wakes the screens, which may have to end with it.
    background.engine.whenOneEnds { mailbox.update { $0 = $0 ?? [] } }
  }

  /// Stops the refinements of this process after some seconds.
  func stop(after seconds: Double) { background.engine.stopAll(after: seconds) }

  /// Shows the screens until the user leaves or the terminal goes away.
  func run(starting effects: [Effect]) {
    handle(application.settle(effects))
    refresh()
    defer { background.tools.stopAndWait() }
    while !isOver {
      drawIfDue()
      for event in screen.events(waiting: timeout) {
        if event == .hangUp {
          isHungUp = true
          return
        }
        take(event)
        if isOver { return }
      }
      playScript()
      for item in news.take() ?? [] { handle(application.handle(.news(item))) }
      if background.engine.endingReason != nil, background.engine.runningSessions == 0 { return }
      refreshIfDue()
    }
  }

  private func take(_ event: InputEvent) {
    perform(application.handle(.time(WallClock.now)))
    recorder?.take(event, at: WallClock.now)
    if case .resize = event { application.surroundings.cellSize = screen.cellSize }
    application.surroundings.runsHere = background.engine.runningSessions
    handle(application.handle(.input(event)))
  }

  /// Plays the next step of the script, when it is due.
  private func playScript() {
    guard replay != nil else { return }
    let grid = application.draw().grid
    switch replay?.next(at: WallClock.now, showing: grid) {
    case .input(let event): take(event)
    case .capture(let path): background.change(.write(path: path, text: grid.text))
    case .wait: break
    case nil:
      scriptFailure = replay?.failure
      if scriptFailure != nil { isOver = true }
      replay = nil
    }
  }

  // MARK: After the screens

  /// Writes what was typed where it was asked for.
  func saveRecord() throws(Problem) {
    guard let recordPath, let recorder else { return }
    try AtomicFile.write(recorder.text, to: recordPath)
  }

  /// Waits for the refinements that were started here, with plain lines unless the terminal is gone.
  func followSessions() -> Application.Ending {
    let goesOn = background.engine.runningSessions > 0
    if goesOn { background.engine.followPlainly(isSilent: isHungUp) }
    if let reason = background.engine.endingReason { return .stoppedFromOutside(reason) }
    return goesOn
      ? background.engine.lastOutcome.map(Application.Ending.refinementEnded) ?? .left : .left
  }

  // MARK: Time

  /// The shortest time between frames.
  private var frameInterval: Duration {
    application.surroundings.isLowBandwidth ? .milliseconds(500) : .milliseconds(100)
  }

  /// How often the screen asks for what it shows to be read again.
  private let refreshInterval = Duration.seconds(1)

  /// Milliseconds until something is due even without an event.
  private var timeout: Int {
    let now = clock.now
    var wait = refreshInterval - (lastRefresh.map { now - $0 } ?? refreshInterval)
    if application.isMoving { wait = min(wait, moveInterval) }
    if pending != nil { return 0 }
    if isDirty, let lastFrame { wait = min(wait, frameInterval - (now - lastFrame)) }
    if replay != nil { wait = min(wait, .milliseconds(20)) }
    let parts = wait.components
    return max(0, Int(parts.seconds) * 1000 + Int(parts.attoseconds / 1_000_000_000_000_000) + 1)
  }

  private var isDirty = true
  /// The last frame while a part of it is still to be sent.
  private var pending: Frame?

  /// Bytes of cells that are sent at a time: what is typed meanwhile comes before the rest.
  private static let sentAtATime = 8000

  private func drawIfDue() {
    guard isDirty || pending != nil else { return }
    if let lastFrame, pending == nil, clock.now - lastFrame < frameInterval { return }
    let rest = isDirty ? nil : pending
    isDirty = false
    let frame = rest ?? application.draw()
    let grid = frame.grid
    guard grid != shown || frame.pictures != shownPictures || pending != nil else { return }
    let isWhole = screen.show(
      grid, focus: frame.focus, pictures: frame.pictures, as: application.surroundings.pictures,
      budget: Self.sentAtATime)
    pending = isWhole ? nil : frame
    (shown, shownPictures) = (grid, frame.pictures)
    lastFrame = clock.now
    if isWhole { application.surroundings.traffic.frames += 1 }
    application.surroundings.traffic.lastFrameBytes = screen.frameBytes
    application.surroundings.traffic.totalBytes = screen.totalBytes
  }

  /// How often what moves is drawn.
  private var moveInterval: Duration {
    application.surroundings.isLowBandwidth ? .seconds(1) : .milliseconds(200)
  }

  private func moveIfDue() {
    guard application.isMoving, lastFrame.map({ clock.now - $0 >= moveInterval }) ?? true else {
      return
    }
    perform(application.handle(.time(WallClock.now)))
    isDirty = true
  }

  private func refreshIfDue() {
    moveIfDue()
    guard let lastRefresh, clock.now - lastRefresh >= refreshInterval else { return }
    refresh()
  }

  private func refresh() {
    lastRefresh = clock.now
    perform(application.handle(.time(WallClock.now)))
    isDirty = isDirty || application.showsTime
    perform(application.refresh())
  }

  // MARK: Errands

  private func handle(_ errands: [Errand]) {
    isDirty = true
    perform(errands)
  }

  private func perform(_ errands: [Errand]) {
    for errand in errands {
      switch errand {
      case .read(let reading): background.read(reading)
      case .work(let work): background.work(work)
      case .change(let change): background.change(change)
      case .terminal(let request): perform(request)
      }
    }
  }

  private func perform(_ request: Errand.Terminal) {
    switch request {
    case .quit: isOver = true
    case .repaint:
      screen.repaint()
      shown = nil
      isDirty = true
    case .copy(let text): screen.copy(text)
    case .notify(let text): screen.notify(text)
    case .useMouse(let isOn): screen.setMouse(isOn)
    case .saveSettings: settings.save(application.surroundings)
    }
  }
}
