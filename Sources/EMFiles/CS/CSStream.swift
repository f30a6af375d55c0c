import FoundationEssentials
import Ground

/// The newer form of a cryoSPARC data set: a header in JSON, a column after the other, each packed by
/// LZ4 or not, and a heap of texts.
///
///     "\x95CSDAT"  UInt32 size  JSON  (UInt32 size  column) …  texts, each ended by a zero
///
/// Everything is little-endian. A column of texts holds offsets into the heap, 64 bits each. (Layout
/// as in cryosparc-tools 5.)
struct CSStream {
  private let source: FileBytes
  private let fields: [CSField]
  private let isText: [Bool]
  private let isPacked: [Bool]
  private let rowCount: Int
  private let columnsStart: Int

  /// Reads the header.
  init(source: FileBytes) throws(Problem) {
    self.source = source
    let bytes = source.bytes
    guard bytes[0] == 0x95 else {
      throw Problem(
        "\(source.path) is a cryoSPARC data set in the stream form of an early version 4, which is "
          + "not read",
        whatToDo: "Save it again with a newer cryoSPARC, or in the default format.")
    }
    let size = bytes.count < 10 ? Int.max : CSStream.word(bytes, at: 6)
    guard size <= bytes.count - 10 else { throw CSStream.damaged(source, "its header is cut off") }
    columnsStart = 10 + size
    let header: Header
    do {
      header = try JSONDecoder().decode(Header.self, from: Data(bytes[10..<columnsStart]))
    } catch {
      throw CSStream.damaged(source, "its header cannot be understood")
    }
    let count = header.length
    guard (0...Int(Int32.max)).contains(count) else {
      throw CSStream.damaged(source, "its header cannot be understood")
    }
    rowCount = count
    let packed = Set(header.compressedFields ?? [])
    if !packed.isEmpty, let method = header.compression, method != "lz4" {
      throw Problem(
        "\(source.path) is packed by \(method), which is not read",
        whatToDo: "Save the data set in cryoSPARC's default format.")
    }
    var fields: [CSField] = []
    var isText: [Bool] = []
    for entry in header.fields {
      guard let (field, holdsText) = entry.field else {
        throw CSStream.damaged(source, "a field is described in a way that is not read")
      }
      fields.append(field)
      isText.append(holdsText)
    }
    self.fields = fields
    self.isText = isText
    isPacked = fields.map { packed.contains($0.name) }
  }

  /// The data set as a NumPy file in memory, texts as bytes of a fixed length.
  func numpyFile() throws(Problem) -> [UInt8] {
    var position = columnsStart
    var columns: [[UInt8]] = []
    var room = largestContent
    for index in fields.indices {
      try take(product([fields[index].byteCount, rowCount]), of: &room)
      columns.append(rowCount == 0 ? [] : try column(index, at: &position))
    }
    let heap = UnsafeRawBufferPointer(rebasing: source.bytes[position...])
    var records = fields
    for index in fields.indices where isText[index] {
      (records[index], columns[index]) = try texts(
        columns[index], fields[index], heap: heap, room: &room)
    }
    var file = NumPyHeader.encoded(fields: records, rowCount: rowCount)
    let recordSize = records.reduce(0) { $0 + $1.byteCount }
    // What was checked column by column fits together, too.
    let total = recordSize * rowCount
    let start = file.count
    file.append(contentsOf: repeatElement(0, count: total))
    var offset = start
    for (field, column) in zip(records, columns) {
      let size = field.byteCount
      for row in 0..<rowCount {
        let target = offset + row * recordSize
        for index in 0..<size { file[target + index] = column[row * size + index] }
      }
      offset += size
    }
    return file
  }

  /// Bytes that the content may have: LZ4 packs up to 255 to 1, and texts are stored once. A file that
  /// promises more was made to exhaust the memory.
  private var largestContent: Int { (1 << 28) + 256 * source.bytes.count }

  private func take(_ bytes: Int?, of room: inout Int) throws(Problem) {
    guard let bytes, bytes <= room else {
      throw CSStream.damaged(source, "it promises more than a file of its size can hold")
    }
    room -= bytes
  }

