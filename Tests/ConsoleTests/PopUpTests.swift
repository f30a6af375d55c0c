import Surface
import Testing

@testable import Console
@testable import Report
@testable import Runs

/// What lies over the screens.
@Suite struct PopUpTests {
  /// Pop-ups are whole, however small the terminal: they end above the line of their keys.
  @Test(
    arguments: ["?", "Ctrl-P", "F9", "F12", "D", "e", "Ctrl-E"],
    [Size(width: 80, height: 24), Size(width: 60, height: 12), Size(width: 30, height: 7)])
  func popUpsEndAboveTheirKeys(_ key: String, _ size: Size) throws {
    var stage = Stage(.runs, size: size)
    stage.play(key)
    let lines = stage.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.contains { $0.contains("╔") })
    #expect(lines.prefix(size.height - 1).contains { $0.contains("╚") }, "\(stage.text)")
  }

  /// All that is said of a choice is seen; what has no room ends in a mark.
  @Test func choicesAreToldWhole() {
    let detail = (1...90).map { "word\($0)" }.joined(separator: " ")
    let items = [Chooser.Item(id: "1", title: "one", detail: detail)]
    for (height, isWhole) in [(60, true), (24, false)] {
      var stage = Stage(.runs, size: Size(width: 80, height: height))
      let chooser = Chooser(.applyRemedy, title: "Choose", items: items)
      _ = stage.application.settle([.popUp(chooser)])
      #expect(stage.text.contains("word90") == isWhole)
      #expect(stage.text.contains("…") != isWhole)
    }
  }

  /// The whole of what is said of every key can be read: no scroll bar lies over the end of a line.
  @Test(
    arguments: Command.Context.allCases,
    [Size(width: 80, height: 24), Size(width: 160, height: 50), Size(width: 50, height: 20)])
  func everyKeyIsToldWhole(_ context: Command.Context, _ size: Size) {
    var stage = Stage(.runs, size: size)
    let help = HelpPopUp(context: context, stage.application.surroundings)
    _ = stage.application.settle([.popUp(help)])
    let seen = words(of: &stage)
    for case .command(_, let text, _) in help.lines {
      let missing = Set(text.split(separator: " ")).subtracting(seen)
      #expect(missing.isEmpty, "\(text) lacks \(missing)")
    }
  }

  @Test func longTextsCanBeReadWhole() {
    let text = (1...900).map { "word\($0)" }.joined(separator: " ")
    var stage = Stage(.runs)
    _ = stage.application.settle([.popUp(TextViewer(title: "Text", lines: [.init(text)]))])
    let missing = Set(text.split(separator: " ")).subtracting(words(of: &stage))
    #expect(missing.isEmpty, "\(missing)")
  }

  /// The words of all pages of what is open.
  private func words(of stage: inout Stage) -> Set<Substring> {
    var words: Set<Substring> = []
    var last = ""
    while stage.text != last {
      last = stage.text
      words.formUnion(last.split { " ║│█\n".contains($0) })
      stage.play("PgDn")
    }
    return words
  }

  /// In a low terminal the choices stay, and nothing stands over anything else.
  @Test func aLowTerminalShowsWhatYDoes() {
    for height in 5...8 {
      var low = Stage(.runs, size: Size(width: 80, height: height))
      let question = Confirmation(
        question: .quit, title: "Leave?", text: String(repeating: "words ", count: 60),
        action: "Leave")
      _ = low.application.settle([.popUp(question)])
      #expect(low.text.contains(" y  Leave    Esc  Back"), "\(low.text)")
    }
  }

  /// A run says once that its particles are at a limit, at which, and in one line if there is one.
  @Test func theLimitIsToldOnce() throws {
    var snapshot = SampleRuns.snapshot(name: "body", status: .finished, iterations: 4)
    let last = snapshot.metrics.count - 1
    snapshot.metrics[last].shareAtLimit = 0.4
    snapshot.metrics[last].rotationFromStart = .init(
      of: (0..<1000).map { $0 < 400 ? 15 : Double($0) / 100 })
    snapshot.summary?.shareAtLimit = 0.4
    var summary = try #require(snapshot.summary)
    summary.verdict = RunSummary.verdict(
      converged: true, iterations: 4, before: 4.2, after: 3.33, shareAtLimit: 0.4)
    summary.verdicts =
      RunFacts(metrics: snapshot.metrics, job: snapshot.job, summary: summary)
      .verdicts
    snapshot.summary = summary
    func count(_ text: String) -> Int { text.ranges(of: "limit").count }
    #expect(count(summary.message) == 1, "\(summary.message)")
    #expect(summary.message.contains("3.33 Å") && summary.message.contains("rotation (15°)"))
    let told = Headline(snapshot)
    #expect(told.shorter.allSatisfy { count($0) == 1 })
    snapshot.status = .running
    #expect(Headline(snapshot).shorter.allSatisfy { count($0) == 1 })
    var screen = RunScreen(folder: snapshot.folder)
    screen.view.snapshot = snapshot
    var stage = Stage(.runs)
    stage.show(screen)
    stage.tell(.run(snapshot))
    let lines = stage.text.split(separator: "\n").prefix(4)
    #expect(lines.contains { $0.contains("limit of rotation (15°)") && $0.contains("(A)") })
    #expect(!stage.text.contains("……"))
  }

  /// In the smallest terminal there is room for a run all the same.
  @Test func theSmallestTerminalShowsRuns() {
    let small = Stage(.runs, size: Size(width: 20, height: 5)).text
    #expect(small.split(separator: "\n").filter { $0.contains("head") }.count == 2, "\(small)")
    #expect(Stage(.runs, size: Size(width: 40, height: 9)).text.contains("Sorted by started"))
  }

  /// Before the first iteration the line of the panes has nothing to say of one.
  @Test func theStripEndsInNoComma() {
    var snapshot = SampleRuns.snapshot(name: "head", status: .running, iterations: 1)
    snapshot.metrics = []
    var screen = RunScreen(folder: snapshot.folder)
    screen.view.snapshot = snapshot
    var stage = Stage(.runs)
    stage.show(screen)
    stage.tell(.run(snapshot))
    #expect(stage.text.contains("4 more by Tab\n"))
  }

  /// What a panel says in place of a plot is not cut.
  @Test func thePosesOfTheStartAreToldWhole() {
    var snapshot = SampleRuns.snapshot(name: "head", status: .running, iterations: 1)
    snapshot.metrics = Array(snapshot.metrics.prefix(1))
    var screen = RunScreen(folder: snapshot.folder)
    screen.view.snapshot = snapshot
    var stage = Stage(.runs)
    stage.show(screen)
    stage.tell(.run(snapshot))
    #expect(stage.text.contains("No change yet"))
    #expect(stage.text.contains("the input"))
  }
}
