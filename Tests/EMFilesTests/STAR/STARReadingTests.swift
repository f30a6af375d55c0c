import EMFiles
import Ground
import TestSupport
import Testing

/// A file in the manner of RELION 3.1.
let relionText = """

  # version 30001

  data_optics

  loop_\u{20}
  _rlnOpticsGroup #1\u{20}
  _rlnOpticsGroupName #2\u{20}
  _rlnOddZernike #3 [a list]
             1 opticsGroup1 [0.1,-2e-3,0]\u{20}
             2 "group two" [0,0,0]\u{20}
   

  # version 30001
  data_particles

  loop_
  _rlnImageName #1
  _rlnAngleRot #2
  _rlnRandomSubset #3
  000001@a.mrcs    12.500000            1
  # a comment between rows
  000002@a.mrcs   -12.500000            2   # behind a row

  000001@b#c.mrcs     1.5e+02            1
  data_/x_1.mrcs       0.000001            2


  """

@Suite struct STARReadingTests {
  private func read(_ text: String) throws -> STARFile {
    try STARFile(bytes: Array(text.utf8), path: "test.star")
  }

  @Test func aByteOrderMarkIsSkippedAndKept() throws {
    let folder = try TemporaryFolder()
    let bytes = [0xEF, 0xBB, 0xBF] + Array("data_x\nloop_\n_a\n1\n2\n".utf8)
    var file = try STARFile(bytes: bytes, path: "marked.star")
    #expect(try file.tables[0].texts("a") == ["1", "2"])
    file.tables[0].set("a", to: .integers([1, 7]), where: [false, true])
    try file.write(to: folder("new.star"))
    let written = try InputFile(path: folder("new.star"))
    #expect(try written.bytes(at: 0, count: 100) == bytes.dropLast(2) + Array("7\n".utf8))
  }

  /// Wide characters, with a mark and without; the advice is followed by hand here.
  @Test(arguments: [
    ("UTF-16", true, true), ("UTF-16", false, true), ("UTF-16LE", true, false),
    ("UTF-16BE", false, false), ("UTF-32", true, true),
  ])
  func wideCharactersAreNamed(name: String, isLittleEndian: Bool, isMarked: Bool) throws {
    let width = name == "UTF-32" ? 4 : 2
    var bytes: [UInt8] = []
    for scalar in (isMarked ? "\u{FEFF}" : "") + relionText.unicodeScalars.map(String.init).joined()
    {
      for value in scalar.unicodeScalars {
        let places = 0..<width
        for place in isLittleEndian ? Array(places) : places.reversed() {
          bytes.append(UInt8(truncatingIfNeeded: value.value >> UInt32(8 * place)))
        }
      }
    }
    let said = complaint { _ = try STARFile(bytes: bytes, path: "wide.star") } ?? ""
    #expect(said.contains("wide.star is text in \(name), not a STAR file"), "\(said)")
    #expect(said.contains("iconv -f \(name) -t UTF-8"))
  }

  @Test func blocksColumnsAndRowsAreFound() throws {
    let file = try read(relionText)
    #expect(file.tables.map(\.blockName) == ["optics", "particles"])
    let optics = file.tables[0]
    #expect(optics.columnNames == ["rlnOpticsGroup", "rlnOpticsGroupName", "rlnOddZernike"])
    #expect(try optics.texts("rlnOpticsGroupName") == ["opticsGroup1", "group two"])
    #expect(try optics.texts("rlnOddZernike") == ["[0.1,-2e-3,0]", "[0,0,0]"])
    let particles = file.tables[try #require(file.index(withColumn: "rlnImageName"))]
    var problems = ProblemList()
    #expect(
      particles.numbers("rlnAngleRot", problems: &problems) == [12.5, -12.5, 150, 0.000001])
    #expect(particles.integers("rlnRandomSubset", problems: &problems) == [1, 2, 1, 2])
    let images = particles.imageReferences("rlnImageName", problems: &problems)
    #expect(images.numbers == [1, 2, 1, 0], "a name without a number has none")
    #expect(images.paths == ["a.mrcs", "b#c.mrcs", "data_/x_1.mrcs"])
    #expect(images.indices == [0, 0, 1, 2])
    #expect(problems.isEmpty)
    #expect(particles.line(ofRow: 0) == 21)
    #expect(particles.line(ofRow: 2) == 25)
  }

  @Test func quotesPairsAndWindowsLineEndsRead() throws {
    let text =
      "data_general\r\n\r\n_rlnVersion  5.0\r\n_rlnNote 'it''s one' # why\r\n_rlnEmpty \"\"\r\n"
      + "data_rows\r\nloop_\r\n_a\r\n_b #2\r\n'x \"y\" z' \"a 'b\"\r\n\"\"\tplain'quote\r\n"
    let file = try read(text)
    #expect(file.tables.map(\.isLoop) == [false, true])
    #expect(try file.tables[0].texts("rlnVersion") == ["5.0"])
    #expect(try file.tables[0].texts("rlnNote") == ["it''s one"])
    #expect(try file.tables[0].texts("rlnEmpty") == [""])
    #expect(try file.tables[1].texts("a") == ["x \"y\" z", ""])
    #expect(try file.tables[1].texts("b") == ["a 'b", "plain'quote"])
  }

  @Test func aFileOfAnOlderRelionHasOneBlock() throws {
    let file = try read("data_\nloop_\n_rlnImageName #1\n1@a.mrcs\n2@a.mrcs")
    #expect(file.tables.count == 1)
    #expect(file.tables[0].blockName == "")
    #expect(file.tables[0].rowCount == 2)
  }

