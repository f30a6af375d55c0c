import Ground
import Surface
import Terminal
import Testing

@testable import Console

@Suite struct ReplayTests {
  @Test func readsKeysTextAndDirectives() throws {
    let script = try KeyScript(
      """
      # a comment
      n Down "a \\" b" Ctrl-P F5
      resize 120x40
      until "Ready to start" 20
      wait 0.5
      capture form.txt
      ? :
      """)
    #expect(
      script.steps == [
        .key("n"), .key(.down), .key("a"), .key(" "), .key("\""), .key(" "), .key("b"),
        .key(.control("p")), .key(.function(5)), .resize(Size(width: 120, height: 40)),
        .until("Ready to start", 20), .wait(0.5), .capture("form.txt"), .key("?"), .key(":"),
      ])
  }

  @Test func namesTheLineOfAWrongKey() throws {
    let error = try #require(throws: (any Error).self) {
      try KeyScript("a\nb Hyper-X", file: "keys")
    }
    #expect("\(error)".contains("keys, line 2: \"Hyper-X\" is no key"))
  }

  /// The scripts of the sample are scripts; that they run to their ends takes longer.
  @Test(arguments: ["tour", "tuning"]) func theSamplesAreScripts(name: String) throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let file = try InputFile(path: "\(root)/samples/hinge/\(name).keys")
    let text = String(decoding: try file.bytes(at: 0, count: file.size), as: UTF8.self)
    let script = try KeyScript(text, file: name)
    // Every wait is one: a word that is forgotten in front of a text would type it.
    let typed = script.steps.count { if case .key = $0 { true } else { false } }
    #expect(typed < 200 && script.steps.last == .key(.control("q")))
  }

  @Test func waitsForWhatTheScreenShows() throws {
    var replay = Replay(try KeyScript("a\nuntil \"done\" 5\nwait 1\nb"))
    var grid = Grid(size: Size(width: 10, height: 2))
    func step(_ now: Double) -> InputEvent? {
      if case .input(let event) = replay.next(at: now, showing: grid) { event } else { nil }
    }
    #expect(step(0) == .key("a"))
    #expect(step(1) == nil)
    grid.write("done", x: 0, y: 0, style: .plain)
    #expect(step(2) == nil)
    #expect(step(2.5) == nil)
    #expect(step(3) == nil)
    #expect(step(3.6) == nil)
    #expect(step(3.7) == .key("b"))
    #expect(replay.isOver && replay.failure == nil)
  }

  @Test func givesUpWhenATextDoesNotCome() throws {
    var replay = Replay(try KeyScript("until \"done\" 5\nb"))
    let grid = Grid(size: Size(width: 10, height: 2))
    _ = replay.next(at: 0, showing: grid)
    _ = replay.next(at: 6, showing: grid)
    #expect(replay.failure == "\"done\" did not appear within 5 s")
  }

  /// What was typed plays the same again, with its pauses.
  @Test func recordsPlayTheSameAgain() throws {
    let events: [InputEvent] = [
      .key("n"), .key(.down), .key(" "), .key("#"), .key("\""), .key("\\"), .key(.control("p")),
      .key(.function(9)), .paste("a \"b\" \\c"), .resize(columns: 120, rows: 40), .key("é"),
    ]
    var recorder = KeyRecorder()
    for (index, event) in events.enumerated() {
      recorder.take(event, at: 10 + (index < 5 ? 0 : 2.34))
    }
    recorder.take(.mouse(MouseEvent(.press, column: 1, row: 1)), at: 99)
    let steps = try KeyScript(recorder.text).steps
    var expected: [KeyScript.Step] = events.compactMap { event in
      switch event {
      case .key(let key): .key(key)
      case .paste(let text): .paste(text)
      case .resize(let columns, let rows): .resize(Size(width: columns, height: rows))
      default: nil
      }
    }
    expected.insert(.wait(2.3), at: 5)
    #expect(steps == expected)
  }
}
