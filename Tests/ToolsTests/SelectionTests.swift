import CryoEM
import Foundation
import Ground
import Particles
import TestSupport
import Testing

@testable import Tools

@Suite struct SelectionTests {
  let folder: TemporaryFolder
  let input: String

  init() throws {
    folder = try TemporaryFolder()
    input = try folder.write(particlesText, to: "p.star")
  }

  /// The rows, from 1, that an expression selects.
  private func rows(_ expression: String, input: String? = nil) throws -> [Int] {
    var selection = ParticleSelection(input: input ?? self.input)
    selection.expression = expression
    let isKept = try selection.run().isKept
    return isKept.indices.filter { isKept[$0] }.map { $0 + 1 }
  }

  /// Checked by hand against the eight rows.
  @Test(arguments: [
    ("rlnDefocusU < 13000", [1, 5]), ("not rlnDefocusU >= 13000", [1, 3, 5]),
    ("half = A and class = 1", [1, 3, 5]), ("half != A", [2, 4, 6, 8]),
    ("defocus > 14000 and defocus < 15600", [4, 7, 8]),
    ("astigmatism = 1000", [1, 2, 4]), ("micrograph = 'm/two.mrc'", [5, 6, 7, 8]),
    ("micrograph ~ '^m/o' or row = 8", [1, 2, 3, 4, 8]),
    ("rlnGroupName in ('right', \"the right\")", [3, 4]), ("class not in (1, 2)", [4, 7]),
    ("count(class) = 4 and row > 1", [3, 5, 8]), ("count(micrograph) >= 5 or row = 2", [2]),
    ("rlnVoltage = 200", [5, 6, 7, 8]), ("group = 1", [1, 2, 3, 4]),
    ("rlnOpticsGroupName = 'grid one' && !(row < 3)", [3, 4]),
    ("(rlnDefocusU + 2 * 500) / 2 = 5500", [1]), ("row % 3 = 0", [3, 6]),
    ("abs(-row + 4) < 2", [3, 4, 5]), ("_rlnClassNumber = 3 | ClassNumber = 2", [2, 4, 6, 7]),
    ("image ~ 'b.mrcs$' and rlnMaxValueProbDistribution > 3e-1", [7, 8]),
    ("-row < -7", [8]), ("sqrt(row) = 2", [4]), ("floor(row / 3) = 1", [3, 4, 5]),
  ])
  func expressionsSelectRows(expression: String, expected: [Int]) throws {
    #expect(try rows(expression) == expected.sorted(), "\(expression)")
  }

