import FoundationEssentials
import Glibc
import Refinement
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
    let text = try terminal.wait(for: "Rotation search extent")
    #expect(text.contains("? Help"))
  }

  @Test(arguments: [
    ("screen-256color", "LC_ALL=C.UTF-8"), ("vt100", "LC_ALL=C.UTF-8"),
    ("linux", "LC_ALL=C.UTF-8"), ("of-my-own", "LC_ALL=C.UTF-8"), ("xterm-256color", "LC_ALL=C"),
    ("xterm-256color", "NO_COLOR=1"), ("xterm-256color", "COLORTERM=truecolor"),
  ])
  func worksInManyTerminals(_ term: String, _ setting: String) throws {
    let set = try SmallDataSet()
    let terminal = try TerminalSession(
      folder: set.path, environment: ["TERM=\(term)", setting])
    try terminal.start("new job.toml")
    let text = try terminal.wait(for: "Rotation search extent")
    #expect(text.contains("? Help"))
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
    let text = try second.wait(for: "finished")
    #expect(text.contains("1 FSC"))
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

  /// A refinement set up, started and watched by a script of keys.
  @Test func scriptSetsUpARefinement() throws {
    let set = try SmallDataSet()
    try set.write(
      """
      until "No runs here yet" 20
      N
      until "Particles" 20
      Enter
      until "start.star" 20
      "start.star" Enter
      until "start.star" 20
      Down
      Enter
      until "map.mrc" 20
      "map.mrc" Enter
      until "map.mrc" 20
      Down Down Down Enter
      until "mask.mrc" 20
      "mask.mrc" Enter
      until "Ready to start" 20
      w
      until "Save the job file" 5
      Ctrl-U "mine.toml" Enter
      until "Saved" 10
      s
      until "1 FSC" 60
      until "finished" 120
      capture end.txt
      wait 0.3
      q q
      """, to: "keys")
    let terminal = try TerminalSession(folder: set.path)
    try terminal.start("--replay keys")
    try terminal.wait("the end of the script", seconds: 200) {
      access(set("end.txt"), F_OK) == 0 && $0.contains("ready$")
    }
    #expect(access(set("mine.toml"), F_OK) == 0)
    let end = try String(contentsOfFile: set("end.txt"), encoding: .utf8)
    #expect(end.contains("finished"))
    #expect(end.contains("Resolution"))
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
      usleep(300_000)
      let first = bytes()
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
