import FoundationEssentials
import Glibc
import Jobs
import Runs
import Testing

/// The application in a real terminal.
@Suite(
  .enabled(if: TerminalSession.isAvailable, "tmux is missing: the terminal is not tested"))
struct TerminalTests {
  @Test func showsWhatToDoAndQuits() throws {
    let set = try SmallDataSet()
    let terminal = try TerminalSession(folder: set.path)
    try terminal.start()
    try terminal.wait(for: "No runs here yet.")
    try terminal.press("?")
    try terminal.wait(for: "Leave Fulcrum")
    try terminal.press("Escape")
    try terminal.wait("the help has gone") { !$0.contains("Leave Fulcrum") }
    try terminal.press("q")
    let after = try terminal.wait(for: "ready$")
    #expect(!after.contains("No runs here yet."))
    try expectShellWorks(terminal)
  }

  /// Colours that are forced on a terminal without them are shown or left out, and crash nothing.
  @Test(
    arguments: ["vt100", "vt220", "xterm-mono"],
    ["--color 256", "--color 16", "", "--color truecolor"])
  func coloursCanBeForced(_ term: String, _ option: String) throws {
    let set = try SmallDataSet()
    let terminal = try TerminalSession(folder: set.path)
    let program = try StartedProgram.programPath()
    let force = option.isEmpty ? "CLICOLOR_FORCE=1 " : ""
    try terminal.type("clear; \(force)TERM=\(term) \(program) \(option)")
    try terminal.wait(for: "No runs here yet.")
    try terminal.press("q")
    try terminal.wait(for: "ready$")
  }

