import Glibc
import Ground
import Jobs
import Runs
import Surface
import Terminal

extension Application {
  /// What the application opens with.
  public enum Start: Sendable, Hashable {
    /// The runs of a folder.
    case runs(folder: String)
    /// The form of a job file, or a blank one; a file that does not exist yet is made when saved.
    case form(job: String?)
    /// The form of a job file, which is checked and started at once: ends in the live view.
    case refine(job: String)
    /// A run, live or finished.
    case run(folder: String)
    /// Maps to look at, or those of a run.
    case maps(MapChoice)
    case mapsOfRun(folder: String)
    /// How regions move: a run's folder, or one of `fulcrum motion`.
    case motion(folder: String)
  }

  /// How the application looks and listens.
  public struct Options: Sendable {
    public var terminal: TerminalOptions
    /// Identifier of a theme; nil for the last choice.
    public var theme: String?
    public var isLowBandwidth: Bool
    /// Keys to play.
    public var script: KeyScript?
    /// File to which the keys are written; nil for none.
    public var recordPath: String?
    /// Parameters set on the command line, as `key=value`; for `form` and `refine`.
    public var assignments: [String]
    /// Seconds after which refinements are stopped, to be resumed later; nil for no limit.
    public var timeLimit: Double?
    /// Shell command that is run when a refinement started here has ended; nil for that of the
    /// settings.
    public var endCommand: String?

    public init(
      terminal: TerminalOptions = TerminalOptions(), theme: String? = nil,
      isLowBandwidth: Bool = false, script: KeyScript? = nil, assignments: [String] = [],
      timeLimit: Double? = nil, endCommand: String? = nil, recordPath: String? = nil
    ) {
      self.terminal = terminal
      self.theme = theme
      self.isLowBandwidth = isLowBandwidth
      self.script = script
      self.assignments = assignments
      self.timeLimit = timeLimit
      self.endCommand = endCommand
      self.recordPath = recordPath
    }
  }

  /// How the application ended.
  public enum Ending: Sendable, Hashable {
    /// The user left, and nothing goes on in this process.
    case left
    /// There can be no screens here, for this reason; nothing was done.
    case noScreens(String)
    /// The screens are gone and a refinement that was started in them has ended like this.
    case refinementEnded(RunStatus)
    /// A signal has stopped the refinements that were started in the screens.
    case stoppedFromOutside(StopReason)
    /// The script did not come to its end.
    case scriptFailed(String)
  }

  /// Shows the application until the user leaves; to be called on the main thread.
  ///
  /// A refinement that was started in the screens outlives them: when the terminal goes away it goes
  /// on in silence, when the user leaves it goes on with plain lines; this function returns when it
  /// has ended.
  ///
  /// - Throws: what is wrong with the job file that `start` names.
  public static func run(_ start: Start, options: Options = Options()) throws -> Ending {
    let capabilities = Capabilities.ofThisProcess(options: options.terminal)
    if let obstacle = capabilities.obstacle { return .noScreens(obstacle) }
    let settings = SettingsFile(folder: SettingsFile.folder(environment: environment))
    let catalogue = ThemeCatalogue.standard(environment: environment)
    let (first, effects) = try opening(start, options: options)
    let (theme, problems) = catalogue.themeOrBuiltIn(
      options.theme ?? settings.themeName ?? Theme.builtIn.identifier)
    let screen: TerminalScreen
    do { screen = try TerminalScreen(capabilities: capabilities) } catch {
      return .noScreens(error.description)
    }
    // A script of keys does the same on every machine, with or without a scheduler.
    let lanes = Lane.all(
      in: settings.folder, hasSlurm: options.script == nil && ChildProcess.isInPath("sbatch"))
    var surroundings = surroundings(of: screen, capabilities, settings, theme, options)
    surroundings.folder = folder(of: start)
    surroundings.lanes = lanes.lanes
    if !surroundings.usesMouse { screen.setMouse(false) }
    var application = Application(surroundings, first: first)
    application.greet(settings.keyMap.conflicts, problems?.all.first, lanes.problems.first)
    let runtime = Runtime(
      application, screen: screen, settings: settings, themes: catalogue, script: options.script,
      recordPath: options.recordPath,
      endCommand: EndCommand(options.endCommand ?? settings.endCommand))
    if let limit = options.timeLimit { runtime.stop(after: limit) }
    runtime.run(starting: effects)
    screen.close()
    if let failure = runtime.scriptFailure { return .scriptFailed(failure) }
    let ending = runtime.followSessions()
    try runtime.saveRecord()
    return ending
  }

