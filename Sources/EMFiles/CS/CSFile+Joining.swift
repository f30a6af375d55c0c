import Ground

extension CSFile {
  /// Makes the fields of another file of the same particles readable as if they were in this one.
  ///
  /// Records are joined by uid, never by position. Where both have a field, this file's counts. The
  /// other file's fields are read, not written.
  ///
  /// - Throws: a problem when a particle is missing in the other file or is there twice, or when a
  ///   file has no uid.
  public mutating func join(_ other: CSFile) throws(Problem) {
    let mine = try uids()
    let theirs = try other.uids()
    var rowOfUID: [UInt64: Int32] = [:]
    rowOfUID.reserveCapacity(theirs.count)
    for (row, uid) in theirs.enumerated() {
      if let first = rowOfUID.updateValue(Int32(row), forKey: uid) {
        throw Problem(
          "\(other.path): the rows \(first + 1) and \(row + 1) have the same uid \(uid)",
          whatToDo: "Make the file again; a uid must be unique to join by it.")
      }
    }
    var rows = [Int32](repeating: 0, count: rowCount)
    var missing = 0
    for (row, uid) in mine.enumerated() {
      if let found = rowOfUID[uid] { rows[row] = found } else { missing += 1 }
    }
    guard missing == 0 else {
      throw Problem(
        "\(missing) of \(rowCount) particles of \(path) are not in \(other.path)",
        whatToDo: "Give the passthrough file of the same job.")
    }
    joins.append(Join(file: other, rows: rows))
  }

  private func uids() throws(Problem) -> [UInt64] {
    var problems = ProblemList()
    let uids = identifiers("uid", problems: &problems)
    if let problem = problems.all.first { throw problem }
    return uids
  }
}
