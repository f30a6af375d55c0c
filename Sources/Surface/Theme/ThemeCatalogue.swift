/// The themes that can be chosen, and the folders they come from.
///
/// A pure loader: it keeps nothing, so that asking again after a file changed gives the changed
/// theme. `stamp(of:)` says cheaply whether that is so.
public struct ThemeCatalogue: Sendable {
  /// Folders to look in; of two files of one name the one in the earlier folder counts.
  public let folders: [String]

  public init(folders: [String]) { self.folders = folders }

  /// The user's folder, `Themes` above the built program, and `share/fulcrum/themes` beside an
  /// installed one.
  ///
  /// - Parameters:
  ///   - executable: the running program; nil asks the system.
  ///   - environment: where XDG_CONFIG_HOME and HOME are looked up.
  public static func standard(
    executable: String? = nil, environment: [String: String]
  ) -> ThemeCatalogue {
    var folders: [String] = []
    if let configuration = environment["XDG_CONFIG_HOME"], configuration.hasPrefix("/") {
      folders.append(configuration + "/fulcrum/themes")
    } else if let home = environment["HOME"], !home.isEmpty {
      folders.append(home + "/.config/fulcrum/themes")
    }
    if let program = executable ?? Files.executable {
      var parts = program.split(separator: "/").dropLast()
      let prefix = parts.dropLast().joined(separator: "/")
      while !parts.isEmpty {
        let folder = "/" + parts.joined(separator: "/")
        // The package's own folder is the one that is also a package, not any that has themes.
        if Files.exists(folder + "/Package.swift") && Files.exists(folder + "/Themes") {
          folders.append(folder + "/Themes")
          break
        }
        parts = parts.dropLast()
      }
      folders.append("/" + prefix + (prefix.isEmpty ? "" : "/") + "share/fulcrum/themes")
    }
    return ThemeCatalogue(folders: folders)
  }

  // Fulcrum's own, those of btop, and base16 schemes.
  private static let endings = [".toml", ".theme", ".yaml", ".yml"]

  /// The identifiers of all themes, in alphabetical order; `dark` is always among them.
  public var identifiers: [String] {
    var names: Set<String> = [Theme.builtIn.identifier]
    for folder in folders {
      for name in Files.names(in: folder) {
        for ending in ThemeCatalogue.endings where name.hasSuffix(ending) {
          names.insert(String(name.dropLast(ending.count)))
        }
      }
    }
    return names.sorted()
  }

  /// The file of a theme, nil where it is built in or missing.
  public func path(of identifier: String) -> String? {
    guard !identifier.contains("/"), !identifier.isEmpty else { return nil }
    return folders.lazy.flatMap { folder in
      ThemeCatalogue.endings.map { "\(folder)/\(identifier)\($0)" }
    }.first { Files.exists($0) }
  }

  /// Loads a theme.
  ///
  /// - Throws: what is wrong with its file, or that there is none.
  public func theme(_ identifier: String) throws(ThemeProblems) -> Theme {
    guard let path = path(of: identifier) else {
      if identifier == Theme.builtIn.identifier { return .builtIn }
      throw ThemeProblems([
        ThemeProblem(
          file: identifier, reason: "there is no such theme",
          whatToDo: "Choose one of \(identifiers.joined(separator: ", ")).")
      ])
    }
    guard let text = Files.text(of: path) else {
      throw ThemeProblems([
        ThemeProblem(
          file: path, reason: "cannot be read as UTF-8 text", whatToDo: "Check its permissions.")
      ])
    }
    if path.hasSuffix(".theme") {
      return try Theme(btop: text, identifier: identifier, file: path)
    }
    if !path.hasSuffix(".toml") {
      return try Theme(base16: text, identifier: identifier, file: path)
    }
    return try Theme(text: text, identifier: identifier, file: path) { name in
      guard let path = self.path(of: name), let text = Files.text(of: path) else { return nil }
      return (text, path)
    }
  }

  /// A theme, or the built-in one and the reason why it is not the one that was asked for.
  public func themeOrBuiltIn(_ identifier: String) -> (theme: Theme, problems: ThemeProblems?) {
    do {
      return (try theme(identifier), nil)
    } catch {
      return (.builtIn, error)
    }
  }

  /// Something that differs after the theme's file was written to; nil without a file.
  public func stamp(of identifier: String) -> String? {
    path(of: identifier).flatMap(Files.stamp)
  }
}
