import EMFiles
import Ground

/// What only one of the programs knows.
extension CryoSPARCFormMaker {
  /// Fields that the STAR file kept of a .cs file.
  mutating func addOwn() {
    let known = Set(fields.map(\.name))
    for field in own.all(rowCount: count) where !known.contains(field.name) { fields.append(field) }
  }

  /// Columns of the STAR file that no field of cryoSPARC's gives back.
  mutating func addKept() {
    for name in table.columnNames where !recovered.contains(name) && !OwnFields.isOwn(name) {
      guard let reader = table.reader(name) else { continue }
      add(KeptColumns.particles + name, keptColumn(reader, rowCount: count))
    }
  }
}

/// A column as a field: of whole numbers, of numbers, or of texts, whichever says all.
func keptColumn(
  _ reader: @escaping @Sendable (Int) -> FieldText, rowCount: Int
) -> CSColumn {
  var isWhole = true
  var isNumber = true
  var longest = 1
  for row in 0..<rowCount {
    let text = reader(row)
    longest = max(longest, text.count)
    isWhole = isWhole && isPlainInteger(text)
    isNumber = isNumber && (isPlainInteger(text) || isDecimal(text))
    if !isNumber, row > 1000 {
      for row in row..<rowCount { longest = max(longest, reader(row).count) }
      break
    }
  }
  if isNumber {
    return .typed(isWhole ? "<i8" : "<f8", (0..<rowCount).map { reader($0).number ?? 0 })
  }
  return .made("|S\(longest)", count: rowCount, reader)
}

/// Digits that come back as they are: no zeros in front, no sign that means nothing.
private func isPlainInteger(_ text: FieldText) -> Bool {
  let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
  guard (1...15).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
    return false
  }
  return digits.first != 0x30 || text.count == 1
}

/// A finite number with a point or an exponent.
private func isDecimal(_ text: FieldText) -> Bool {
  text.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
    && (text.number?.isFinite ?? false)
}
