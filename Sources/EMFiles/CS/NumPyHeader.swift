import Ground

/// The header of a NumPy file (format versions 1 to 3) of a structured array.
struct NumPyHeader {
  var fields: [CSField]
  var rowCount: Int
  var rowByteCount: Int
  /// Where the records begin.
  var dataOffset: Int
  /// How the header is padded.
  var style = Style.plain

  /// How a header is padded: NumPy writes it anew in the manner in which it was.
  enum Style: CaseIterable {
    /// So that records begin at a multiple of 64, or, before NumPy 1.14, of 16.
    case plain, old
    /// With room for a number of records of 21 digits besides, as NumPy does since 1.23.
    case growing
  }

  init(source: FileBytes) throws(Problem) {
    let (bytes, path) = (source.bytes, source.path)
    func damaged(_ what: String) -> Problem {
      Problem(
        "\(path): its NumPy header \(what)", whatToDo: "Make or copy the file again.")
    }
    guard bytes.count >= 12 else { throw damaged("is cut off") }
    let version = bytes[6]
    guard (1...3).contains(version) else { throw damaged("has the unknown version \(version)") }
    let start = version == 1 ? 10 : 12
    let length = (8..<start).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
    dataOffset = start + length
    guard dataOffset <= bytes.count else { throw damaged("is cut off") }
    guard case .dictionary(let entries) = PythonLiteral(Array(bytes[start..<dataOffset])) else {
      throw damaged("cannot be understood")
    }
    guard entries["fortran_order"] == .word("False") || entries["fortran_order"] == nil else {
      throw damaged("says that the order of the array is Fortran's, which is not read")
    }
    guard case .tuple(let lengths)? = entries["shape"], lengths.count == 1,
      case .integer(let count) = lengths[0], count >= 0
    else { throw damaged("does not describe a one-dimensional array") }
    rowCount = count
    guard case .list(let description)? = entries["descr"] else {
      throw Problem(
        "\(path) is a NumPy array without named fields, not a cryoSPARC data set",
        whatToDo: "Check that the right file was given.")
    }
    fields = []
    rowByteCount = 0
    for entry in description {
      guard var field = CSField(entry) else {
        throw Problem(
          "\(path): \(NumPyHeader.describe(entry))",
          whatToDo: "Save the data set in cryoSPARC's default format.")
      }
      field.offset = rowByteCount
      rowByteCount += field.byteCount
      fields.append(field)
    }
    let (written, records) = (fields, rowCount)
    style =
      Style.allCases.first {
        NumPyHeader.encoded(fields: written, rowCount: records, style: $0).count == dataOffset
      } ?? .plain
    let names = fields.map(\.name)
    guard Set(names).count == names.count || names.contains("") else {
      throw damaged("names a field twice")
    }
  }

  /// Says what is not read about a field.
  private static func describe(_ entry: PythonLiteral) -> String {
    let parts = entry.elements ?? []
    guard parts.count >= 2, case .text(let name) = parts[0], case .text(let type) = parts[1] else {
      return "a field is described in a way that is not read"
    }
    return type.contains("O")
      ? "the field \(name) holds Python objects, which are not read"
      : "the field \(name) has the unknown type \(type)"
  }

  /// The bytes of a header, as NumPy writes it.
  static func encoded(fields: [CSField], rowCount: Int, style: Style = .plain) -> [UInt8] {
    let entries = fields.map(\.entry).joined(separator: ", ")
    var text = "{'descr': [\(entries)], 'fortran_order': False, 'shape': (\(rowCount),), }"
    if style == .growing {
      text += String(repeating: " ", count: max(0, 21 - "\(rowCount)".utf8.count))
    }
    let alignment = style == .old ? 16 : 64
    let isLong = text.utf8.count > 65535 - 128
    let prefix = isLong ? 12 : 10
    // One byte is for the newline.
    let padding = (alignment - (prefix + text.utf8.count + 1) % alignment) % alignment
    let length = text.utf8.count + padding + 1
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [isLong ? 2 : 1, 0]
    for index in 0..<(prefix - 8) { bytes.append(UInt8(length >> (8 * index) & 0xFF)) }
    bytes += Array(text.utf8) + [UInt8](repeating: 0x20, count: padding) + [0x0A]
    return bytes
  }
}
