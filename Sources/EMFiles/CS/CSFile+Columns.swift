import Ground

extension CSFile {
  /// An element of a field as numbers, one for every record.
  ///
  /// - Parameters:
  ///   - component: which element of a field that is an array.
  ///   - problems: gets a problem when the field is missing or is no number, and one for every
  ///     record whose value is not finite; zero stands in its place.
  public func numbers(
    _ name: String, component: Int = 0, problems: inout ProblemList
  ) -> [Double] {
    var values = [Double](repeating: 0, count: rowCount)
    guard let (file, field, rows) = find(name, component: component, problems: &problems) else {
      return values
    }
    let first = component * field.elementByteCount
    for row in 0..<rowCount {
      let bytes = file.bytes(of: field, row: rows.map { Int($0[row]) } ?? row)
      guard let value = field.number(bytes, at: first) else {
        problems.add(
          Problem(
            "\(path): the field \(name) does not hold numbers",
            whatToDo: "Check that the right file was given."))
        break
      }
      if value.isFinite {
        values[row] = value
      } else {
        problems.add(
          Problem(
            "\(place(row: row, field: name)): \(value) is not a finite number",
            whatToDo: "Remove the particle, or make the file again."))
      }
    }
    return values
  }

  /// A field of whole numbers without loss, one for every record.
  public func identifiers(_ name: String, problems: inout ProblemList) -> [UInt64] {
    var values = [UInt64](repeating: 0, count: rowCount)
    guard let (file, field, rows) = find(name, component: 0, problems: &problems) else {
      return values
    }
    guard field.kind == .unsigned || field.kind == .signed else {
      problems.add(
        Problem(
          "\(path): the field \(name) does not hold whole numbers",
          whatToDo: "Check that the right file was given."))
      return values
    }
    for row in 0..<rowCount {
      values[row] = field.bits(
        file.bytes(of: field, row: rows.map { Int($0[row]) } ?? row), at: 0)
    }
    return values
  }

  /// A field of texts with each different text once: row i has `values[indices[i]]`.
  public func interned(
    _ name: String, problems: inout ProblemList
  ) -> (values: [String], indices: [Int32]) {
    guard let (file, field, rows) = find(name, component: 0, problems: &problems) else {
      return ([], [Int32](repeating: 0, count: rowCount))
    }
    var interner = Interner()
    let indices = (0..<rowCount).map { row in
      interner.index(
        of: file.bytes(of: field, row: rows.map { Int($0[row]) } ?? row), decode: field.text)
    }
    return (interner.values, indices)
  }

  private func find(
    _ name: String, component: Int, problems: inout ProblemList
  ) -> (file: CSFile, field: CSField, rows: [Int32]?)? {
    guard let found = locate(name) else {
      problems.add(
        Problem(
          "\(path) has no field \(name)",
          whatToDo: "Give the passthrough .cs file or the .csg group that has it."))
      return nil
    }
    guard component < found.field.count else {
      problems.add(
        Problem(
          "\(path): the field \(name) has \(found.field.count) elements; element \(component + 1) is "
            + "needed",
          whatToDo: "Make the file again."))
      return nil
    }
    return found
  }
}

extension CSField {
  /// The bits of the element at a byte of the field, sign extended where it has a sign.
  func bits(_ bytes: UnsafeRawBufferPointer, at first: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<elementByteCount {
      let place = isLittleEndian ? elementByteCount - 1 - index : index
      value = value << 8 | UInt64(bytes[first + place])
    }
    if kind == .signed && elementByteCount < 8 {
      let shift = UInt64(64 - 8 * elementByteCount)
      value = UInt64(bitPattern: Int64(bitPattern: value << shift) >> Int64(shift))
    }
    return value
  }

  /// The number at a byte of the field; nil when it holds no numbers.
  func number(_ bytes: UnsafeRawBufferPointer, at first: Int) -> Double? {
    switch (kind, elementByteCount) {
    case (.unsigned, _), (.boolean, _): Double(bits(bytes, at: first))
    case (.signed, _): Double(Int64(bitPattern: bits(bytes, at: first)))
    case (.floating, 8): Double(bitPattern: bits(bytes, at: first))
    case (.floating, 4):
      Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits(bytes, at: first))))
    case (.floating, 2):
      Double(EMFiles.float(halfBits: UInt16(truncatingIfNeeded: bits(bytes, at: first))))
    default: nil
    }
  }

  /// The text of the field without the zeros that fill it up.
  func text(_ bytes: UnsafeRawBufferPointer) -> String {
    if kind == .unicode {
      let scalars = stride(from: 0, to: elementByteCount, by: 4).lazy.map { first in
        (0..<4).reduce(UInt32(0)) { value, index in
          value << 8 | UInt32(bytes[first + (isLittleEndian ? 3 - index : index)])
        }
      }
      return String(decoding: scalars.prefix { $0 != 0 }.map { $0 }, as: UTF32.self)
    }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