  /// The bytes of a column, unpacked.
  private func column(_ index: Int, at position: inout Int) throws(Problem) -> [UInt8] {
    let bytes = source.bytes
    let name = fields[index].name
    guard position + 4 <= bytes.count else {
      throw CSStream.damaged(source, "it ends before the field \(name)")
    }
    let size = CSStream.word(bytes, at: position)
    position += 4
    guard size <= bytes.count - position, let wanted = product([fields[index].byteCount, rowCount])
    else { throw CSStream.damaged(source, "it ends in the field \(name)") }
    let stored = UnsafeRawBufferPointer(rebasing: bytes[position..<position + size])
    position += size
    if isPacked[index] {
      if let column = unpackLZ4(stored, count: wanted) { return column }
    } else if size == wanted {
      return Array(stored)
    }
    throw CSStream.damaged(source, "the field \(name) does not have \(rowCount) values")
  }

  /// A column of offsets into the heap as a column of texts, as long as the longest.
  private func texts(
    _ offsets: [UInt8], _ field: CSField, heap: UnsafeRawBufferPointer, room: inout Int
  ) throws(Problem) -> (CSField, [UInt8]) {
    var texts: [Range<Int>] = []
    texts.reserveCapacity(rowCount)
    // Where the text that begins at an offset ends; rows name the same few again and again.
    var known: [Int: Range<Int>] = [:]
    for row in 0..<rowCount {
      let offset = (0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(offsets[row * 8 + $1]) }
      guard offset < UInt64(heap.count) else {
        throw CSStream.damaged(source, "row \(row + 1) of the field \(field.name) has no text")
      }
      let start = Int(offset)
      if let text = known[start] {
        texts.append(text)
        continue
      }
      // No path is longer, and a text without an end must not be looked for in every row.
      let part = heap[start..<min(heap.count, start + CSStream.longestText + 1)]
      let end = part.firstIndex(of: 0) ?? part.endIndex
      guard end - start <= CSStream.longestText else {
        throw CSStream.damaged(source, "a text of the field \(field.name) is too long")
      }
      known[start] = start..<end
      texts.append(start..<end)
    }
    let length = max(1, texts.map(\.count).max() ?? 1)
    try take(product([length, rowCount]), of: &room)
    var column = [UInt8](repeating: 0, count: length * rowCount)
    for (row, text) in texts.enumerated() {
      for (index, byte) in heap[text].enumerated() { column[row * length + index] = byte }
    }
    return (CSField(name: field.name, type: "|S\(length)", shape: []), column)
  }

  private static let longestText = 1 << 16

  /// What the header's JSON says.
  private struct Header: Decodable {
    var length: Int
    var fields: [Entry]
    var compressedFields: [String]?
    var compression: String?

    enum CodingKeys: String, CodingKey {
      case length, compression
      case fields = "dtype"
      case compressedFields = "compressed_fields"
    }
  }

  /// A field as the header describes it: [name, type] or [name, type, shape].
  private struct Entry: Decodable {
    var name: String
    var type: String
    var shape: [Int]?

    init(from decoder: any Decoder) throws {
      var parts = try decoder.unkeyedContainer()
      name = try parts.decode(String.self)
      type = try parts.decode(String.self)
      shape = parts.isAtEnd ? nil : try parts.decode([Int].self)
      guard parts.isAtEnd else {
        throw DecodingError.dataCorruptedError(in: parts, debugDescription: "more than a shape")
      }
    }

    var field: (CSField, isText: Bool)? {
      let holdsText = type.hasSuffix("O")
      var literal: [PythonLiteral] = [.text(name), .text(holdsText ? "<u8" : type)]
      if let shape { literal.append(.tuple(shape.map(PythonLiteral.integer))) }
      return CSField(.tuple(literal)).map { ($0, holdsText) }
    }
  }

  /// The 32-bit number at a byte.
  private static func word(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
    (0..<4).reversed().reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
  }

  private static func damaged(_ source: FileBytes, _ what: String) -> Problem {
    Problem(
      "\(source.path) is a damaged cryoSPARC data set: \(what)",
      whatToDo: "Make or copy the file again, or save it in cryoSPARC's default format.")
  }
}
