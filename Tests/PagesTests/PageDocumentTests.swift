import Foundation
import Images
import Testing

@testable import Pages

/// Blocks as HTML and as text.
struct PageDocumentTests {
  private var page: PageDocument {
    var page = PageDocument(title: "Head & <tail>")
    page.blocks = [
      .heading(2, "Result"), .paragraph("a < b & \"c\"\u{1B}[31m"),
      .note("66% at a limit. Widen it.", isGood: false),
      .table(
        [["measure", "value"], ["before", "9.5 Å"], ["after", "12.25 Å"]], caption: "Both"),
      .figures([(svg: "<svg></svg>", caption: "A curve", numbers: "under 0.143: 9 Å")]),
      .folded("x <1>", title: "More"), .code("fulcrum run a.toml", caption: ""),
    ]
    return page
  }

  /// Every element ends, in the right order, whatever is in the words.
  @Test func tagsAreBalanced() {
    let html = page.html
    var open: [Substring] = []
    for match in html.matches(of: /<(\/?)([a-z0-9]+)[^>]*?(\/?)>/) {
      let name = match.2
      if ["meta", "img", "br"].contains(name) || !match.3.isEmpty { continue }
      if match.1.isEmpty { open.append(name) } else { #expect(open.popLast() == name) }
    }
    #expect(open.isEmpty)
    #expect(
      html.contains("Head &amp; &lt;tail&gt;") && html.contains("a &lt; b &amp; &quot;c&quot;"))
    #expect(!html.unicodeScalars.contains { $0.value == 0x1B })
    // Nothing is fetched from anywhere.
    #expect(!html.contains("http://") && !html.contains("https://") && !html.contains("<script"))
  }

  @Test func textHasColumns() {
    let text = page.text
    #expect(text.contains("before     9.5 Å\nafter    12.25 Å"))
    #expect(text.contains("! 66% at a limit. Widen it."))
    #expect(text.contains("A curve\n  under 0.143: 9 Å"))
    #expect(page.contents(for: "a.txt") == text && page.contents(for: "a.html") == page.html)
  }
}
