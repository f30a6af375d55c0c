import Glibc
import Testing

@testable import Surface

/// A folder that is there for one test.
private final class ScratchFolder {
  let path: String

  init() throws {
    var name = Array("/tmp/fulcrum-themes-XXXXXX".utf8CString)
    _ = try #require(mkdtemp(&name))
    path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func write(_ text: String, _ name: String) throws {
    let file = try #require(fopen("\(path)/\(name)", "w"))
    fputs(text, file)
    fclose(file)
  }

  deinit {
    for name in Files.names(in: path) { unlink("\(path)/\(name)") }
    rmdir(path)
  }
}

@Suite struct ThemeCatalogueTests {
  @Test func theUsersThemesComeFirstAndInheritFromShippedOnes() throws {
    let folder = try ScratchFolder()
    try folder.write("name = \"My Nord\"\ninherits = \"solarized-dark\"\n", "nord.toml")
    try folder.write("inherits = \"nord\"\n[colours]\nred = \"#fe0000\"\n", "mine.toml")
    try folder.write("theme[main_fg]=\"#ffffff\"\n", "other.theme")
    let catalogue = ThemeCatalogue(folders: [folder.path] + shippedThemes.folders)
    #expect(catalogue.identifiers.contains("mine") && catalogue.identifiers.contains("other"))
    #expect(try catalogue.theme("nord").name == "My Nord")
    let mine = try catalogue.theme("mine")
    #expect(mine.background == Colour(hex: 0x002B36))
    #expect(mine.roles[.bad]?.truecolor.foreground == Colour(hex: 0xFE0000))
    #expect(
      try catalogue.theme("other").roles[.text]?.truecolor.foreground == Colour(hex: 0xFFFFFF))
  }

  @Test func aChangedFileHasAnotherStampAndGivesTheChangedTheme() throws {
    let folder = try ScratchFolder()
    let catalogue = ThemeCatalogue(folders: [folder.path])
    try folder.write("inherits = \"dark\"\nbackground = \"#101010\"\n", "mine.toml")
    let before = catalogue.stamp(of: "mine")
    #expect(try catalogue.theme("mine").background == Colour(hex: 0x101010))
    try folder.write("inherits = \"dark\"\nbackground = \"#202020\" # changed\n", "mine.toml")
    #expect(catalogue.stamp(of: "mine") != before)
    #expect(try catalogue.theme("mine").background == Colour(hex: 0x202020))
    #expect(catalogue.stamp(of: "none") == nil)
  }

  @Test func aFileThatIsNoTextIsAProblemAndNotACrash() throws {
    let folder = try ScratchFolder()
    let catalogue = ThemeCatalogue(folders: [folder.path])
    let file = try #require(fopen("\(folder.path)/bad.toml", "w"))
    fputc(0xFF, file)
    fclose(file)
    let (theme, problems) = catalogue.themeOrBuiltIn("bad")
    #expect(theme == .builtIn)
    #expect(problems?.all.first?.reason == "cannot be read as UTF-8 text")
    try folder.write("", "empty.toml")
    let reasons = catalogue.themeOrBuiltIn("empty").problems?.all.map(\.reason) ?? []
    #expect(reasons.count == Role.allCases.count + 2)
    #expect(reasons.first == "background is missing")
  }
}