  @Test func valuesOfEveryNotationAreTheNearestDouble() throws {
    // The expected numbers are the compiler's reading of the same texts.
    let cases: [(String, Double)] = [
      ("0", 0), ("-0.0", 0), ("1.", 1), (".5", 0.5), ("+2.25", 2.25), ("1.421115e+05", 142111.5),
      ("109.186640", 109.186640), ("37369.207031", 37369.207031), ("1E-7", 1e-7),
      ("0.1234567890123456789", 0.1234567890123456789),
      ("123456789012345678901", 1.2345678901234568e20),
      ("9007199254740993", 9007199254740992), ("5e-324", .leastNonzeroMagnitude), ("1e22", 1e22),
      ("0.000000000000000000000001", 1e-24), ("-8.5e-30", -8.5e-30),
      ("00000000000000000000012.5", 12.5),
    ]
    let file = try read("data_\nloop_\n_x\n" + cases.map(\.0).joined(separator: "\n"))
    var problems = ProblemList()
    #expect(file.tables[0].numbers("x", problems: &problems) == cases.map(\.1))
    #expect(problems.isEmpty)
  }

  @Test func rowsThatAreNoNumbersAreToldWithRowLineAndColumn() throws {
    let rows = ["1.5", "nan", "abc", "inf", "-", "0x10", "1e", "1,5", "e5", "--1", "1.2.3", "."]
    let file = try read("data_\nloop_\n_x\n" + rows.joined(separator: "\n"))
    var problems = ProblemList()
    let values = file.tables[0].numbers("x", problems: &problems)
    #expect(values[0] == 1.5)
    #expect(problems.all.count == rows.count - 1, "\(values)")
    #expect(problems.all.first?.what.contains("line 5: row 2, column x: \"nan\"") == true)
    var wholes = ProblemList()
    _ = file.tables[0].integers("x", problems: &wholes)
    #expect(wholes.all.count == rows.count)
  }

  @Test func aProblemIsToldOnce() {
    var problems = ProblemList()
    for text in ["a", "b", "a", "a"] { problems.add(Problem(text, whatToDo: "")) }
    #expect(problems.all.map(\.what) == ["a", "b"])
  }

  @Test func manyProblemsAreCountedNotListed() throws {
    let text = "data_\nloop_\n_x\n" + String(repeating: "oh\n", count: 500)
    var problems = ProblemList(limit: 20)
    _ = try read(text).tables[0].numbers("x", problems: &problems)
    #expect(problems.all.count == 20)
    do {
      try problems.throwIfAny()
      Issue.record("nothing was thrown")
    } catch { #expect(error.all.last?.what.contains("480 more") == true) }
  }

  @Test(arguments: [
    ("data_p\nloop_\n_a #1\n_b #2\n1 2\n3\n5 6\n", ["line 6", "row 2", "1 values for 2", "_b"]),
    ("data_p\nloop_\n_a #1\n_b #2\n1 2\n3", ["line 6", "cut off", "ends before _b"]),
    ("data_p\nloop_\n_a #1\n_b #2\n1 2 3\n", ["line 5", "3 values for 2 columns"]),
    ("data_p\nloop_\n_a #1\n_b #2\n1 'two\n3 4'\n", ["line 5, character 3", "quote"]),
    ("data_p\nloop_\n_a\n'unfinished", ["line 4", "quote"]),
    ("data_p\nloop_\n_a #1\n_a #2\n1 2\n", ["line 4", "_a occurs twice"]),
    ("data_p\nloop_\n_a #1\n;text\n;\n", ["line 4", "several lines"]),
    ("data_p\n12 13\n", ["line 2", "neither"]), ("loop_\n_a\n1\n", ["line 1", "before any data_"]),
    ("data_p\n_a\n_b 2\n", ["line 2", "_a has no value"]),
    ("data_p\nloop_\n_a 5\n", ["line 3", "more than expected"]),
    ("", ["no table"]), ("data_empty\n\n", ["no table"]), ("Hello", ["line 1", "neither"]),
    ("version https://git-lfs.github.com/spec/v1\n", ["Git LFS", "git lfs pull"]),
  ])
  func brokenFilesAreErrorsWithAPlace(text: String, words: [String]) {
    let said = complaint { _ = try read(text) } ?? "nothing"
    for word in words { #expect(said.contains(word), "\(word) in: \(said)") }
  }

  @Test func aMissingColumnIsNamed() throws {
    let file = try read(relionText)
    let said = complaint { _ = try file.tables[1].texts("rlnAngleTilt") }
    #expect(said?.contains("data_particles has no column _rlnAngleTilt") == true)
  }

  @Test func arbitraryBytesNeverTrap() throws {
    // Cut the file everywhere, and change every byte in turn to those that mean something.
    let bytes = Array(relionText.utf8)
    for end in 0..<bytes.count {
      _ = try? STARFile(bytes: Array(bytes[..<end]), path: "cut.star")
    }
    for index in bytes.indices {
      for byte in "\"'#_;\n \u{0}".utf8 {
        var changed = bytes
        changed[index] = byte
        guard let file = try? STARFile(bytes: changed, path: "changed.star") else { continue }
        for table in file.tables {
          for name in table.columnNames { _ = try table.texts(name) }
        }
      }
    }
  }
}
