import EMFiles
import Ground
import TestSupport
import Testing

@Suite struct CSStreamTests {
  /// Two records of uid, blob/path, alignments3D/pose (3) and ctf/type, as cryosparc-tools 5.0.3
  /// wrote them: `Dataset([…]).stream(compression="lz4")`, the header's text left out.
  private func sample(header: String? = nil) -> [UInt8] {
    let text =
      header
        ?? """
        {"length": 2, "dtype": [["uid", "<u8"], ["blob/path", "|O"], \
        ["alignments3D/pose", "<f4", [3]], ["ctf/type", "|O"]], "compression": "lz4", \
        "compressed_fields": ["blob/path", "alignments3D/pose", "ctf/type"]}
        """
    let length = Array(text.utf8).count
    let body: [UInt8] =
      [0x10, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 8)
      + [0x12, 0, 0, 0, 0xF0, 0x01, 1, 0, 0, 0, 0, 0, 0, 0, 0x0A, 0, 0, 0, 0, 0, 0, 0]
      + [0x1A, 0, 0, 0, 0xF0, 0x09, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40]
      + [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40]
      + [0x12, 0, 0, 0, 0xF0, 0x01, 0x14, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0, 0]
      + [0] + Array("J1/a.mrc".utf8) + [0] + Array("J1/aa.mrc".utf8) + [0]
      + Array("imported".utf8) + [0]
    return [0x95] + Array("CSDAT".utf8) + [UInt8(length & 0xFF), UInt8(length >> 8), 0, 0]
      + Array(text.utf8) + body
  }

  @Test func aStreamOfAnotherProgramReads() throws {
    let file = try CSFile(bytes: sample(), path: "stream.cs")
    var problems = ProblemList()
    #expect(file.identifiers("uid", problems: &problems) == [7, .max])
    #expect(file.interned("blob/path", problems: &problems).values == ["J1/a.mrc", "J1/aa.mrc"])
    #expect(file.interned("ctf/type", problems: &problems).values == ["imported"])
    for component in 0..<3 {
      let values = file.numbers("alignments3D/pose", component: component, problems: &problems)
      #expect(values == [Double(component + 1), Double(component + 1)])
    }
    #expect(problems.isEmpty)
  }

  @Test func packedColumnsWithMatchesRead() throws {
    // 400 times the byte 5, by the format's description: a literal 5, a match of 394 at distance 1
    // (token 1 | 15, then 255 + 120 more, with 4 for nothing), five literals at the end.
    let packed: [UInt8] = [0x1F, 5, 1, 0, 255, 120, 0x50, 5, 5, 5, 5, 5]
    let header = """
      {"length": 100, "dtype": [["x", "<u4"]], "compression": "lz4", "compressed_fields": ["x"]}
      """
    var bytes: [UInt8] = [0x95] + Array("CSDAT".utf8)
    bytes += [UInt8(header.utf8.count), 0, 0, 0] + Array(header.utf8)
    bytes += [UInt8(packed.count), 0, 0, 0] + packed
    let file = try CSFile(bytes: bytes, path: "stream.cs")
    var problems = ProblemList()
    #expect(
      file.numbers("x", problems: &problems) == [Double](repeating: 0x0505_0505, count: 100))
  }

  @Test func brokenStreamsAreErrors() throws {
    var old = sample()
    old[0] = 0x94
    let huge = sample().replacingText("\"length\": 2", "\"length\": 9")
    let zlib = sample().replacingText("\"lz4\"", "\"zip\"")
    for (bytes, words) in [
      (old, "early version 4"), (huge, "does not have 9 values"), (zlib, "packed by zip"),
      (Array(sample().prefix(100)), "header is cut off"),
      (Array(sample().prefix(sample().count - 60)), "ends in the field"),
      (Array(sample().dropLast(29)), "has no text"),
    ] {
      let said = complaint { _ = try CSFile(bytes: bytes, path: "stream.cs") }
      #expect(said?.contains(words) == true, "\(words): \(said ?? "accepted")")
    }
  }

  @Test func arbitraryBytesNeverTrap() {
    let bytes = sample()
    for index in bytes.indices.dropFirst() {
      for byte in [0, 1, 0x39, 0x7F, 0xFF] as [UInt8] {
        var changed = bytes
        changed[index] = byte
        _ = try? CSFile(bytes: changed, path: "stream.cs")
      }
    }
  }
}

extension [UInt8] {
  /// The bytes with a text replaced by another of the same length.
  fileprivate func replacingText(_ old: String, _ new: String) -> [UInt8] {
    guard let range = ranges(of: Array(old.utf8)).first else { return self }
    return Array(self[..<range.lowerBound]) + Array(new.utf8) + Array(self[range.upperBound...])
  }
}
