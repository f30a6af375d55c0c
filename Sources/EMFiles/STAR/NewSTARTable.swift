import Ground

/// A table for a new STAR file.
public struct NewSTARTable: Sendable {
  /// The block's name, "optics" for `data_optics`.
  public var blockName: String
  /// The columns with their names, without the underscore.
  public var columns: [(name: String, column: STARColumn)]

  public init(blockName: String, columns: [(name: String, column: STARColumn)]) {
    self.blockName = blockName
    self.columns = columns
  }
}

extension STARFile {
  /// Writes a new file, whole or not at all.
  ///
  /// - Parameters:
  ///   - version: what each block says before its name, "version 30001" for what RELION 3.1 and later
  ///     read.
  ///   - root: as `FilePlace` has it.
  /// - Throws: a problem when it cannot be written or a number is not finite.
  public static func write(
    _ tables: [NewSTARTable], version: String = "version 30001", to path: String,
    within root: String? = nil
  ) throws(Problem) {
    let file = try AtomicFile(path: path, within: root)
    var output = OutputBuffer(file)
    for table in tables {
      output.append("\n# \(version)\n\ndata_\(table.blockName)\n\nloop_\n")
      for (index, (name, column)) in table.columns.enumerated() {
        if let row = column.firstNonFinite {
          throw Problem(
            "\(path): row \(row + 1) of the column _\(name) is not a finite number",
            whatToDo: "This is a defect of the program: please report it.")
        }
        output.append("_\(name) #\(index + 1)\n")
      }
      for row in 0..<(table.columns.first?.column.count ?? 0) {
        for (index, (_, column)) in table.columns.enumerated() {
          if index > 0 { output.bytes.append(0x20) }
          column.append(row: row, to: &output.bytes)
        }
        output.bytes.append(0x0A)
        try output.flushIfFull()
      }
      output.append("\n")
    }
    try output.flush()
    try file.commit()
  }
}
