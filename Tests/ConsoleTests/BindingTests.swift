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
    let stage = Stage(scene)
    let context = stage.application.screen.context
    let declared = Command.table.filter { $0.context == context || $0.context == .everywhere }
    let help = HelpPopUp(context: context, stage.application.surroundings)
    let listed = Set(
      help.lines.compactMap { if case .command(_, let text, _) = $0 { text } else { nil } })
    for line in declared { #expect(listed.contains(line.help), "help lacks \(line.command)") }
    let items = CommandPalette.items(stage.application, stage.application.surroundings)
    for line in declared
    where Navigation(rawValue: line.command.rawValue)?.isWithinPane != true {
      let item = try #require(items.first { $0.title == line.help }, "\(line.command.rawValue)")
      #expect(Command(rawValue: item.id) == line.command && !item.note.isEmpty)
    }
  }

  /// The bar shows commands that are declared, each once.
  @Test(arguments: scenes)
  func barShowsCommandsThatThereAre(_ scene: Stage.Scene) {
    let screen = Stage(scene).application.screen
    #expect(Set(screen.keyBar).count == screen.keyBar.count)
    for command in screen.keyBar {
      #expect(command.description(in: screen.context) != nil, "\(command.rawValue)")
    }
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
  /// - Returns: whether anything was to be seen of it, or an obstacle was told.
  private func press<S: Screen>(_ binding: Binding<S>, of screen: S, on stage: Stage) -> Bool {
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
    #expect(state(pressed) == state(asked), "\(S.context.rawValue).\(binding.command.rawValue)")
    return binding.obstacle(screen) == nil && state(pressed) != state(stage)
  }

  /// The commands of a screen that do something now, but for those that are known to.
  private func working<S: Screen>(of screen: S, on stage: Stage, known: Set<String>) -> [String] {
    S.bindings.compactMap { binding in
      let name = "\(S.context.rawValue).\(binding.command.rawValue)"
      return !known.contains(name) && press(binding, of: screen, on: stage) ? name : nil
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
      #expect(effects.contains { if case .quit = $0 { true } else { false } }, "\(screen.title)")
    }
  }
}