  /// What all screens share, as terminal, settings and command line say.
  private static func surroundings(
    of screen: TerminalScreen, _ capabilities: Capabilities, _ settings: SettingsFile,
    _ theme: Theme, _ options: Options
  ) -> Surroundings {
    var surroundings = Surroundings(
      now: WallClock.now, size: screen.size, keyMap: settings.keyMap, theme: theme,
      colours: screen.capabilities.colour, colourLimit: screen.capabilities.colourLimit,
      glyphs: capabilities.glyphs, marker: settings.marker,
      usesMouse: capabilities.usesMouse && settings.usesMouse != false,
      isLowBandwidth: options.isLowBandwidth)
    surroundings.commandFolder = FilePath.currentFolder
    surroundings.timeZoneOffset = localTimeZoneOffset
    surroundings.pictures = capabilities.pictures
    surroundings.cellSize = screen.cellSize
    return surroundings
  }

  /// Says what is wrong with settings, the worst of it.
  private mutating func greet(_ conflicts: [String], _ theme: ThemeProblem?, _ lane: Problem?) {
    if let problem = theme.map({ Problem($0.what, whatToDo: $0.whatToDo) }) ?? lane {
      message = .problem(problem)
    } else if let conflict = conflicts.first {
      let count = conflicts.count
      message = .note(conflict + (count > 1 ? " (and \(count - 1) more; ? lists them)" : ""))
    }
  }

  /// The folder of the user's settings; nil for none.
  public static var settingsFolder: String? { SettingsFile.folder(environment: environment) }

  /// The environment of this process.
  private static var environment: [String: String] {
    var result: [String: String] = [:]
    for name in ["HOME", "XDG_CONFIG_HOME"] {
      if let value = getenv(name) { result[name] = String(cString: value) }
    }
    return result
  }

  private static func folder(of start: Start) -> String {
    switch start {
    case .runs(let folder): return FilePath.absolute(folder)
    case .form, .refine, .maps, .motion: return FilePath.currentFolder
    case .run(let folder), .mapsOfRun(let folder):
      // runs/NAME belongs to the folder above runs.
      let place = FilePath.folder(of: FilePath.absolute(folder))
      return FilePath.name(of: place) == "runs" ? FilePath.folder(of: place) : place
    }
  }

  /// The first screen, and what has to be done once it is there.
  static func opening(_ start: Start, options: Options) throws -> (any Screen, [Effect]) {
    switch start {
    case .runs: return (RunsScreen(), [])
    case .maps(let choice): return (MapScreen(shelf: MapShelf(choice)), [])
    case .mapsOfRun(let folder):
      let run = RunFolder(folder)
      let place = run.regions.first ?? run
      guard let shelf = RunReader().run(at: place.path, isForced: true).flatMap({ MapShelf($0) })
      else {
        throw Problem(
          "\(folder) has no maps yet", whatToDo: "Wait for its first iteration.")
      }
      return (MapScreen(shelf: shelf), [])
    case .motion(let folder):
      let path = FilePath.absolute(folder)
      return (ModesScreen(folder: path), [.read(.motion(folder: path))])
    case .run(let folder): return (RunsScreen(), [.push(RunScreen(folder: folder))])
    case .form(let path), .refine(let path as String?):
      var job = Job(folder: FilePath.currentFolder)
      var problems: [Problem] = []
      if let path {
        if access(path, F_OK) == 0 {
          (job, problems) = try Job.read(path: path)
        } else if case .refine = start {
          throw Problem("\(path): there is no such file", whatToDo: "Check the path.")
        } else {
          job = Job(name: FilePath.stem(of: path), folder: FilePath.folder(of: path))
        }
      }
      for assignment in options.assignments {
        try job.set(assignment: assignment, typedIn: FilePath.currentFolder)
      }
      var form = FormScreen(job, path: path)
      if case .refine = start { form.startsHere = problems.isEmpty }
      var effects: [Effect] = [.push(form)]
      if let first = problems.first {
        effects.append(.complain(first))
      } else if case .refine = start {
        effects.append(.command("start"))
      }
      return (RunsScreen(), effects)
    }
  }

  /// Seconds that local time is ahead of Greenwich.
  private static var localTimeZoneOffset: Int { CalendarDate.localOffset(at: WallClock.now) }
}
