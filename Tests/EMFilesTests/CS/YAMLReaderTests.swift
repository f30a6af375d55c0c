import Testing

@testable import EMFiles

/// Texts as PyYAML 6 writes them, with what was given to it.
@Suite struct YAMLReaderTests {
  private func text(_ yaml: String, _ path: String...) throws -> String? {
    var value: YAMLValue? = try YAMLReader.value(of: yaml)
    for key in path { value = value?[key] }
    return value?.text
  }

  private static let group = """
    created: 2024-01-01 00:00:00
    group:
      description: 'All particles that were processed,
        including alignments: it''s a long text
        that goes on and on over the line'
      plain: one that goes on and
        on # with a remark
      title: 'All: particles #1'
    # A remark between two keys.
    results:
      '2': x
      blob:
        metafile: '>J350 with a name that has
          # spaces and is long enough to be folded
          over several lines of the file.cs'
        num_items: 456024
      ctf:
        metafile: '>J''3.cs'
        note: "tab\\tand \\xE9, \\u00e9 \\
          \\ and \\a"
        paragraphs: 'one

          two


          three'
      empty: {}
      list:
      - 1
      - two
      - - 3
        - 4
      - a: 1
        b: []
      nothing: null
    version: v4.4.1
    """

  @Test func foldedAndQuotedTextsAreWhole() throws {
    #expect(
      try text(Self.group, "group", "description")
        == "All particles that were processed, including alignments: it's a long text that goes on "
        + "and on over the line")
    #expect(try text(Self.group, "group", "plain") == "one that goes on and on")
    #expect(try text(Self.group, "group", "title") == "All: particles #1")
    #expect(
      try text(Self.group, "results", "blob", "metafile")
        == ">J350 with a name that has # spaces and is long enough to be folded over several lines "
        + "of the file.cs")
    #expect(try text(Self.group, "results", "ctf", "metafile") == ">J'3.cs")
    #expect(try text(Self.group, "results", "ctf", "note") == "tab\tand é, é  and \u{07}")
    #expect(try text(Self.group, "results", "ctf", "paragraphs") == "one\ntwo\n\nthree")
    #expect(try text(Self.group, "results", "2") == "x")
    #expect(try text(Self.group, "version") == "v4.4.1")
  }

  @Test func listsAndEmptyValues() throws {
    let results = try YAMLReader.value(of: Self.group)["results"]
    #expect(
      results?["list"]
        == .list([
          .text("1"), .text("two"), .list([.text("3"), .text("4")]),
          .mapping([.init(key: "a", value: .text("1")), .init(key: "b", value: .list([]))]),
        ]))
    #expect(results?["empty"] == .mapping([]))
    #expect(results?["nothing"] == .text(""))
    #expect(results?.entries?.map(\.key) == ["2", "blob", "ctf", "empty", "list", "nothing"])
  }

  /// As PyYAML before 5.1 writes what has no collections in it.
  @Test func innermostCollectionsMayStandInBraces() throws {
    let group = """
      group: {created: 2018-05-04 10:20:30, title: 'All, of {them}: #1', empty: , none: null}
      results:
        blob: {metafile: '>J1 with a long name/that''s
            folded.cs', num_items: 12,
          shape: [2, [3, 4], {}]}  # a remark
        ctf: {metafile: /data/x.cs}
      """
    #expect(try text(group, "group", "created") == "2018-05-04 10:20:30")
    #expect(try text(group, "group", "title") == "All, of {them}: #1")
    #expect(try text(group, "group", "empty") == "")
    #expect(
      try text(group, "results", "blob", "metafile") == ">J1 with a long name/that's folded.cs")
    #expect(try text(group, "results", "ctf", "metafile") == "/data/x.cs")
    let shape = try YAMLReader.value(of: group)["results"]?["blob"]?["shape"]
    #expect(shape == .list([.text("2"), .list([.text("3"), .text("4")]), .mapping([])]))
  }

  @Test func carriageReturnsAndMarksDoNotCount() throws {
    #expect(try text("\u{FEFF}---\r\na:\r\n  b: c\r\n...\r\nrubbish", "a", "b") == "c")
  }

  /// What is YAML but not of this part, and what is none, with the line.
  @Test(arguments: [
    ("a: &x 1", 1), ("a: *x", 1), ("a: !!str 1", 1), ("a: |\n  text", 1), ("a: {b: 1", 1),
    ("a: [1, 2]]", 1), ("a: {b: 1, b: 2}", 1), ("a: {b}", 1), ("a: [*b]", 1), ("a: {b: 1} c", 1),
    ("a: 1\na: 2", 2), ("a: 1\n  b: 2", 2), ("a:\n  b: 1\n c: 2", 3),
    ("a: 'open", 1), ("\ta: 1", 1), ("x: 1\n\njust words", 3), ("? a\n: b", 1),
    ("a: 'x' y", 1), ("a: \"\\q\"", 1),
  ])
  func othersAreRefusedAtTheirLine(yaml: String, line: Int) throws {
    let error = try #require(throws: YAMLSyntaxError.self) { _ = try YAMLReader.value(of: yaml) }
    #expect(error.line == line, "\(error.description)")
  }

  @Test func depthAndLengthHaveBounds() {
    let deep = (0..<60).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n")
    #expect(throws: YAMLSyntaxError.self) { _ = try YAMLReader.value(of: deep) }
    let long = "a: 'x\n" + String(repeating: " y\n", count: 5000) + " '"
    #expect(throws: YAMLSyntaxError.self) { _ = try YAMLReader.value(of: long) }
  }
}
