import Terminal
import Testing

@testable import Console

@Suite struct KeyMapTests {
  /// A key that two commands of one context ask for would leave one of them dead.
  @Test func noTwoCommandsShareAKey() {
    for context in Command.Context.allCases {
      var owners: [Key: Command] = [:]
      for line in Command.table where line.context == context {
        for key in line.keys {
          #expect(owners[key] == nil, "\(key.name) in \(context.rawValue)")
          owners[key] = line.command
        }
      }
    }
  }

  /// Keys of moving around must mean the same on every screen.
  @Test func screensLeaveTheCommonKeysAlone() {
    let common = Set(
      [.help, .commands, .back, .quit, .nextPane, Navigation.previousPane.command]
        + [Navigation.up, .down, .left, .right].map(\.command))
    let keys = Set(Command.table.filter { common.contains($0.command) }.flatMap(\.keys))
    for line in Command.table where line.context != .everywhere && !common.contains(line.command) {
      #expect(keys.isDisjoint(with: line.keys), "\(line.command.rawValue)")
    }
  }

  @Test func keyNamesReadBack() {
    let keys: [Key] =
      [
        .character("a"), .character("G"), .character(" "), .control("p"), .alt("x"), .enter,
        .escape, .tab, .backTab, .backspace, .delete, .insert, .up, .down, .left, .right, .home,
        .end, .pageUp, .pageDown, .shiftUp, .shiftDown, .shiftLeft, .shiftRight,
      ] + (1...24).map(Key.function)
    for key in keys { #expect(Key(name: key.name) == key, "\(key.name)") }
    #expect(Key(name: "Hyper-Q") == nil)
    #expect(Key(name: "F25") == nil)
  }

  @Test(arguments: ["theme = \"nord\"\n[*keys]\n", "theme = \"nord\"\nmouse = \n"])
  func settingsThatAreNotTOMLAreLeftOut(text: String) {
    var settings = SettingsFile(folder: nil)
    settings.take(text, file: "config.toml")
    #expect(settings.themeName == nil)
    #expect(settings.keyMap.conflicts.count == 1)
    #expect(settings.keyMap.conflicts[0].hasPrefix("config.toml, line 2: not valid TOML"))
  }

  @Test func readsBindingsAndReportsConflicts() {
    var settings = SettingsFile(folder: nil)
    settings.take(
      """
      theme = "nord"
      marker = "quadrant"
      colour = "red"
      [keys.runs]
      open = ["o", "Enter"]
      compare = "o"
      fly = "f"
      [keys.run]
      pause = "Hyper-P"
      """, file: "config.toml")
    let map = settings.keyMap
    #expect(settings.themeName == "nord")
    #expect(settings.marker == .quadrant)
    #expect(
      ["compare", "open"].contains(map.command(for: "o", in: .runs)))
    #expect(map.command(for: .enter, in: .runs) == "open")
    let text = map.conflicts.joined(separator: "\n")
    #expect(text.contains("colour is not a setting"))
    #expect(text.contains("is asked for by"))
    #expect(text.contains("keys.runs.fly is no command"))
    #expect(text.contains("\"Hyper-P\" is no key"))
    // The default keys of other commands stay.
    #expect(map.command(for: "n", in: .runs) == "new-from")
  }
}
