import EMFiles
import Ground

extension ParticleRecords {
  /// The table with the columns of another file that it has not: where both have one, this one's counts.
  ///
  /// - Parameter matching: the other's row for each row; all must have one.
  /// - Throws: a problem when the files are of different formats.
  public func joined(with other: ParticleRecords, rows: [Int32]) throws(Problem) -> ParticleRecords
  {
    precondition(rows.count == count && rows.allSatisfy { $0 >= 0 })
    var table = self
    switch (content, other.content) {
    case (.star(var file, let index), .star(let more, let particles)):
      let added = more.tables[particles]
      for name in added.columnNames where !file.tables[index].hasColumn(name) {
        guard name != "rlnOpticsGroup", let reader = added.reader(name) else { continue }
        file.tables[index].set(
          name,
          to: .made(count: count) { row, bytes in
            appendSTARText(reader(Int(rows[row])), to: &bytes)
          })
      }
      table.content = .star(file, particles: index)
    case (.cs(var file), .cs(let more)):
      let known = Set(file.allFields.map(\.name))
      for field in more.allFields where !known.contains(field.name) {
        guard let reader = more.reader(field.name) else { continue }
        file.set(
          field.name,
          to: .made(field.stated, shape: field.shape, count: count) { row in
            reader.bytes(row: Int(rows[row]))
          })
      }
      table.content = .cs(file)
    default:
      throw Problem(
        "\(path) and \(other.path) are of different formats",
        whatToDo: "Convert one of them first: fulcrum convert IN -o OUT.")
    }
    return table
  }
}
