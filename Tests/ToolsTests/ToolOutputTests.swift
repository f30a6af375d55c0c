import Foundation
import Ground
import TOMLText
import TestSupport
import Testing

@testable import Tools

struct ToolOutputTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func whatIsThereStays() throws {
    let old = try folder.write("old", to: "mask.mrc")
    #expect(throws: Problem.self) { try ToolOutput(old, replacing: false, inputs: []) }
    #expect(throws: Never.self) { try ToolOutput(old, replacing: true, inputs: []) }
    #expect(throws: Never.self) {
      try ToolOutput(folder.path + "/new", replacing: false, inputs: [])
    }
    // A file where a folder is to be, and the other way round, is never replaced.
    #expect(throws: Problem.self) {
      try ToolOutput(old, isFolder: true, replacing: true, inputs: [])
    }
    #expect(throws: Problem.self) { try ToolOutput(folder.path, replacing: true, inputs: []) }
  }

  @Test func inputsAreNeverWrittenTo() throws {
    let map = try folder.write("map", to: "map.mrc")
    let link = folder.path + "/link.mrc"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: map)
    for name in [map, link, folder.path + "/../" + FilePath.name(of: folder.path) + "/map.mrc"] {
      #expect(throws: Problem.self) { try ToolOutput(name, replacing: true, inputs: [map]) }
    }
    let output = try ToolOutput(folder.path, isFolder: true, replacing: true, inputs: [map])
    #expect(throws: Problem.self) { try output.file("map.mrc", notOneOf: [map]) }
    #expect(try output.file("other.mrc", notOneOf: [map]) == folder.path + "/other.mrc")
  }

  @Test func theRecordNamesCommandAndInputs() throws {
    let map = try folder.write("map", to: "a \"map\".mrc")
    let output = try ToolOutput(folder.path + "/o.mrc", replacing: false, inputs: [map])
    let record = ToolRecord(
      command: ["fulcrum", "mask", map], inputs: [map],
      facts: [("threshold", .number(0.25)), ("pieces", .count(3)), ("kept", .text("largest"))])
    try record.write(beside: output)
    let text = try String(contentsOfFile: folder.path + "/o.mrc.toml", encoding: .utf8)
    let table = try parseTOML(text)
    #expect(table["command"]?.string == "fulcrum mask '\(map)'")
    #expect(table["threshold"]?.number == 0.25)
    #expect(table["kept"]?.string == "largest")
    let input = try #require(table["input"]?.array?.first?.table)
    #expect(input["path"]?.string == map)
    #expect(input["bytes"]?.int == 3)
    #expect(input["checksum"]?.string == String(Checksum.of("map".utf8), radix: 16))
  }
}
