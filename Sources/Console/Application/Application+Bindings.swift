import Surface
import Terminal

extension Command {
  static let help: Command = "help"
  static let commands: Command = "commands"
  static let back: Command = "back"
  static let quit: Command = "quit"
  static let nextPane: Command = "next-pane"
  static let export: Command = "export"
  static let copy: Command = "copy"
  static let theme: Command = "theme"
  static let marker: Command = "marker"
}

extension Application {
  /// The commands that are the same on all screens.
  static let bindings: [Binding<Application>] = leading + moving + keeping + looking

  private static let leading: [Binding<Application>] = [
    Binding(
      .help, ["?", .function(1)], "Help", "Keys of this screen",
      does: .inSurroundings { [.popUp(HelpPopUp(context: $0.screen.context, $1))] }),
    Binding(
      .commands, [":", .control("p")], "Commands", "Find any command by its name",
      does: .inSurroundings { [.popUp(CommandPalette($0, $1))] }),
    navigation(.back, [.escape, "q"], "Back", "Leave this screen or pane"),
    Binding(
      .quit, [.control("q"), .control("c")], "Quit", "Leave Fulcrum",
      does: .effects { _ in [.quit] }),
  ]

  private static let moving: [Binding<Application>] = [
    navigation(.up, [.up, "k"], "Up", "One line up"),
    navigation(.down, [.down, "j"], "Down", "One line down"),
    navigation(.left, [.left, "h"], "Left", "To the left, or the value before"),
    navigation(.right, [.right, "l"], "Right", "To the right, or the value after"),
    navigation(.pageUp, [.pageUp, .control("b")], "PgUp", "One page up"),
    navigation(.pageDown, [.pageDown, .control("f")], "PgDn", "One page down"),
    navigation(.first, [.home, "g"], "Home", "To the first"),
    navigation(.last, [.end, "G"], "End", "To the last"),
    navigation(.nextPane, [.tab], "Next", "To the next pane"),
    navigation(.previousPane, [.backTab], "Previous", "To the pane before"),
    Binding(
      "jump", [.control("g")], "Jump", "Show letters to jump to anything visible",
      does: .change { $0.isJumping = true }),
  ]

  /// What every screen does in its way.
  private static func navigation(
    _ way: Navigation, _ keys: [Key], _ label: String, _ help: String
  ) -> Binding<Application> {
    Binding(
      way.command, keys, label, help,
      does: .inSurroundings { $0.screens[$0.top].navigate(way, &$1) })
  }

  private static let keeping: [Binding<Application>] = [
    Binding(
      .export, [.control("e")], "Export", "Save this pane as text, TSV or SVG",
      does: .inSurroundings { $0.askWhereToExport($1) }),
    Binding(
      .copy, ["y"], "Copy", "Copy this pane's text to the clipboard",
      does: .inSurroundings { application, surroundings in
        let export = application.screen.exported(surroundings)
        return [.terminal(.copy(export.text ?? export.grid.text)), .say("Copied \(export.name)")]
      }),
  ]

  private static let looking: [Binding<Application>] = [
    Binding(
      .theme, [.function(9)], "Theme", "Choose the colours",
      does: .inSurroundings { [.popUp(ThemePicker($1)), .read(.themes)] }),
    Binding(
      .marker, [.function(7)], "Markers", "Plot with other markers",
      does: .inSurroundings { _, surroundings in
        let marker = surroundings.appearance.marker.next(at: surroundings.glyphs)
        surroundings.marker = marker
        return [
          .say("Plots drawn with \(marker.rawValue)\(marker.advice)"), .terminal(.saveSettings),
        ]
      }),
    Binding(
      "glyphs", [.function(8)], "Glyphs", "Switch between Unicode, basic and ASCII characters",
      does: .inSurroundings { _, surroundings in
        let levels = GlyphLevel.allCases.filter { $0 <= surroundings.glyphLimit }
        surroundings.glyphs = next(after: surroundings.glyphs, in: levels)
        surroundings.marker = nil
        return [.say("Characters: \(surroundings.glyphs.rawValue)")]
      }),
    Binding(
      "colours", [.function(6)], "Colours", "Switch the number of colours",
      does: .inSurroundings { _, surroundings in
        let levels = ColourLevel.allCases.filter { $0 <= surroundings.colourLimit }
        surroundings.colours = next(after: surroundings.colours, in: levels)
        return [.say("Colours: \(surroundings.colours.rawValue)")]
      }),
    Binding(
      "pictures", [.function(3)], "Pictures", "Maps in pixels (sixel, kitty) or in characters",
      obstacle: {
        $0.surroundings.pictures == .none
          ? "This terminal shows no pictures in pixels (sixel or kitty)" : nil
      },
      does: .inSurroundings { _, surroundings in
        surroundings.wantsPictures.toggle()
        return [.say("Maps drawn with \(surroundings.wantsPictures ? "pixels" : "characters")")]
      }),
    Binding(
      "mouse", [.function(4)], "Mouse", "Mouse on or off (Shift-drag selects text while on)",
      does: .inSurroundings { _, surroundings in
        surroundings.usesMouse.toggle()
        let state = surroundings.usesMouse ? "on; Shift-drag selects text" : "off"
        return [
          .terminal(.useMouse(surroundings.usesMouse)), .say("Mouse \(state)"),
          .terminal(.saveSettings),
        ]
      }),
    Binding(
      "redraw", [.control("l")], "Redraw", "Paint the screen again",
      does: .effects { _ in [.terminal(.repaint)] }),
    Binding(
      "test-card", [.function(12)], "Test card", "See what this terminal can show",
      does: .effects { _ in [.popUp(TestCard())] }),
    Binding(
      "statistics", [.function(11)], "Statistics", "Show frames and bytes sent to the terminal",
      does: .inSurroundings { _, surroundings in
        surroundings.showsTraffic.toggle()
        return []
      }),
  ]

  /// The level below, or the best one after the least.
  private static func next<Level: Equatable>(after level: Level, in levels: [Level]) -> Level {
    guard let index = levels.firstIndex(of: level) else { return level }
    return levels[(index + levels.count - 1) % levels.count]
  }
}

// MARK: - The dispatcher

extension Application {
  static func binding(of command: Command) -> Binding<Application>? {
    bindings.first { $0.command == command }
  }

  /// Why a command cannot be used now; nil when it can.
  func obstacle(to command: Command) -> String? {
    screen.obstacle(to: command) ?? Self.binding(of: command)?.obstacle(self)
  }

  /// Does a command: one of the screen's, or one that is the same on all.
  mutating func perform(_ command: Command) -> [Effect] {
    if let reason = obstacle(to: command) { return [.say(reason)] }
    // What all screens share is part of the application, and handed on beside it.
    var shared = surroundings
    defer { surroundings = shared }
    if let effects = screens[top].perform(command, &shared) { return effects }
    return Self.binding(of: command)?.action.run(&self, &shared) ?? []
  }
}
