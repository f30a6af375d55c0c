import Surface
import Terminal
import Testing

@testable import Console

/// Every command is declared once, and what is declared is what its key, the help, the palette and the
/// key bar make of it.
@Suite struct BindingTests {
  /// Scenes of each kind of screen, in states that between them give every command something to do.
  static let scenes: [Stage.Scene] = [
    .runs, .watch, .tree, .sweep, .form, .regions, .mask, .masks, .maker, .maps, .slices, .live,
    .results, .particles, .chosen, .modes, .compare,
  ]

  /// The stages of these scenes; made once, since they are values.
  private static let stages = Dictionary(uniqueKeysWithValues: scenes.map { ($0, Stage($0)) })

  private func stage(_ scene: Stage.Scene) throws -> Stage {
    try #require(Self.stages[scene])
  }

  @Test func everyCommandIsDeclaredWhole() {
    for context in Command.Context.allCases {
      let lines = Command.table.filter { $0.context == context }
      #expect(!lines.isEmpty, "\(context.rawValue) has no commands")
      #expect(Set(lines.map(\.command)).count == lines.count, "\(context.rawValue): one twice")
      #expect(Set(lines.map(\.help)).count == lines.count, "\(context.rawValue): a help twice")
      for line in lines {
        let name = "\(context.rawValue).\(line.command.rawValue)"
        #expect(!line.keys.isEmpty && !line.help.isEmpty && !line.label.isEmpty, "\(name)")
        #expect(line.label.count <= 13, "\(name): \(line.label) is long for a key bar")
        #expect(line.command.rawValue.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" })
      }
    }
    #expect(Set(Command.screens.map { $0.context }).count == Command.screens.count)
    #expect(Command.screens.count + 1 == Command.Context.allCases.count)
  }

