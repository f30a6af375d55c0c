import Ground

extension STARTable {
  /// Reads the values of a column one by one; nil where the file has none of that name.
  ///
  /// The bytes that it gives are those of the file, without quotes, and valid as long as it is.
  public func reader(_ name: String) -> (@Sendable (Int) -> FieldText)? {
    guard let column = columnNames[..<layout.columnCount].firstIndex(of: name) else { return nil }
    return { row in FieldText(field(row: row, column: column)) }
  }

  /// A column's values as they are in the file, without quotes.
  ///
  /// - Throws: a problem when there is no such column.
  public func texts(_ name: String) throws(Problem) -> [String] {
    let column = try index(of: name)
    return (0..<rowCount).map { String(decoding: field(row: $0, column: column), as: UTF8.self) }
  }

  /// A column's numbers as they are in the file.
  ///
  /// - Parameters:
  ///   - rows: whether each row is needed; the others are not looked at, and zero stands in their
  ///     place. Nil for all.
  ///   - problems: gets a problem for a column that is missing, and one for every row whose value is
  ///     no finite number; zero stands in its place.
  public func numbers(
    _ name: String, where rows: [Bool]? = nil, problems: inout ProblemList
  ) -> [Double] {
    guard let column = problems.catching({ () throws(Problem) in try index(of: name) }) else {
      return [Double](repeating: 0, count: rowCount)
    }
    var values = [Double](repeating: 0, count: rowCount)
    for row in 0..<rowCount where rows?[row] ?? true {
      let text = field(row: row, column: column)
      if let value = number(text), value.isFinite {
        values[row] = value
      } else {
        problems.add(notANumber(text, row: row, name: name, kind: "a finite number"))
      }
    }
    return values
  }

  /// A column's whole numbers as they are in the file; "2.000000" is whole, too.
  ///
  /// - Parameters: as for `numbers`.
  public func integers(
    _ name: String, where rows: [Bool]? = nil, problems: inout ProblemList
  ) -> [Int] {
    guard let column = problems.catching({ () throws(Problem) in try index(of: name) }) else {
      return [Int](repeating: 0, count: rowCount)
    }
    var values = [Int](repeating: 0, count: rowCount)
    for row in 0..<rowCount where rows?[row] ?? true {
      let text = field(row: row, column: column)
      if let value = number(text).flatMap({ Int(exactly: $0) }) {
        values[row] = value
      } else {
        problems.add(notANumber(text, row: row, name: name, kind: "a whole number"))
      }
    }
    return values
  }

  /// A column's values with each different text once: row i has `values[indices[i]]`.
  ///
  /// - Throws: a problem when there is no such column.
  public func interned(_ name: String) throws(Problem) -> (values: [String], indices: [Int32]) {
    let column = try index(of: name)
    var interner = Interner()
    let indices = (0..<rowCount).map { interner.index(of: field(row: $0, column: column)) }
    return (interner.values, indices)
  }

  /// A column of references of the form NUMBER@PATH to an image of a stack: the numbers as they are
  /// (from 1), each different path once, and which of them each row has.
  ///
  /// A path without a number, which only a file of one image may have, gets the number 0.
  ///
  /// - Parameter problems: as for `numbers`.
  public func imageReferences(
    _ name: String, problems: inout ProblemList
  ) -> (numbers: [Int], paths: [String], indices: [Int32]) {
    guard let column = problems.catching({ () throws(Problem) in try index(of: name) }) else {
      return ([], [], [])
    }
    var interner = Interner()
    var numbers = [Int](repeating: 0, count: rowCount)
    var indices = [Int32](repeating: 0, count: rowCount)
    for row in 0..<rowCount {
      var path = field(row: row, column: column)
      if let at = path.firstIndex(of: UInt8(ascii: "@")) {
        let text = UnsafeRawBufferPointer(rebasing: path[..<at])
        path = UnsafeRawBufferPointer(rebasing: path[(at + 1)...])
        if let number = integer(text), number >= 1, number <= Int32.max {
          numbers[row] = number
        } else {
          numbers[row] = 1
          problems.add(notANumber(text, row: row, name: name, kind: "an image number from 1"))
        }
      }
      indices[row] = interner.index(of: path)
    }
    return (numbers, interner.values, indices)
  }

  private func notANumber(
    _ text: UnsafeRawBufferPointer, row: Int, name: String, kind: String
  ) -> Problem {
    Problem(
      "\(place(row: row, column: name)): \"\(String(decoding: text.prefix(60), as: UTF8.self))\" is "
        + "not \(kind)",
      whatToDo: "Mend or remove the row.")
  }
}
