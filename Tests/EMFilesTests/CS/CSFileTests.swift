import EMFiles
import Ground
import TestSupport
import Testing

@Suite struct CSFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ bytes: [UInt8]) throws -> CSFile { try CSFile(bytes: bytes, path: "test.cs") }

  @Test(arguments: [1, 2, 3] as [UInt8])
  func everyKindOfFieldReads(version: UInt8) throws {
    var raw = RawCS.sample
    raw.version = version
    let file = try read(raw.file)
    var problems = ProblemList()
    #expect(file.rowCount == 3)
    #expect(file.identifiers("uid", problems: &problems) == [7, 5, .max])
    #expect(file.numbers("blob/idx", problems: &problems) == [0, 4_000_000_000, 2])
    #expect(file.numbers("shift", component: 1, problems: &problems) == [-2, 0.25, 1])
    #expect(file.numbers("odd/big", problems: &problems) == [0.1, -3e300, 7])
    #expect(file.numbers("odd/flag", problems: &problems) == [1, 1, 1])
    #expect(file.numbers("odd/half", problems: &problems) == [1.5, 1.5, 1.5])
    #expect(file.numbers("odd/signed", problems: &problems) == [-300, -300, -300])
    let paths = file.interned("blob/path", problems: &problems)
    #expect(paths.values == ["J1/a.mrc", "J1/longest.m"])
    #expect(paths.indices == [0, 0, 1])
    #expect(file.interned("odd/name", problems: &problems).values == ["åb"])
    #expect(file.shape(of: "shift") == [2])
    #expect(problems.isEmpty)
  }

  @Test func whatIsReadIsWrittenByteForByte() throws {
    let bytes = RawCS.sample.file
    try read(bytes).write(to: folder("out.cs"))
    #expect(try contents(folder("out.cs")) == bytes)
  }

  @Test func onlyTheFieldsThatChangeDiffer() throws {
    var file = try read(RawCS.sample.file)
    file.set(
      "shift", to: .numbers([9, 9, 0.5, -0.5, 9, 9], width: 2), where: [false, true, false])
    file.set("odd/big", to: .numbers([1, 2, 3]))
    try file.write(to: folder("out.cs"))
    var expected = RawCS.sample
    expected.rows = [
      RawCS.record(uid: 7, path: "J1/a.mrc", idx: 0, shift: [1.5, -2], big: 1),
      RawCS.record(uid: 5, path: "J1/a.mrc", idx: 4_000_000_000, shift: [0.5, -0.5], big: 2),
      RawCS.record(uid: .max, path: "J1/longest.m", idx: 2, shift: [-1, 1], big: 3),
    ]
    #expect(try contents(folder("out.cs")) == expected.file)
  }

  @Test func newFieldsGoBehindTheOthers() throws {
    var file = try read(RawCS.sample.file)
    file.set("new/vector", to: .numbers([1, 2, 3, 4, 5, 6], width: 2))
    file.set("new/count", to: .integers([1, 2, 3]))
    file.set("new/text", to: .texts(["a", "bcd", ""]))
    file.set("new/count", to: .integers([4, 5, 6]))
    try file.write(to: folder("out.cs"))
    let bytes = try contents(folder("out.cs"))
    let headerEnd = try #require(bytes.firstIndex(of: 0x0A)) + 1
    #expect(headerEnd % 64 == 0)
    #expect(bytes.count == headerEnd + 3 * (RawCS.sample.rows[0].count + 8 + 4 + 3))
    let back = try CSFile(path: folder("out.cs"))
    var problems = ProblemList()
    #expect(back.numbers("new/vector", component: 1, problems: &problems) == [2, 4, 6])
    #expect(back.numbers("new/count", problems: &problems) == [4, 5, 6])
    let texts = back.interned("new/text", problems: &problems)
    #expect(texts.indices.map { texts.values[Int($0)] } == ["a", "bcd", ""])
    #expect(back.identifiers("uid", problems: &problems) == [7, 5, .max])
    #expect(back.interned("odd/name", problems: &problems).values == ["åb"])
    #expect(problems.isEmpty)
  }

  @Test func valuesThatDoNotFitAreNotWritten() throws {
    for column in [
      CSColumn.integers([1, -1, 1]), .integers([1, 1 << 32, 1]), .texts(["", "", ""]),
    ] {
      var file = try read(RawCS.sample.file)
      file.set("blob/idx", to: column)
      #expect(complaint { try file.write(to: folder("out.cs")) }?.contains("blob/idx") == true)
    }
    var file = try read(RawCS.sample.file)
    file.set("odd/big", to: .numbers([1, .infinity, 2]))
    #expect(complaint { try file.write(to: folder("out.cs")) }?.contains("row 2") == true)
    #expect(folder.names().isEmpty)
  }

  @Test func otherFilesOfTheSameParticlesAreJoinedByUID() throws {
    var file = try read(RawCS.sample.file)
    try CSFile.write(
      [
        ("uid", .identifiers([1, .max, 5, 7])), ("ctf/df1_A", .numbers([10, 20, 30, 40])),
        ("blob/idx", .integers([9, 9, 9, 9])),
      ], rowCount: 4, to: folder("pass.cs"))
    try file.join(CSFile(path: folder("pass.cs")))
    var problems = ProblemList()
    #expect(file.numbers("ctf/df1_A", problems: &problems) == [40, 30, 20])
    #expect(
      file.numbers("blob/idx", problems: &problems) == [0, 4_000_000_000, 2], "its own counts")
    #expect(!file.hasOwnField("ctf/df1_A") && file.hasField("ctf/df1_A"))
    try file.write(to: folder("out.cs"))
    #expect(try contents(folder("out.cs")) == RawCS.sample.file)
  }

  @Test func joinsThatDoNotFitAreRefused() throws {
    var file = try read(RawCS.sample.file)
    try CSFile.write(
      [("uid", .identifiers([7, 8]))], rowCount: 2, to: folder("missing.cs"))
    try CSFile.write(
      [("uid", .identifiers([7, 5, .max, 7]))], rowCount: 4, to: folder("twice.cs"))
    try CSFile.write([("id", .identifiers([7]))], rowCount: 1, to: folder("none.cs"))
    for (name, words) in [
      ("missing.cs", "2 of 3 particles"), ("twice.cs", "rows 1 and 4 have the same uid 7"),
      ("none.cs", "no field uid"),
    ] {
      let said = complaint { try file.join(CSFile(path: folder(name))) }
      #expect(said?.contains(words) == true, "\(said ?? "nothing")")
    }
  }

  @Test func recordsThatAreNotFiniteAreToldWithRowAndField() throws {
    var raw = RawCS.sample
    raw.rows[1] = RawCS.record(uid: 5, path: "", idx: 0, shift: [.nan, 1], big: .infinity)
    let file = try read(raw.file)
    var problems = ProblemList()
    _ = file.numbers("shift", problems: &problems)
    _ = file.numbers("odd/big", problems: &problems)
    #expect(problems.all.count == 2)
    #expect(problems.all[0].what.contains("row 2, field shift: nan"))
    #expect(problems.all[1].what.contains("row 2, field odd/big: inf"))
  }

  @Test func brokenFilesAreErrors() throws {
    let good = RawCS.sample
    var objects = good
    objects.description = "[('uid', '<u8'), ('blob/path', '|O')]"
    var plain = good
    plain.description = "'<f4'"
    var fortran = good
    fortran.order = "True"
    var huge = good
    huge.count = .max
    var twice = good
    twice.description = "[('uid', '<u8'), ('uid', '<u8')]"
    var nonsense = good
    nonsense.description = "[('uid', '<u8'"
    let cases: [([UInt8], String)] = [
      (Array(good.file.dropLast(5)), "promises 3 records of 60 bytes, and the file holds 2"),
      (good.file + [UInt8](repeating: 0, count: 104), "104 bytes follow"),
      (objects.file, "blob/path holds Python objects"), (plain.file, "without named fields"),
      (fortran.file, "Fortran"), (huge.file, "more than are read"), (twice.file, "twice"),
      (nonsense.file, "cannot be understood"), (Array(good.file.prefix(11)), "cut off"),
      (Array(good.file.prefix(80)), "cut off"),
      ([0x93] + Array("NUMPY".utf8) + [9, 0, 1, 0, 0, 0, 0], "version 9"),
      (Array("version https://git-lfs.github.com/spec/v1\n".utf8), "git lfs pull"),
      (Array("\ndata_particles\n".utf8), "STAR"), ([], "not a cryoSPARC"),
    ]
    for (bytes, words) in cases {
      let said = complaint { _ = try read(bytes) }
      #expect(said?.contains(words) == true, "\(words): \(said ?? "accepted")")
    }
  }

  @Test func arbitraryHeadersNeverTrap() throws {
    let bytes = RawCS.sample.file
    for index in 6..<400 {
      for byte in [0, 0x27, 0x28, 0x39, 0x5D, 0xFF] as [UInt8] {
        var changed = bytes
        changed[index] = byte
        guard let file = try? read(changed) else { continue }
        var problems = ProblemList()
        for field in file.fields {
          _ = file.numbers(field.name, problems: &problems)
          _ = file.interned(field.name, problems: &problems)
        }
      }
    }
  }
}
