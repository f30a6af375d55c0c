import Glibc
import Ground
import Runs
import Surface
import TOMLText
import Terminal

/// What the user prefers: `config.toml`, which only the user writes, and `state.toml`, which keeps what
/// was chosen in the application.
struct SettingsFile: Sendable {
  /// The folder of both, `$XDG_CONFIG_HOME/fulcrum` or `~/.config/fulcrum`; nil for none.
  let folder: String?
  private(set) var themeName: String?
  private(set) var marker: Marker?
  private(set) var usesMouse: Bool?
  /// Shell command to run when a refinement has ended.
  private(set) var endCommand: String?
  private(set) var keyMap = KeyMap()

  init(folder: String?) {
    self.folder = folder
    guard let folder else { return }
    for name in ["config.toml", "state.toml"] {
      let path = folder + "/" + name
      guard let file = try? InputFile(path: path), file.size < 1 << 17,
        let bytes = try? file.bytes(at: 0, count: file.size)
      else { continue }
      take(String(decoding: bytes, as: UTF8.self), file: path)
    }
  }

  /// The folder of the settings for an environment.
  static func folder(environment: [String: String]) -> String? {
    if let base = environment["XDG_CONFIG_HOME"], base.hasPrefix("/") { return base + "/fulcrum" }
    return environment["HOME"].map { $0 + "/.config/fulcrum" }
  }

  /// Takes what a file says; what is wrong with it is reported in the key map's conflicts.
  mutating func take(_ text: String, file: String) {
    let table: TOMLTable
    do { table = try parseTOML(text) } catch {
      keyMap.report(
        "\(file), line \(error.line): not valid TOML: \(error.description); its settings are left out"
      )
      return
    }
    if let name = table["theme"]?.string { themeName = name }
    if let name = table["marker"]?.string {
      marker = Marker(rawValue: name) ?? marker
      if Marker(rawValue: name) == nil {
        keyMap.report(
          "\(file): marker = \"\(name)\"; use one of "
            + Marker.allCases.map(\.rawValue).joined(separator: ", "))
      }
    }
    if let isOn = table["mouse"]?.bool { usesMouse = isOn }
    if let line = table["at_end"]?.string { endCommand = line }
    let known = ["theme", "marker", "mouse", "at_end", "keys", "compute"]
    for key in table.keys where !known.contains(key) {
      keyMap.report(
        "\(file): \(key) is not a setting; there are theme, marker, mouse, at_end, [keys] and [compute]"
      )
    }
    // What runs that wait may have of the machine, which their queue reads.
    for complaint in table["compute"]?.table.map({ ComputeSettings($0).complaints }) ?? [] {
      keyMap.report("\(file): \(complaint)")
    }
    if let keys = table["keys"]?.table { take(keys: keys, file: file) }
  }

  private mutating func take(keys: TOMLTable, file: String) {
    var taken: [Command.Context: [Key: Command]] = [:]
    for name in keys.keys {
      guard let context = Command.Context(rawValue: name), let bindings = keys[name]?.table else {
        keyMap.report(
          "\(file): [keys.\(name)] is no screen; there are "
            + Command.Context.allCases.map(\.rawValue).joined(separator: ", "))
        continue
      }
      for word in bindings.keys {
        let place = "\(file): keys.\(name).\(word)"
        let command = Command(rawValue: word)
        guard Command.table.contains(where: { $0.command == command }) else {
          keyMap.report("\(place) is no command; the palette (Ctrl-P) shows their names")
          continue
        }
        let texts =
          bindings[word]?.string.map { [$0] }
          ?? bindings[word]?.array?.compactMap(\.string) ?? []
        let parsed = texts.compactMap(Key.init(name:))
        for text in texts where Key(name: text) == nil {
          keyMap.report(
            "\(place): \"\(text)\" is no key; write a, Ctrl-A, Alt-A, F5, PgUp or Enter")
        }
        keyMap.rebind(command, to: parsed, in: context, taken: &taken)
      }
    }
  }

  /// Keeps what was chosen in the application; without a folder nothing is kept.
  func save(_ surroundings: Surroundings) {
    guard let folder else { return }
    var text = "# Written by Fulcrum; config.toml in the same folder is yours.\n"
    // A name that would need quoting is one that was not chosen in the application.
    let name = surroundings.theme.identifier
    if name.allSatisfy({ $0.isLetter || $0.isNumber || "-_. ".contains($0) }) {
      text += "theme = \"\(name)\"\n"
    }
    if let marker = surroundings.marker { text += "marker = \"\(marker.rawValue)\"\n" }
    text += "mouse = \(surroundings.usesMouse)\n"
    mkdir(FilePath.folder(of: folder), 0o755)
    mkdir(folder, 0o755)
    // Losing a preference is no reason to bother anybody.
    try? AtomicFile.write(text, to: folder + "/state.toml")
  }
}
