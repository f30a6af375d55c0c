import Glibc
import Testing

@testable import Surface

/// The C library's, which Swift's import of its headers leaves out.
@_silgen_name("wcwidth") private func libraryWidth(_ character: wchar_t) -> Int32

@Suite struct TextWidthTests {
  @Test(arguments: [
    ("", 0), ("FSC", 3), ("3.21 Å", 6), ("漢字", 4), ("e\u{301}", 1), ("한국", 4), ("ｆｕｌｌ", 8),
    ("\u{1B}[31mred", 8), ("a\u{200B}b", 2), ("a\u{AD}b", 2), ("🇩🇪", 2), ("🧬", 2), ("\t", 1),
    ("\u{301}", 0), ("⣿⠁", 2), ("▀█", 2),
  ])
  func knownWidths(text: String, columns: Int) { #expect(text.columns == columns) }

  /// Against the C library's table, which ncurses goes by.
  @Test func agreesWithTheCLibrary() throws {
    let locale = try #require(newlocale(LC_CTYPE_MASK, "C.UTF-8", nil))
    let old = uselocale(locale)
    defer {
      uselocale(old)
      freelocale(locale)
    }
    var compared = 0
    var differing: [UInt32] = []
    for value in UInt32(0x20)..<0x30000 {
      guard let scalar = Unicode.Scalar(value), case .printable = scalar.kind else { continue }
      // What the library's older tables do not know, it calls unprintable.
      let known = libraryWidth(wchar_t(value))
      guard known >= 0 else { continue }
      compared += 1
      if scalar.columns != Int(known) { differing.append(value) }
    }
    #expect(compared > 100_000)
    // Circled numbers on black squares are "ambiguous", and an Ahom vowel changed its category.
    differing.removeAll { (0x3248...0x324F).contains($0) || $0 == 0x1171E }
    #expect(differing == [])
  }

  @Test func cutsAndPads() {
    #expect("resolution".truncated(toColumns: 6) == "resol…")
    #expect("漢字漢".truncated(toColumns: 4) == "漢…")
    #expect("abc".truncated(toColumns: 3) == "abc")
    #expect("abc".truncated(toColumns: 0) == "")
    #expect("ab".padded(toColumns: 5, alignment: .right) == "   ab")
    #expect("ab".padded(toColumns: 5, alignment: .centre) == " ab  ")
    #expect("Å".padded(toColumns: 3) == "Å  ")
  }

  @Test func asciiKeepsTheWidth() {
    for text in ["3.21 Å ± 0.1°", "漢字", "σ ≤ 5 µm…", "│┌─┐⣿█", "\u{1B}[0m", "naïve"] {
      let ascii = Glyph.glyphs(of: text, level: .ascii)
      #expect(ascii.allSatisfy { $0.text.utf8.count == 1 && $0.width == 1 })
      #expect(ascii.count == text.columns)
    }
    #expect(Glyph.glyphs(of: "3.21 Å", level: .ascii).map(\.text).joined() == "3.21 A")
    #expect(Glyph.glyphs(of: "┌─┐│", level: .ascii).map(\.text).joined() == "+-+|")
  }
}
