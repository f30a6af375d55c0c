import EMFiles
import Ground
import TestSupport
import Testing

@Suite struct STARWritingTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func rewritten(
    _ text: String, _ change: (inout STARFile) throws -> Void = { _ in }
  ) throws -> String {
    var file = try STARFile(path: folder.write(text, to: "in.star"))
    try change(&file)
    try file.write(to: folder("out.star"))
    return String(decoding: try contents(folder("out.star")), as: UTF8.self)
  }

  @Test func whatIsReadIsWrittenByteForByte() throws {
    let windows = relionText.split(separator: "\n", omittingEmptySubsequences: false)
      .joined(separator: "\r\n")
    for text in [relionText, windows, "data_\nloop_\n_a\n1\n2", "data_x\n_a 1\n_b 2"] {
      #expect(try rewritten(text) == text)
    }
  }

  @Test func onlyTheRowsThatChangeDiffer() throws {
    let text = try rewritten(relionText) { file in
      file.tables[1].set(
        "rlnAngleRot", to: .numbers([1, 2, 3, -104.25]), where: [false, true, false, true])
    }
    let expected =
      relionText
      .replacingOnce("   -12.500000 ", "     2.000000 ")
      .replacingOnce("       0.000001 ", "    -104.250000 ")
    #expect(text == expected)
  }

  @Test func newColumnsGoBehindTheLast() throws {
    let text = "data_\n\nloop_ \n_a #1 \n_b #2 \n1 x \n2 y # two\n\n"
    let written = try rewritten(text) { file in
      file.tables[0].set("c", to: .integers([7, 8]))
      file.tables[0].set("d", to: .texts(["", "p q"]))
    }
    #expect(
      written
        == "data_\n\nloop_ \n_a #1 \n_b #2 \n_c #3 \n_d #4 \n1 x 7 \"\" \n2 y 8 \"p q\" # two\n\n")
    let back = try STARFile(bytes: Array(written.utf8), path: "back.star")
    #expect(try back.tables[0].texts("d") == ["", "p q"])
  }

  @Test func pairsAreSetAndAdded() throws {
    let written = try rewritten("data_g\n_a  1 # one\n_b two\n\ndata_h\n_c 3\n") { file in
      file.tables[0].set("a", to: .integers([15]))
      file.tables[0].set("new", to: .texts(["x y"]))
      file.tables[1].set("c", to: .numbers([0.5]))
    }
    #expect(written == "data_g\n_a 15 # one\n_b two\n_new \"x y\"\n\ndata_h\n_c 0.500000\n")
  }

  @Test func numbersAreWrittenToSixDecimals() throws {
    let values = [
      0, -0.0, 1, -1, 0.1, -0.0000004, 0.0000005, 123.4567894, 999.9999999, -179.9999996, 1e9,
      2.5e16,
      0.05,
    ]
    let rows = values.map { _ in "x" }.joined(separator: "\n")
    let written = try rewritten("data_\nloop_\n_v\n" + rows) { file in
      file.tables[0].set("v", to: .numbers(values))
    }
    let texts = written.split(separator: "\n").dropFirst(3).map(String.init)
    #expect(
      texts == [
        "0.000000", "0.000000", "1.000000", "-1.000000", "0.100000", "0.000000", "0.000001",
        "123.456789", "1000.000000", "-180.000000", "1000000000.000000", "2.5e+16", "0.050000",
      ])
  }

  @Test func numbersThatAreNotFiniteAreNotWritten() throws {
    let said = complaint {
      _ = try rewritten("data_\nloop_\n_v\n1\n2\n") { file in
        file.tables[0].set("v", to: .numbers([1, .nan]))
      }
    }
    #expect(said?.contains("row 2 of the column _v") == true)
    #expect(folder.names() == ["in.star"])
  }

  @Test func newFilesReadBack() throws {
    let path = folder("new.star")
    try STARFile.write(
      [
        NewSTARTable(
          blockName: "optics", columns: [("name", .texts(["a b"])), ("z", .texts(["[1,2]"]))]),
        NewSTARTable(
          blockName: "particles",
          columns: [("x", .numbers([1.5, -2])), ("n", .integers([3, 4]))]),
      ], to: path)
    let file = try STARFile(path: path)
    #expect(file.tables.map(\.blockName) == ["optics", "particles"])
    #expect(try file.tables[0].texts("name") == ["a b"])
    #expect(try file.tables[0].texts("z") == ["[1,2]"])
    var problems = ProblemList()
    #expect(file.tables[1].numbers("x", problems: &problems) == [1.5, -2])
    #expect(file.tables[1].integers("n", problems: &problems) == [3, 4])
  }
}

extension String {
  /// The text with the first occurrence of `part` replaced.
  fileprivate func replacingOnce(_ part: String, _ new: String) -> String {
    guard let range = ranges(of: part).first else { return self }
    return String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
  }
}