  /// The help of a screen has every command that is declared for it, and the palette all but moving.
  @Test(arguments: scenes)
  func helpAndPaletteListEveryCommand(_ scene: Stage.Scene) throws {
    let stage = try stage(scene)
    let context = stage.application.screen.context
    let declared = Command.table.filter { $0.context == context || $0.context == .everywhere }
    let help = HelpPopUp(context: context, stage.application.surroundings)
    let listed = Set(
      help.lines.compactMap { if case .command(_, let text, _) = $0 { text } else { nil } })
    for line in declared { #expect(listed.contains(line.help), "help lacks \(line.command)") }
    // Each of its keys, but for those that the screen gives to another command.
    for case .command(let text, _, let command) in help.lines {
      let others = declared.filter { $0.context == context && $0.command != command }
      let wanted = declared.filter { $0.command == command }.flatMap(\.keys)
        .filter { key in !others.contains { $0.keys.contains(key) } }
      let keys = text.components(separatedBy: ", ")
      #expect(Set(keys) == Set(wanted.map(\.name)), "\(command.rawValue)")
      #expect(keys.first == wanted.first?.name, "\(command.rawValue)")
    }
    let items = CommandPalette.items(stage.application, stage.application.surroundings)
    for line in declared
    where Navigation(rawValue: line.command.rawValue)?.isWithinPane != true {
      let item = try #require(items.first { $0.title == line.help }, "\(line.command.rawValue)")
      #expect(Command(rawValue: item.id) == line.command && !item.note.isEmpty)
    }
  }

  /// The bar shows commands that are declared, each once.
  @Test(arguments: scenes)
  func barShowsCommandsThatThereAre(_ scene: Stage.Scene) throws {
    let screen = try stage(scene).application.screen
    #expect(Set(screen.keyBar).count == screen.keyBar.count)
    for command in screen.keyBar {
      #expect(command.description(in: screen.context) != nil, "\(command.rawValue)")
    }
  }

  /// The bar has the commands in the order of their ranks.
  private func ranks<S: Screen>(of screen: S) -> [Int] {
    screen.keyBar.compactMap { command in
      S.bindings.first { $0.command == command }?.bar.rank(screen)
        ?? screen.commonBar.first { $0.command == command }?.rank
    }
  }

  /// Each place of the key bar names a key that asks for the command, and clicks on it do so, too.
  @Test(arguments: scenes)
  func barNamesKeysOfItsCommands(_ scene: Stage.Scene) throws {
    var stage = try stage(scene)
    // Messages stand in its place.
    stage.application.message = nil
    let screen = stage.application.screen
    let ranks = ranks(of: screen)
    #expect(ranks.count == screen.keyBar.count && ranks == ranks.sorted())
    let frame = stage.application.draw()
    let row = frame.grid.bounds.bottom - 1
    var shown: [Command] = []
    for (rect, target) in frame.targets where rect.y == row {
      guard case .command(let command) = target else { continue }
      shown.append(command)
      let text = (rect.x..<rect.right).map { frame.grid[$0, row].text }.joined()
      let words = text.split(separator: " ")
      let key = try #require(words.first.flatMap { Key(name: String($0)) }, "\(words)")
      let keyMap = stage.application.surroundings.keyMap
      #expect(keyMap.command(for: key, in: screen.context) == command, "\(words)")
    }
    // What there is no room for is left out from the end; help never is.
    #expect(shown.contains(.help))
    let own = shown.filter(screen.keyBar.contains)
    #expect(own == screen.keyBar.filter { ![.help, .back].contains($0) }.prefix(own.count) + [])
    #expect(own.count >= 2)
  }

  /// The palette says of each command why it cannot be used now.
  @Test(arguments: scenes)
  func paletteTellsObstacles(_ scene: Stage.Scene) throws {
    let application = try stage(scene).application
    let items = CommandPalette.items(application, application.surroundings)
    func check<S: Screen>(_ screen: S) throws {
      for binding in S.bindings {
        let item = try #require(items.first { $0.title == binding.help })
        let expected = binding.obstacle(screen) ?? "Setting name: \(binding.command.rawValue)"
        #expect(item.detail == expected)
      }
    }
    try check(application.screen)
  }

  /// Next is the one after, on every screen of regions.
  @Test func regionsAreGoneThroughInOrder() throws {
    let bindings = FormScreen.regionBindings(next: .none, obstacle: { _ in nil }) { _, step in
      [.say("\(step)")]
    }
    var (screen, surroundings) = (FormScreen(SampleRuns.regionJob()), Surroundings())
    let steps = bindings.map { binding in
      let said = binding.action.run(&screen, &surroundings).compactMap {
        if case .say(let text) = $0 { text } else { nil }
      }
      return (binding.command, said)
    }
    #expect(
      Dictionary(uniqueKeysWithValues: steps) == ["next-region": ["1"], "previous-region": ["-1"]])
  }

