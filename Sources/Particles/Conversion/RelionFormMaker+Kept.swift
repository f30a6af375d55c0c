import EMFiles

/// What only one of the programs knows.
extension RelionFormMaker {
  /// Columns that came from a STAR file and have no field of cryoSPARC's.
  mutating func addKept() {
    let known = Set(form.particles.map(\.name))
    for field in source.allFields where field.name.hasPrefix(KeptColumns.particles) {
      let name = String(field.name.dropFirst(KeptColumns.particles.count))
      guard !known.contains(name), let reader = source.reader(field.name) else { continue }
      form.particles.append((name, valueColumn(reader, component: 0)))
    }
  }

  private func valueColumn(_ reader: CSFieldReader, component: Int) -> STARColumn {
    .made(count: count) { row, bytes in
      if reader.field.kind == .floating, reader.field.elementByteCount == 8 {
        let value = reader.number(row: row, component: component) ?? 0
        if value.isFinite { return appendExact(value, to: &bytes) }
      }
      reader.appendSTAR(row: row, component: component, to: &bytes)
    }
  }

  /// Fields that RELION has no column for, each element as a column under the field's name, and a table of
  /// all fields. RELION 3.1 and later leave columns alone that they do not know.
  mutating func addOwnFields() {
    var rows: [(name: String, type: String, shape: String, value: String)] = []
    var opaque: [String] = []
    for field in source.allFields
    where !field.name.hasPrefix(KeptColumns.particles)
      && !field.name.hasPrefix(KeptColumns.optics)
    {
      guard let reader = source.reader(field.name) else { continue }
      if field.kind == .opaque {
        opaque.append(field.name)
        continue
      }
      let shape = field.shape.map { "\($0)" }.joined(separator: ",")
      var value = "*"
      if !recovered.contains(field.name) {
        if isConstant(reader), !Self.alwaysColumns.contains(field.name) {
          value = constantText(reader)
        } else {
          for component in 0..<field.count {
            let name = field.shape.isEmpty ? field.name : "\(field.name)[\(component)]"
            form.particles.append((name, valueColumn(reader, component: component)))
          }
        }
      }
      rows.append((field.name, field.stated, "[\(shape)]", value))
    }
    if !opaque.isEmpty {
      form.notes.append(
        "Fields that are not understood were left out: \(opaque.joined(separator: ", ")).")
    }
    form.fields = NewSTARTable(
      blockName: KeptColumns.fieldTable,
      columns: [
        ("fieldName", .texts(rows.map(\.name))), ("fieldType", .texts(rows.map(\.type))),
        ("fieldShape", .texts(rows.map(\.shape))), ("fieldValue", .texts(rows.map(\.value))),
      ])
  }

  /// Fields that others are understood by, which have columns also where all records say the same: a
  /// program that drops the table of fields shall not change them.
  private static let alwaysColumns: Set<String> = [
    "uid", "blob/sign", "ctf/shift_A", "alignments3D/psize_A",
  ]

  private func isConstant(_ reader: CSFieldReader) -> Bool {
    guard count > 1, reader.field.count <= 4 else { return false }
    let first = reader.bytes(row: 0)
    return (1..<count).allSatisfy { reader.bytes(row: $0).elementsEqual(first) }
  }

  /// The elements of a field that is the same in every record, as a list.
  private func constantText(_ reader: CSFieldReader) -> String {
    let isText = reader.field.kind == .bytes || reader.field.kind == .unicode
    if isText { return reader.text(row: 0) }
    let elements = (0..<reader.field.count).map { component in
      var bytes: [UInt8] = []
      reader.appendSTAR(row: 0, component: component, to: &bytes)
      return String(decoding: bytes, as: UTF8.self)
    }
    return "[" + elements.joined(separator: ",") + "]"
  }
}
