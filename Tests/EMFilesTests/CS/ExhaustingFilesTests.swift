import EMFiles
import Glibc
import TestSupport
import Testing

/// Small files that promise much: they are refused before memory is taken, and read in a time that
/// grows with their length. None of these ends within a test's patience otherwise.
@Suite struct ExhaustingFilesTests {
  private func stream(_ header: String, _ columns: [[UInt8]], heap: [UInt8] = []) -> [UInt8] {
    func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 255) } }
    return [0x95] + Array("CSDAT".utf8) + word(header.utf8.count) + Array(header.utf8)
      + columns.flatMap { word($0.count) + $0 } + heap
  }

  /// LZ4 of `count` zeros.
  private func packedZeros(_ count: Int) -> [UInt8] {
    // A literal zero, then one match at distance 1, then five literals.
    let match = count - 6 - 4 - 15
    return [0x1F, 0, 1, 0] + [UInt8](repeating: 255, count: match / 255) + [UInt8(match % 255)]
      + [0x50, 0, 0, 0, 0, 0]
  }

  @Test func recordsWithoutContent() {
    let header = "{'descr': [], 'fortran_order': False, 'shape': (2000000000,), }\n"
    let bytes =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
    #expect(complaint { _ = try CSFile(bytes: bytes, path: "x.cs") }?.contains("without") == true)
  }

  /// A million rows that all name one long text: once on disk, a million times in memory.
  @Test func oneLongTextForAllRows() {
    let rows = 1_000_000
    let header =
      "{\"length\": \(rows), \"dtype\": [[\"blob/path\", \"|O\"]], \"compression\": \"lz4\", "
      + "\"compressed_fields\": [\"blob/path\"]}"
    let bytes = stream(
      header, [packedZeros(8 * rows)], heap: [UInt8](repeating: 0x61, count: 60_000) + [0])
    #expect(complaint { _ = try CSFile(bytes: bytes, path: "x.cs") }?.contains("its size") == true)
    let endless = stream(
      header, [packedZeros(8 * rows)], heap: [UInt8](repeating: 0x61, count: 5_000_000))
    #expect(complaint { _ = try CSFile(bytes: endless, path: "x.cs") }?.contains("long") == true)
  }

  @Test func manyColumnsOfOneTable() throws {
    let count = 60_000
    let labels = (0..<count).map { "_c\($0)\n" }.joined()
    let values = (0..<count).map { "\($0)" }.joined(separator: " ")
    let loop = Array("data_x\nloop_\n\(labels)\(values)\n".utf8)
    let file = try STARFile(bytes: loop, path: "x.star")
    #expect(file.tables[0].columnNames.count == count && file.tables[0].rowCount == 1)
    let pairs = Array(("data_x\n" + (0..<count).map { "_c\($0) \($0)\n" }.joined()).utf8)
    #expect(try STARFile(bytes: pairs, path: "x.star").tables[0].columnNames.count == count)
  }

  /// A file with a hole is as long as its header says, and takes no room on a disk.
  @Test func mapsLargerThanAnyMemory() throws {
    let folder = try TemporaryFolder()
    var header = [UInt8](repeating: 0, count: 1024)
    for axis in 0..<3 { header[4 * axis + 1] = 0x20 }
    header[12] = 0
    header[213] = 0x44
    header[212] = 0x44
    let path = try folder.write(header, to: "hole.mrc")
    #expect(truncate(path, 1024 + 8192 * 8192 * 8192) == 0)
    #expect(complaint { _ = try MRCVolume(path: path) }?.contains("8192 × 8192 × 8192") == true)
  }
}