  /// A key of one's own is that of the command in help, palette and bar; the one before does nothing any more.
  @Test func aKeyOfOnesOwnIsEverywhere() throws {
    var settings = SettingsFile(folder: nil)
    settings.take("[keys.runs]\nopen = [\"o\", \"F5\"]\n", file: "config.toml")
    var stage = try stage(.runs)
    #expect(stage.text.contains("Enter Open"))
    stage.application.surroundings.keyMap = settings.keyMap
    let help = HelpPopUp(context: .runs, stage.application.surroundings)
    #expect(
      help.lines.contains {
        if case .command(let keys, _, "open") = $0 { keys == "F5, o" } else { false }
      })
    let items = CommandPalette.items(stage.application, stage.application.surroundings)
    #expect(items.first { $0.id == "open" }?.note == "F5")
    #expect(stage.text.contains("F5 Open") && !stage.text.contains("Enter Open"))
    stage.play("Enter")
    #expect(stage.application.screen is RunsScreen)
    stage.play("o")
    #expect(stage.application.screen is RunScreen)
  }

  /// What an application shows, and the kinds of what it has asked of the world.
  private func state(_ stage: Stage) -> String {
    let asked = stage.effects.map {
      // Of what may hold maps the name alone.
      Mirror(reflecting: $0).children.first?.label ?? String(describing: $0)
    }
    return stage.grid.ansiText + asked.joined(separator: " ")
  }

  /// A key does what its binding says: the same as the binding alone, done to the screen.
  ///
  /// - Parameter before: the state before it.
  /// - Returns: whether anything was to be seen of it.
  private func press<S: Screen>(
    _ binding: Binding<S>, of screen: S, on stage: Stage, before: String
  ) -> Bool {
    var (pressed, asked) = (stage, stage)
    asked.application.message = nil
    pressed.take(.key(binding.keys[0]))
    if let obstacle = binding.obstacle(screen) {
      asked.feed(asked.application.settle([.say(obstacle)]))
    } else {
      var changed = screen
      var surroundings = stage.application.surroundings
      let effects = binding.action.run(&changed, &surroundings)
      asked.application.surroundings = surroundings
      asked.application.screens[asked.application.top] = changed
      asked.feed(asked.application.settle(effects))
    }
    let (after, expected) = (state(pressed), state(asked))
    #expect(after == expected, "\(S.context.rawValue).\(binding.command.rawValue)")
    return binding.obstacle(screen) == nil && after != before
  }

  /// The commands of a screen that do something now, but for those that are known to.
  private func working<S: Screen>(of screen: S, on stage: Stage, known: Set<String>) -> [String] {
    let before = state(stage)
    return S.bindings.compactMap { binding in
      let name = "\(S.context.rawValue).\(binding.command.rawValue)"
      return !known.contains(name) && press(binding, of: screen, on: stage, before: before)
        ? name : nil
    }
  }

  /// No command is dead: in one scene or another its key changes what is seen, or asks for something.
  @Test func everyKeyDoesItsCommand() {
    let states: [(Stage.Scene, String)] =
      Self.scenes.map { ($0, "") } + [
        (.watch, "Down"), (.watch, "Down Down"), (.sweep, "Space Space s"), (.form, "d p Enter"),
        (.form, "p Enter u"),
        (.regions, "]"), (.regions, "] ] ]"), (.maker, "v Left"), (.results, "["),
        (.results, "7 7 z"),
        (.results, "Tab Tab Tab Tab Tab"),
      ]
    var working: Set<String> = Self.elsewhere
    for (scene, script) in states {
      // Surfaces take their time to shade.
      let isShaded = [.maps, .slices].contains(scene)
      let size = isShaded ? Size(width: 44, height: 14) : Size(width: 80, height: 24)
      var stage = Stage(scene, size: size, colours: .c256)
      stage.play(script)
      _ = stage.takeEffects()
      working.formUnion(self.working(of: stage.application.screen, on: stage, known: working))
    }
    let all = Command.table.filter { $0.context != .everywhere }.map {
      "\($0.context.rawValue).\($0.command.rawValue)"
    }
    #expect(Set(all).subtracting(working).isEmpty, "\(Set(all).subtracting(working).sorted())")
  }

  /// Commands for which no scene has what they need; those suites press them that are about it. Reading the
  /// runs again shows the same.
  static let elsewhere: Set<String> = [
    "maker.all-pieces", "map.hinge", "map.next-region", "map.previous-region", "mask.hinge",
    "run.advice", "run.modes",
    "run.next-region", "run.previous-region", "run.resume", "runs.reload",
  ]

  /// Help, palette and leaving do not wait for what a screen reads.
  @Test func helpNeedsNothingThatIsRead() {
    let screens: [any Screen] = [
      RunsScreen(), RunScreen(folder: "/r"), ModesScreen(folder: "/r"),
      MaskScreen(job: SampleRuns.job()), CompareScreen(folders: ["/r", "/s"]),
    ]
    for screen in screens {
      var application = Application(Surroundings(), first: screen)
      for (key, title) in [(Key.function(1), "Keys"), (.control("p"), "Commands")] {
        application.popUps = []
        _ = application.handle(.input(.key(key)))
        #expect(application.popUps.first?.title == title, "\(screen.title)")
      }
      application.popUps = []
      let effects = application.handle(.input(.key(.control("q"))))
      #expect(
        effects.contains { if case .terminal(.quit) = $0 { true } else { false } },
        "\(screen.title)")
    }
  }
}