  /// The shell's own screen is back, and typing is seen and edited as before.
  private func expectShellWorks(_ terminal: TerminalSession) throws {
    try terminal.type("stty -a | grep -o '[-]*icanon\\|[-]*echo ' | tr '\\n' ' '; echo ov''er")
    let text = try terminal.wait(for: "over")
    #expect(text.contains(" icanon") || text.contains("\nicanon"))
    #expect(!text.contains("-icanon") && !text.contains("-echo "))
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGSEGV, SIGABRT])
  func givesTheTerminalBackOnSignals(_ signal: Int32) throws {
    let set = try SmallDataSet()
    let terminal = try TerminalSession(folder: set.path)
    try terminal.start()
    try terminal.wait(for: "No runs here yet.")
    kill(try terminal.programID, signal)
    let after = try terminal.wait(for: "ready$")
    #expect(!after.contains("No runs here yet."))
    try expectShellWorks(terminal)
  }

  @Test func endsWithItsTerminal() throws {
    let set = try SmallDataSet()
    let terminal = try TerminalSession(folder: set.path)
    try terminal.start()
    try terminal.wait(for: "No runs here yet.")
    let program = try terminal.programID
    try terminal.hangUp()
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(20)
    while clock.now < deadline, kill(program, 0) == 0 { usleep(50_000) }
    #expect(kill(program, 0) != 0)
  }

  @Test func resizesEverywhere() throws {
    let set = try SmallDataSet()
    let terminal = try TerminalSession(folder: set.path)
    try terminal.start("new job.toml")
    try terminal.wait(for: "Rotation search extent")
    for (width, height) in [(200, 60), (25, 6), (19, 4), (80, 24)] {
      try terminal.resize(width, height)
      try terminal.wait("the screen at \(width)x\(height)") { text in
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let first = lines.first.map(String.init) ?? ""
        return height < 5 ? first.hasPrefix("job.toml") : first.hasPrefix(" Fulcrum")
      }
    }
    try terminal.wait("the whole form") {
      $0.contains("Rotation search extent") && $0.contains("? Help")
    }
  }

  /// From 200x60 to 25x6 and back, every screen and overlay looks as before.
  @Test func everyScreenComesBackFromASmallTerminal() throws {
    let set = try SmallDataSet(count: 24)
    for name in ["one", "two"] {
      let run = try ProgramRun(
        [
          "run", "job.toml", "--output", "runs/\(name)", "--set", "refinement.maximum_iterations=1",
        ],
        in: set.path)
      try #require(run.status == 0, "\(run.errors)")
    }
    let terminal = try TerminalSession(width: 200, height: 60, folder: set.path)
    try terminal.start()
    /// Keys that open a screen, a text on it, and keys that lead back.
    let screens: [(open: [String], sign: String, back: [String])] = [
      ([], "Made by", []), (["?"], "Leave Fulcrum", ["Escape"]),
      (["C-p"], "New job with the defaults", ["Escape"]),
      (["F12"], "Press keys", ["Escape"]), (["Enter"], "1 FSC", []),
      (["z"], "1 FSC", ["z"]), (["t"], "Histogram of", ["t"]), (["Escape"], "Made by", []),
      (["Space", "Space", "c"], "Parameters that differ", ["Escape"]),
      (["n"], "Rotation search extent", []), (["m"], "Cross-hair", ["Escape"]),
      (["Escape"], "Made by", []),
    ]
    for screen in screens {
      for key in screen.open { try terminal.press(key) }
      try terminal.wait("\(screen.open): \(screen.sign)") { text in
        // The last line is drawn last: it has the keys of the screen, or of what lies over it.
        text.contains(screen.sign) && ["? Help", "Esc Close"].contains { text.contains($0) }
      }
      let before = try settled(terminal)
      try terminal.resize(25, 6)
      try terminal.wait("\(screen.sign) at 25x6") { text in
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // A pop-up may cover the title.
        return lines.allSatisfy { $0.count <= 25 } && lines.contains { $0.contains { $0 != " " } }
      }
      try terminal.resize(200, 60)
      try terminal.wait("\(screen.sign) as before") { $0 == before }
      for key in screen.back { try terminal.press(key) }
      if !screen.back.isEmpty {
        try terminal.wait("\(screen.sign) left") { $0 != before }
      }
    }
    try terminal.press("C-q")
    try terminal.wait(for: "ready$")
  }

  /// A tool works behind the screens, is told at its end, and what it says is read; kept particles become
  /// a job.
  @Test func toolsWorkBehindTheScreens() throws {
    let set = try SmallDataSet(count: 24)
    let run = try ProgramRun(
      ["run", "job.toml", "--output", "runs/one", "--set", "refinement.maximum_iterations=1"],
      in: set.path)
    try #require(run.status == 0, "\(run.errors)")
    let terminal = try TerminalSession(folder: set.path)
    try terminal.start()
    try terminal.wait(for: "Made by")
    try terminal.press("T")
    try terminal.wait(for: "Tools on one")
    try terminal.press("c", "o", "n", "v", "Enter")
    try terminal.wait(for: "fulcrum convert runs/one/final/particles.star -o one.cs")
    try terminal.press("Enter")
    try terminal.wait(for: "fulcrum convert is done: one.cs")
    #expect(set.names().contains("one.cs"))
    try terminal.press("T", "Enter")
    try terminal.wait(for: "24 particles")
    try terminal.press("Escape")
    try terminal.wait("the text is closed") { !$0.contains("y copies") }
    try terminal.press("Enter")
    try terminal.wait(for: "1 FSC")
    try terminal.press("W")
    try terminal.wait(for: "Keep the particles with")
    try terminal.press("r", "o", "w", ">", "4", "Enter")
    try terminal.wait(for: "20 of 24 particles")
    try terminal.press("Enter")
    try terminal.wait(for: "A new job from the kept particles?")
    try terminal.press("y")
    try terminal.wait(for: "one_kept.star")
    #expect(set.names().contains("one_rejected.star"))
    try terminal.press("C-q")
    try terminal.wait(for: "ready$")
  }

  /// The screen once it shows the same for half a second.
  private func settled(_ terminal: TerminalSession) throws -> String {
    var last = ""
    var since = ContinuousClock.now
    return try terminal.wait("a screen that stays") { text in
      if text != last { (last, since) = (text, ContinuousClock.now) }
      return ContinuousClock.now - since > .milliseconds(500)
    }
  }

  @Test(arguments: [
    ("screen-256color", "LC_ALL=C.UTF-8"), ("tmux-256color", "LC_ALL=C.UTF-8"),
    ("xterm-256color", "LC_ALL=C.UTF-8"), ("vt100", "LC_ALL=C.UTF-8"),
    ("linux", "LC_ALL=C.UTF-8"), ("of-my-own", "LC_ALL=C.UTF-8"), ("xterm-256color", "LC_ALL=C"),
    ("xterm-256color", "NO_COLOR=1"), ("xterm-256color", "COLORTERM=truecolor"),
  ])
  func worksInManyTerminals(_ term: String, _ setting: String) throws {
    let set = try SmallDataSet()
    let terminal = try TerminalSession(
      folder: set.path, environment: ["TERM=\(term)", setting])
    try terminal.start("new job.toml")
    // The last line is drawn last.
    let text = try terminal.wait("the whole form") {
      $0.contains("Rotation search extent") && $0.contains("? Help")
    }
    if setting == "LC_ALL=C" { #expect(text.utf8.allSatisfy { $0 < 0x80 }) }
    try terminal.press("q")
    try terminal.wait("the form has gone") { !$0.contains("Rotation search extent") }
  }

  @Test func dumbTerminalsGetPlainLines() throws {
    let set = try SmallDataSet()
    let terminal = try TerminalSession(folder: set.path, environment: ["TERM=dumb"])
    try terminal.start()
    try terminal.wait(for: "No runs in this folder yet")
  }

  /// From the job file to the live view by one command; then the terminal goes away, the refinement
  /// goes on, and another terminal finds it.
  @Test func refinementOutlivesTheTerminal() throws {
    let set = try SmallDataSet(count: 60)
    try set.append("\n[refinement]\nextra_passes = 12\n", to: "job.toml")
    let terminal = try TerminalSession(folder: set.path)
    try terminal.start("run job.toml --live")
    try terminal.wait(for: "1 FSC")
    try terminal.hangUp()
    let lost = WallClock.now
    let folder = RunFolder(set("runs/job"))
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(120)
    while clock.now < deadline, try folder.manifest().status == .running { usleep(100_000) }
    #expect(try folder.manifest().status == .finished)
    #expect(try #require(folder.manifest().ended) > lost, "it had ended before")

    let second = try TerminalSession(folder: set.path)
    try second.start("watch runs/job")
    // The state of a run is read before its numbers.
    try second.wait("the finished run") { $0.contains("finished") && $0.contains("1 FSC") }
  }

  /// Leaving the screens leaves the refinement too, with plain lines until it ends.
  @Test func refinementGoesOnInPlainLines() throws {
    let set = try SmallDataSet(count: 60)
    try set.append("\n[refinement]\nextra_passes = 12\n", to: "job.toml")
    let terminal = try TerminalSession(folder: set.path)
    try terminal.start("run job.toml --live")
    try terminal.wait(for: "1 FSC")
    try terminal.press("C-q")
    try terminal.wait("the question, or the end of the run") {
      $0.contains("Leave the screens?") || $0.contains("ready$")
    }
    try terminal.press("y")
    try terminal.wait(for: "ready$", seconds: 120)
    #expect(try RunFolder(set("runs/job")).manifest().status == .finished)
  }

  /// Two refinements set up, started, watched and compared from the keyboard alone: the script of the
  /// sample.
  @Test func theTourOfTheSampleComesToItsEnd() throws {
    let sample = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let folder = FileManager.default.temporaryDirectory.path + "/fulcrum-tour-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for name in [
      "start.star", "particles.mrcs", "half_map_a.mrc", "half_map_b.mrc", "mask.mrc", "tour.keys",
    ] {
      try FileManager.default.copyItem(
        atPath: "/\(sample)/samples/hinge/\(name)", toPath: "\(folder)/\(name)")
    }
    let terminal = try TerminalSession(folder: folder)
    try terminal.start("--replay tour.keys")
    // Until the application is there, the screen shows the prompt that ends the wait below.
    try terminal.wait("the application") { $0.contains("Fulcrum") && !$0.contains("ready$") }
    let last = try terminal.wait("the end of the script", seconds: 600) {
      $0.contains("ready$")
    }
    #expect(!last.contains("error:"), "\(last)")
    let end = try String(contentsOfFile: folder + "/compare.txt", encoding: .utf8)
    // The job of the first run was made by keys alone, and the second differs in one value.
    let first = try Job.read(path: folder + "/first.toml").job
    #expect(first["prior.rotation_sd"]?.double == 8)
    #expect(first["refinement.subtract_outside"]?.bool == true)
    #expect(first["fulcrum.coordinates"]?.point != nil)
    let second = try Job.read(path: folder + "/second.toml").job
    #expect(first.isSet("search.rotation_extent") == false)
    #expect(second["search.rotation_extent"]?.double == 40)
    for name in ["first", "second"] {
      #expect(try RunFolder(folder + "/runs/\(name)").manifest().status == .finished)
      #expect(end.contains(name))
    }
    #expect(end.contains("Rotation search extent °"))
  }

  /// Prints what a start and a frame cost; holds them to what a slow line can bear.
  @Test func costsLittle() throws {
    let set = try SmallDataSet(count: 60)
    try set.append("\n[refinement]\nextra_passes = 20\n", to: "job.toml")
    for (width, height) in [(80, 24), (200, 60)] {
      let terminal = try TerminalSession(width: width, height: height, folder: set.path)
      let record = set("record-\(width)")
      try terminal.record(to: record)
      func bytes() -> Int {
        (try? FileManager.default.attributesOfItem(atPath: record)[.size] as? Int) ?? 0
      }
      let clock = ContinuousClock()
      let start = clock.now
      try terminal.start()
      try terminal.wait("the first frame") { $0.contains("? Help") }
      let time = clock.now - start
      // The pipe to the record lags behind the screen on a busy machine.
      var (first, since) = (bytes(), clock.now)
      try terminal.wait("the end of the first frame") { _ in
        if bytes() != first { (first, since) = (bytes(), clock.now) }
        return clock.now - since > .milliseconds(700)
      }
      usleep(1_800_000)
      let idle = bytes() - first
      print("\(width)x\(height): first frame \(first) bytes, \(time) with the shell; idle \(idle)")
      #expect(idle == 0)
      #expect(first < 20_000)
      try terminal.press("q")
      try terminal.wait(for: "ready$")
    }
  }

  /// Prints what a live view sends while a stage goes on, and holds it to 400 bytes a frame.
  @Test(arguments: [(80, 24), (200, 60)])
  func steadyFramesAreSmall(_ width: Int, _ height: Int) throws {
    let set = try SmallDataSet()
    let job = try Job.read(path: set("job.toml")).job
    let writer = try RunWriter(
      creating: set("runs/steady"), job: job,
      manifest: RunManifest(name: "steady", particles: 50_000, maximumIterations: 20))
    writer.take(.stage(.search, iteration: 1))
    let terminal = try TerminalSession(width: width, height: height, folder: set.path)
    let record = set("record")
    try terminal.record(to: record)
    func bytes() -> Int {
      (try? FileManager.default.attributesOfItem(atPath: record)[.size] as? Int) ?? 0
    }
    try terminal.start("watch runs/steady")
    try terminal.wait(for: "Aligning")
    usleep(1_200_000)
    let before = bytes()
    let seconds = 4
    for step in 1...seconds * 4 {
      writer.take(.progress(.search, done: step * 900, total: 50_000))
      writer.heartbeat()
      usleep(250_000)
    }
    // The folder is looked at once a second: that is how often a frame can differ.
    let perFrame = (bytes() - before) / seconds
    print("\(width)x\(height): \(perFrame) bytes a frame while a stage goes on")
    #expect(perFrame > 0 && perFrame < 400)
  }
}
