import FoundationEssentials
import Glibc
import Ground
import TestSupport
import Testing

@testable import Runs

/// What a run remembers of its inputs.
struct InputRecordTests {
  /// Changes a byte and puts the time back.
  private func change(_ path: String, at place: Int) throws {
    var status = stat()
    #expect(stat(path, &status) == 0)
    let file = open(path, O_RDWR | O_CLOEXEC)
    var byte: UInt8 = 0
    #expect(pread(file, &byte, 1, place) == 1)
    byte ^= 1
    #expect(pwrite(file, &byte, 1, place) == 1)
    let times = [status.st_atim, status.st_mtim]
    #expect(futimens(file, times) == 0)
    close(file)
  }

  /// A byte anywhere in a map, and in the parts of a stack that are looked at.
  @Test func aChangeWithTheTimePutBackIsNoticed() throws {
    let temporary = try TemporaryFolder()
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
    try AtomicFile.write(bytes, to: temporary("map.mrc"))
    try AtomicFile.write(bytes, to: temporary("stack.mrcs"))
    let map = try #require(InputRecord.File(of: temporary("map.mrc"), samples: nil))
    let stack = try #require(InputRecord.File(of: temporary("stack.mrcs"), samples: 16))
    let record = InputRecord(files: [map, stack])
    #expect(record.problems(ignoringTimes: false).isEmpty)
    for place in [0, 5000, 1_234_567, bytes.count - 1] {
      try change(temporary("map.mrc"), at: place)
      let problems = record.problems(ignoringTimes: true)
      #expect(problems.count == 1 && problems.first?.what.contains("map.mrc") == true, "\(place)")
      try change(temporary("map.mrc"), at: place)
    }
    // The last sample ends with the file, and the fifth begins at four fifteenths of the way.
    let fifth = (bytes.count - InputRecord.sampleBytes) / 15 * 4
    for place in [10_000, fifth, fifth + InputRecord.sampleBytes - 1, bytes.count - 1] {
      try change(temporary("stack.mrcs"), at: place)
      #expect(record.problems(ignoringTimes: false).count == 1, "\(place)")
      try change(temporary("stack.mrcs"), at: place)
    }
    #expect(record.problems(ignoringTimes: false).isEmpty)
  }

  /// Records of older versions have no checksum of the content.
  @Test func anOlderRecordIsUnderstood() throws {
    let temporary = try TemporaryFolder()
    try temporary.write("content", to: "map.mrc")
    var file = try #require(InputRecord.File(of: temporary("map.mrc"), samples: nil))
    file.content = nil
    let text = JSONFile.text(InputRecord(files: [file]))
    #expect(!text.contains("samples"))
    let read = try #require(JSONFile.value(InputRecord.self, of: text.utf8))
    #expect(read.problems(ignoringTimes: false).isEmpty)
  }

  /// A record that cannot be read does not switch the look at the inputs off.
  @Test func aDamagedRecordIsRefused() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path)
    #expect(try folder.inputRecord() == nil)
    let text = JSONFile.text(InputRecord(files: []))
    for length in 0..<text.utf8.count {
      try temporary.write(String(text.prefix(length)), to: "inputs.json")
      let problem = #expect(throws: Problem.self, "\(length)") { _ = try folder.inputRecord() }
      #expect(problem?.whatToDo.contains("remove it") == true)
    }
    try temporary.write(text, to: "inputs.json")
    #expect(try folder.inputRecord() == InputRecord(files: []))
  }
}
