import Testing

@testable import TOMLText

struct TOMLTextTests {
  @Test func aTableIsRead() throws {
    let table = try parseTOML("\u{FEFF}a = 1\n[b]\nc = [1,\n  2]\n[[d]]\n[[d]]\n'e f'.g = \"x\"\n")
    #expect(table["a"]?.int == 1)
    #expect(table["b"]?.table?["c"]?.array?.count == 2)
    #expect(table["d"]?.array?.count == 2)
  }

  /// Every header and key is found where it stands, whatever is in its value.
  @Test func theOutlineHasThePlaces() throws {
    let text = """
      \u{FEFF}a.b = 1 # one
      [c]
        d = { e = [ 1,
          2 ] } # two

      # three
      [[f."g h"]]
      'i' = \"\"\"
      [j]
      \"\"\"
      """
    let bytes = Array(text.utf8)
    func piece(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    let entries = try outlineTOML(text)
    #expect(entries.map(\.header) == [[], ["c"], ["c"], ["f", "g h"], ["f", "g h"]])
    #expect(entries.map(\.isElement) == [false, false, false, true, true])
    #expect(entries.map(\.key) == [["a", "b"], nil, ["d"], nil, ["i"]])
    #expect(
      entries.map { piece($0.value) }
        == ["1", "", "{ e = [ 1,\n    2 ] }", "", "\"\"\"\n[j]\n\"\"\""])
    #expect(
      entries.map { piece($0.lines) } == [
        "a.b = 1 # one\n", "[c]\n", "  d = { e = [ 1,\n    2 ] } # two\n", "[[f.\"g h\"]]\n",
        "'i' = \"\"\"\n[j]\n\"\"\"",
      ])
  }

  /// What looks like a table without a name, and like a deep key, inside of strings and comments.
  @Test(arguments: [
    "a = '''\n[ $STATUS = finished ] && date\n'''\n", "a = \"\"\"\n[*]\\\n[+]\"\"\"\"\"\n[b]\n",
    "# " + String(repeating: ".", count: 500) + "\n",
    "a = \"" + String(repeating: ".", count: 500) + "\"",
    "a = [\n[\n1], [\n[ ], [ +1 ]\n]\n]\n", "a = '\\' # [\n[b]\n", "a = \"\\\" [\"\n[b]\n",
    "a = ''\n[b]", "a = \"\"\n[ \"b\" ]", "a = {b = [{c = 1}]}\n",
    String(repeating: "[[a.b]]\n", count: 300),
  ])
  func harmlessTextsPass(text: String) throws { _ = try parseTOML(text) }

  /// Headers without a name, and the line.
  @Test(arguments: [
    ("[*input]\n", 1), ("[\n", 1), ("[[ +a]]\n", 1), ("[#]\n", 1), ("[{}]", 1), ("[[[a]]]\n", 1),
    ("[[ [a]]]", 1), ("\u{FEFF}[*]", 1), ("a = 1\r\n  [.a]", 2), ("a = ''''''\n[*]", 2),
    ("a = '''\n''''\n[*]", 3), ("a = \"\"\"\\\\\"\"\"\n[*]", 2), ("a = [] # [é\n[é]", 2),
  ])
  func tablesWithoutANameAreErrors(text: String, line: Int) throws {
    let error = try #require(throws: TOMLSyntaxError.self) { _ = try parseTOML(text) }
    #expect(error.description == "there is no name after [")
    #expect(error.line == line)
  }

  /// Texts at which a parser of TOML was found to abort.
  @Test(arguments: [
    "a = [}", "a = [1, }", "a = [\n[1], }", "a = [{b = 1}, }]", "a = [\u{2028}1]", "a = [\u{85}1]",
    "a = 1979-05-27 0\n", "a = [1979-05-27 0]", "a = 1_979-05-27 0 ", "a = {b = 1979-05-27 0}",
    "a = 1979-05-27 0#", "a = 1979-05-27T:", "a = 1979-05-27t:-", "a = 1\"34-67-90 0 ",
    "a = 1'34-67'9 0\n", "a = 1979-05-27 0\u{A0}",
  ])
  func otherFatalTextsAreErrors(text: String) {
    #expect(throws: TOMLSyntaxError.self) { _ = try parseTOML(text) }
  }

  @Test func datesAndTimesPass() throws {
    _ = try parseTOML(
      """
      a = 1979-05-27 07:32:00
      b = 1979-05-27T07:32:00Z
      c = 1979-05-27t07:32:00.5-07:00 # noon
      d = [1979-05-27, 07:32:00 ]
      2020-01-01 = 5
      "é" = { 'ü' . "ö" = "å" }\r\nf = [ "a", 'b','c' ,\t"d" ]
      """)
  }

  private static func parts(_ count: Int) -> String { String(repeating: "a.", count: count) }

  /// Texts that would take a reader or its callers out of stack.
  @Test(arguments: [
    parts(50_000) + "a=1", "[" + parts(50_000) + "a]", parts(300) + "a=1",
    "[" + parts(150) + "a]\n" + parts(150) + "a=1",
    "b = " + String(repeating: "{" + parts(100) + "a=", count: 3),
    "b = " + String(repeating: "[", count: 300),
  ])
  func deepTextsAreErrors(text: String) throws {
    let error = try #require(throws: TOMLSyntaxError.self) { _ = try parseTOML(text) }
    #expect(error.description.contains("200"))
  }

  @Test func textsOfUsualDepthPass() throws {
    _ = try parseTOML(
      "[" + Self.parts(60) + "a]\n" + Self.parts(60) + "a={" + Self.parts(60) + "b=1}")
  }

  @Test(arguments: ["a = 1\u{0}", "a = \"\u{0}\"", "# \u{0}\n", "\u{0}"])
  func zeroBytesAreErrors(text: String) {
    #expect(throws: TOMLSyntaxError.self) { _ = try parseTOML(text) }
  }

  @Test(arguments: [
    ("a = \n", 1), ("a = 1\n\nb\n", 3), ("a = '''\n\n'''\nb = ]\n", 4), ("[]", 1), ("[", 1),
    ("[ [a]]", 1), ("a = \"x\ny = 1", 1), ("a = 1\na = 2\n", 2),
  ])
  func otherErrorsTellTheirLine(text: String, line: Int) throws {
    let error = try #require(throws: TOMLSyntaxError.self) { _ = try parseTOML(text) }
    #expect(error.line == line)
    #expect(!error.description.isEmpty)
  }
}
