import Glibc
import TestSupport
import Testing

@testable import Ground
@testable import Refinement
@testable import Runs

struct CheckpointTests {
  private func store(
    _ temporary: TemporaryFolder, run: String = "a", layout: String = checkpointLayout
  ) -> RunCheckpoints { RunCheckpoints(RunFolder(temporary.path), run: run, layout: layout) }

  private func content(_ text: String) -> CheckpointContent { CheckpointContent([text]) }

  @Test func aStateIsReadBackByItsOwnRunOnly() throws {
    let temporary = try TemporaryFolder()
    #expect(try store(temporary).state() == nil)
    try store(temporary).save(content("one"))
    let first = try #require(try store(temporary).state())
    try store(temporary).save(content("second"))
    #expect(try #require(try store(temporary).state()) != first)
    let foreign = #expect(throws: Problem.self) { _ = try store(temporary, run: "b").state() }
    #expect(foreign?.what.contains("another run") == true)
    let old = #expect(throws: Problem.self) { _ = try store(temporary, layout: "other").state() }
    #expect(old?.what.contains("was written by fulcrum \(programVersion)") == true)
    #expect(temporary.names("checkpoint") == ["state.bin"])
  }

  /// Another version's state is taken where it means the same, and refused by name where it does not.
  @Test func theFormatDecidesNotTheVersion() throws {
    let temporary = try TemporaryFolder()
    try store(temporary).save(content("one"))
    let path = store(temporary).statePath
    let file = try InputFile(path: path)
    let bytes = try file.bytes(at: 0, count: file.size)
    var frame = try #require(CheckpointFrame(bytes.prefix(CheckpointFrame.size)))
    frame.version = "0.0.9"
    try AtomicFile.write(frame.bytes + bytes.dropFirst(CheckpointFrame.size), to: path)
    #expect(try store(temporary).state() != nil)
    frame.format += 1
    try AtomicFile.write(frame.bytes + bytes.dropFirst(CheckpointFrame.size), to: path)
    let other = #expect(throws: Problem.self) { _ = try store(temporary).state() }
    #expect(other?.what.contains("written by fulcrum 0.0.9 in a form") == true)
  }

  /// Whatever byte is changed or wherever the file ends, the state is refused.
  @Test func damageIsFound() throws {
    let temporary = try TemporaryFolder()
    try store(temporary).save(content("something"))
    let path = store(temporary).statePath
    let file = try InputFile(path: path)
    let whole = try file.bytes(at: 0, count: file.size)
    for place in whole.indices {
      var bytes = whole
      bytes[place] ^= 1
      try AtomicFile.write(bytes, to: path)
      #expect(throws: Problem.self, "byte \(place)") { _ = try store(temporary).state() }
    }
    try AtomicFile.write(whole + [0], to: path)
    #expect(throws: Problem.self, "a byte more") { _ = try store(temporary).state() }
    for length in [0, 1, 159, 160, 170, whole.count - 1] {
      try AtomicFile.write(Array(whole[..<length]), to: path)
      #expect(throws: Problem.self, "length \(length)") { _ = try store(temporary).state() }
    }
  }

  /// A search's list goes on after a part that was half written, without it.
  @Test func aTornPartIsLeftOut() throws {
    let temporary = try TemporaryFolder()
    let first = store(temporary)
    try first.beginSearch(content("start"))
    try first.append(content("one"))
    try first.append(content("two"))
    let whole = store(temporary).searchParts()
    #expect(whole.count == 3)
    let path = first.searchPath
    let file = try InputFile(path: path)
    let bytes = try file.bytes(at: 0, count: file.size)
    for cut in 1...20 {
      try AtomicFile.write(Array(bytes.dropLast(cut)), to: path)
      let next = store(temporary)
      #expect(next.searchParts() == Array(whole.prefix(2)))
      try next.append(content("three"))
      #expect(store(temporary).searchParts().count == 3)
      #expect(store(temporary).searchParts().prefix(2) == whole.prefix(2))
    }
    #expect(store(temporary, run: "b").searchParts().isEmpty)
    try store(temporary).beginSearch(content("new"))
    #expect(store(temporary).searchParts().count == 1)
  }

  @Test func changedInputIsNoticed() throws {
    let temporary = try TemporaryFolder()
    let path = temporary("map.mrc")
    func record() throws -> InputRecord {
      InputRecord(files: [try #require(InputRecord.File(of: path, samples: nil))])
    }
    try temporary.write(String(repeating: "a", count: 5000), to: "map.mrc")
    let before = try record()
    #expect(before.problems(ignoringTimes: false).isEmpty)
    utimensat(
      AT_FDCWD, path, [timespec(tv_sec: 1, tv_nsec: 2), timespec(tv_sec: 3, tv_nsec: 4)], 0)
    #expect(
      before.problems(ignoringTimes: false).first?.whatToDo.contains("--ignore-times") == true)
    #expect(before.problems(ignoringTimes: true).isEmpty)
    try temporary.write("b" + String(repeating: "a", count: 4999), to: "map.mrc")
    #expect(before.problems(ignoringTimes: true).first?.what.contains("first bytes") == true)
    try temporary.write(String(repeating: "a", count: 5001), to: "map.mrc")
    #expect(before.problems(ignoringTimes: true).first?.what.contains("5001") == true)
    unlink(path)
    #expect(before.problems(ignoringTimes: true).first?.what.contains("cannot be read") == true)
  }
}