  /// Of RELION's angles the first is the azimuth of the view, and the second its angle from the pole.
  @Test func viewsAreWhereTheAnglesSay() throws {
    #expect(try rows("azimuth > 29.9 and azimuth < 50.1") == [3, 4, 5])
    #expect(try rows("elevation > 49.9") == [1, 2, 3])
    let turned = try folder.write(
      particlesText.replacing("10 20  30  0 0", with: "-10 150  30  0 0"), to: "t.star")
    #expect(try rows("azimuth > 349.999 and azimuth < 350.001", input: turned) == [1])
    // Across azimuth 0, as a drag over the edge of the map of views writes it.
    #expect(
      try rows("row < 8 and (azimuth >= 340 or azimuth < 35)", input: turned) == [1, 2, 3])
    #expect(try rows("elevation > -60.001 and elevation < -59.999", input: turned) == [1])
  }

  /// The widths of posteriors and the scales that a run has written, under names for both formats.
  @Test func whatARunHasWrittenHasNames() throws {
    let text = particlesText.replacing(
      "_rlnMaxValueProbDistribution", with: "_rlnLocalRotationStdDev")
    let input = try folder.write(text, to: "w.star")
    #expect(try rows("turned_sd < 0.25", input: input) == [3, 5])
    let complaint = complaint { _ = try rows("scale > 1", input: input) }
    #expect(complaint?.contains("no column rlnLocalScale") == true)
  }

  @Test func opticsGroupsAreCounted() throws {
    var selection = ParticleSelection(input: input)
    selection.expression = "row < 3"
    let result = try selection.run().result
    #expect(result.opticsGroups == .init(all: 2, kept: 1))
    #expect(result.sentence.contains("of 1 of 2 optics groups"))
    #expect(result.brief == "2 of 8, 1 + 1 on 1 micrograph, of 1 of 2 optics groups")
  }

  /// What is chosen by the results of a run can be written as the run's input has it, row by row.
  @Test func keptRowsCanBeThoseOfTheInput() throws {
    try makeFolder(folder("run/final"))
    try folder.write("{}", to: "run/run.json")
    try folder.write("[input]\nparticles = \"\(input)\"\n", to: "run/job.toml")
    // The third particle is not in the results, and the first has turned by 7 degrees.
    let lines = particlesText.split(separator: "\n", omittingEmptySubsequences: false)
    let moved = lines.filter { !$0.hasPrefix("3@a") }.joined(separator: "\n")
      .replacing("10 20  30  0 0", with: "10 20  37  0 0")
    try folder.write(moved, to: "run/final/particles.star")
    var selection = ParticleSelection(input: folder("run"))
    (selection.expression, selection.takesInput) = ("turned > 5 or row = 3", true)
    let output = folder("kept.star")
    var writing = SelectionOutput(path: output)
    writing.rejected = folder("rest.star")
    _ = try writing.write(try selection.run(), replacing: false, command: ["fulcrum"])
    func images(_ path: String) throws -> [String] {
      try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
        .filter { $0.contains(".mrcs") }
    }
    let original = lines.map(String.init).filter { $0.contains(".mrcs") }
    #expect(try images(output) == [original[0], original[3]])
    #expect(try images(folder("rest.star")) == [original[1]] + original[4...])
    // Without a run there is no input.
    selection = ParticleSelection(input: input)
    selection.takesInput = true
    #expect(complaint { _ = try selection.run() }?.contains("not known") == true)
  }

  @Test(arguments: [
    ("rlnDefocsU < 1", 1, "Do you mean rlnDefocusU?"), ("row > ", 7, "ends too early"),
    ("(row > 1", 9, "“)” is missing"), ("row > 1 2", 9, "the number 2.0 is not expected"),
    ("row > 'x", 7, "a quote does not end"), ("row $ 1", 5, "“$” means nothing here"),
    ("rlnGroupName > 3", 1, "“left” is not a number"), ("half > 1", 1, "half is A or B"),
    ("row = 1 and turned > 3", 13, "“turned” needs poses"), ("row", 1, "a value, not a condition"),
    ("1 < row < 3", 9, "comparisons cannot be chained"), ("size(row) > 1", 1, "no function “size”"),
    ("image ~ '['", 7, "no regular expression"), ("image ~ x", 9, "text in quotes"),
    ("row in (1, 'x')", 5, "numbers and texts"), ("row in (1", 10, "“)” is missing"),
    ("image < 'x'", 7, "texts are equal or not"), ("", 1, "nothing stands here"),
    ("rlnDefocusU/rlnDefocusV > 1", 1, "Put spaces around a /"), ("row = half", 7, "is a text"),
    ("(row > 1) + 1 > 2", 6, "a condition, and a number"), ("1..2 < row", 1, "is no number"),
  ])
  func mistakesAreToldAtTheirCharacter(expression: String, place: Int, words: String) {
    let told = complaint { _ = try rows(expression) } ?? ""
    #expect(told.contains(words), "\(told)")
    #expect(told.contains("character \(place) of the expression"), "\(told)")
  }

  @Test func deepNestingIsNoCrash() throws {
    let deep = String(repeating: "(", count: 100_000) + "row > 1"
    #expect(complaint { _ = try rows(deep) }?.contains("nested too deep") == true)
    let many = (1...400).map { "row = \($0)" }.joined(separator: " or ")
    #expect(try rows(many).count == 8)
    let more = (1...600).map { "row = \($0)" }.joined(separator: " or ")
    #expect(complaint { _ = try rows(more) }?.contains("in (1, 2, 3)") == true)
    let list = (1...6000).map { "\($0)" }.joined(separator: ", ")
    #expect(try rows("row in (\(list))").count == 8)
  }

  /// Rows are written as they were, byte by byte; all of them are the file.
  @Test func keptRowsKeepTheirText() throws {
    let writing = SelectionOutput(path: folder("o.star"))
    for (expression, expected) in [
      ("row > 0", particlesText),
      (
        "row != 2 and row != 8",
        particlesText.split(separator: "\n", omittingEmptySubsequences: false)
          .filter { !$0.hasPrefix("2@a") && !$0.hasPrefix("4@b") }.joined(separator: "\n")
      ),
    ] {
      var selection = ParticleSelection(input: input)
      selection.expression = expression
      for part in try writing.parts(of: selection.run()) { try writing.write(part) }
      #expect(try folder.text("o.star") == expected)
    }
  }

  @Test func eachOpticsGroupGetsAFile() throws {
    var writing = SelectionOutput(path: folder("o.star"))
    writing.splits = true
    writing.rejected = folder("rest.star")
    var selection = ParticleSelection(input: input)
    selection.expression = "row != 4"
    let parts = try writing.parts(of: selection.run())
    #expect(
      parts.map(\.path) == ["o_grid_one.star", "o_grid2.star", "rest.star"].map { folder($0) })
    for part in parts { try writing.write(part) }
    let second = try ParticleRecords(path: folder("o_grid2.star"))
    #expect(second.count == 4 && second.texts("rlnOpticsGroupName")?.values.first == "grid2")
    #expect(!(try folder.text("o_grid2.star")).contains("grid one"))
    #expect(try ParticleRecords(path: folder("rest.star")).count == 1)
  }

  // MARK: Two files

  @Test func filesAreComparedByTheirImages() throws {
    let lines = particlesText.replacing("1@a.mrcs", with: "0001@./a.mrcs").split(
      separator: "\n", omittingEmptySubsequences: false)
    let some = lines.filter { !$0.hasPrefix("2@a") && !$0.hasPrefix("3@b") }
    let other = try folder.write(
      some.joined(separator: "\n").replacing("_rlnClassNumber", with: "_rlnOther"), to: "q.star")
    func kept(_ change: (inout ParticleSelection) -> Void) throws -> ParticleSelection.Selected {
      var selection = ParticleSelection(input: input)
      change(&selection)
      return try selection.run()
    }
    #expect(
      try kept { $0.and = [other] }.isKept == [true, false, true, true, true, true, false, true])
    #expect(try kept { $0.minus = [other] }.result.kept == 2)
    let joined = try kept { $0.join = other }.kept()
    var problems = ProblemList()
    #expect(joined.count == 6)
    try joined.write(to: folder("joined.star"))
    let back = try ParticleRecords(path: folder("joined.star"))
    #expect(back.numbers("rlnOther", problems: &problems) == [1, 1, 3, 1, 2, 1])
    #expect(back.numbers("rlnClassNumber", problems: &problems) == [1, 1, 3, 1, 2, 1])
    #expect(complaint { _ = try kept { $0.minus = [input] } }?.contains("no particle of") == true)
  }

  /// A turn about z by psi, and a shift along x.
  @Test func turnsAndMovesAreMeasuredAgainstAnotherFile() throws {
    let text = particlesText.replacing("10 20  30  0 0", with: "10 20  37  0 0")
      .replacing("20 30  40  0 0", with: "20 30  40  4 -3")
    let moved = try folder.write(text, to: "moved.star")
    func rows(_ expression: String) throws -> [Bool] {
      var selection = ParticleSelection(input: moved)
      (selection.expression, selection.against) = (expression, input)
      return try selection.run().isKept
    }
    #expect(try rows("turned > 6.999 and turned < 7.001").firstIndex(of: true) == 0)
    #expect(try rows("moved > 4.999 and moved < 5.001").firstIndex(of: true) == 1)
    #expect(try rows("turned < 1e-6 and moved < 1e-6").count { $0 } == 6)
  }

  // MARK: Duplicates and subsets

  /// Rows 1 and 2 are 6 Å apart (2 Å pixels), 5 and 6 by their origins 0 Å.
  @Test func ofNearParticlesTheBetterStays() throws {
    func kept(_ distance: Double, _ score: String?) throws -> [Bool] {
      var selection = ParticleSelection(input: input)
      (selection.separation, selection.score) = (distance, score)
      return try selection.run().isKept
    }
    let all = [Bool](repeating: true, count: 8)
    func without(_ rows: Int...) -> [Bool] { all.indices.map { !rows.contains($0 + 1) } }
    #expect(try kept(5.9, nil) == without(6))
    #expect(try kept(6.1, nil) == without(2, 6))
    #expect(try kept(6.1, "rlnMaxValueProbDistribution") == without(1, 5))
    #expect(try kept(6.1, "-rlnMaxValueProbDistribution") == without(2, 6))
    #expect(complaint { _ = try kept(6, "rlnNothing") }?.contains("--best rlnNothing") == true)
  }

  /// Against the plain quadratic rule, on points that lie close.
  @Test(arguments: 0..<6) func duplicatesAreThoseOfTheDefinition(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let count = 400
    let centers = (0..<count).map { _ in
      Vector2(generator.uniform(-50, 50), generator.uniform(-50, 50))
    }
    let micrographs = (0..<count).map { Int32($0 % 3) }
    let scores = (0..<count).map { _ in (generator.uniform() * 20).rounded() }
    let copies = (0..<count).map { Int32($0) }
    let kept = Duplicates.kept(
      centers: centers, micrographs: micrographs, distance: 6, scores: scores, copies: copies,
      filaments: nil)
    var expected = [Bool](repeating: false, count: count)
    for row in (0..<count).sorted(by: { (-scores[$0], $0) < (-scores[$1], $1) }) {
      expected[row] = !(0..<count).contains { other in
        let step = centers[other] - centers[row]
        return expected[other] && micrographs[other] == micrographs[row]
          && (step * step).sum() < 36
      }
    }
    #expect(kept == expected && kept.contains(false))
  }

  @Test func familiesStayWholeInARandomSubset() {
    let families = (0..<600).map { Int32($0 / 6 * 6) }
    let parts = (0..<600).map { Int32($0 < 120 ? 0 : 1) }
    let taken = BalancedSubset.drawn(count: 300, families: families, parts: parts, seed: 3)
    for family in stride(from: 0, to: 600, by: 6) {
      #expect(Set(taken[family..<family + 6]).count == 1)
    }
    #expect(taken.count { $0 } == 300)
    // The small part gives all it has, and the other one the rest.
    #expect(taken[..<120].allSatisfy { $0 })
    let again = BalancedSubset.drawn(count: 300, families: families, parts: parts, seed: 3)
    let other = BalancedSubset.drawn(count: 300, families: families, parts: parts, seed: 4)
    #expect(taken == again && taken != other)
  }

  @Test func sharesAreEvenAsFarAsTheyGo() {
    #expect(BalancedSubset.shares(of: 10, available: [100, 2, 100]) == [4, 2, 4])
    #expect(BalancedSubset.shares(of: 11, available: [100, 2, 3]) == [6, 2, 3])
    #expect(BalancedSubset.shares(of: 50, available: [1, 2]) == [1, 2])
    #expect(BalancedSubset.shares(of: 7, available: [9, 9, 9]).reduce(0, +) == 7)
  }
}
