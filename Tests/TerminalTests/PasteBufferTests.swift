import Testing

@testable import Terminal

/// Pasted text whose end may not come.
struct PasteBufferTests {
  private let start = ContinuousClock.now

  @Test func aPasteThatDoesNotEndEndsByItself() {
    var paste = PasteBuffer()
    paste.begin(at: start)
    for (index, scalar) in "abc".unicodeScalars.enumerated() {
      #expect(paste.add(scalar, at: start + .milliseconds(600 * index)) == nil)
    }
    #expect(paste.overdue(at: start + .milliseconds(1300)) == nil && paste.isOpen)
    #expect(paste.overdue(at: start + .milliseconds(2300)) == "abc")
    #expect(!paste.isOpen && paste.overdue(at: start + .seconds(9)) == nil)
  }

  @Test func aPasteIsBounded() {
    var paste = PasteBuffer()
    paste.begin(at: start)
    var text: String?
    for _ in 0..<PasteBuffer.limit where text == nil { text = paste.add("x", at: start) }
    #expect(text?.utf8.count == PasteBuffer.limit)
    #expect(!paste.isOpen)
    paste.begin(at: start)
    _ = paste.add("y", at: start)
    #expect(paste.end() == "y" && !paste.isOpen)
  }
}
