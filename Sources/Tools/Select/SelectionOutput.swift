import Ground
import Particles

/// Where the rows of a selection go: one file or one for each optics group, and the rest.
public struct SelectionOutput: Sendable {
  /// The file to write; with `splits` its name without the ending begins those of all groups.
  public var path: String
  /// Whether each optics group gets a file.
  public var splits = false
  /// The file for the rows that were not kept; nil for none.
  public var rejected: String?

  public init(path: String) { self.path = path }

  /// A file and its rows.
  public struct Part: Sendable {
    public var path: String
    var records: ParticleRecords
  }

  /// The files to write, before anything is written.
  ///
  /// - Throws: a problem where a name's ending is not that of the format.
  public func parts(of selected: ParticleSelection.Selected) throws -> [Part] {
    let ending = selected.records.format == .star ? ".star" : ".cs"
    for path in [path] + (rejected.map { [$0] } ?? []) {
      guard path.lowercased().hasSuffix(ending) else {
        throw Problem(
          "\(path): particles of a \(ending) file are written to one",
          whatToDo: "Name it \(ending), and convert it then: fulcrum convert IN -o OUT.")
      }
    }
    let kept = try selected.kept()
    var parts: [Part] = []
    if splits {
      let groups = try opticsGroups(of: kept)
      let stem = path.dropLast(ending.count)
      for (name, rows) in groups {
        parts.append(
          Part(
            path: "\(stem)_\(name)\(ending)",
            records: kept.selecting(rows: rows).droppingUnusedOptics()))
      }
    } else {
      parts.append(Part(path: path, records: kept))
    }
    if let rejected {
      let rest = selected.rejected()
      if rest.count > 0 { parts.append(Part(path: rejected, records: rest)) }
    }
    return parts
  }

  /// Writes the files, each with a record of where it comes from, once it is certain that nothing is lost
  /// by any of them.
  ///
  /// - Parameters:
  ///   - replacing: whether what is there may be replaced.
  ///   - command: the words of the command line, for the records.
  ///   - progress: gets the step and how far it is.
  /// - Returns: what was selected, with the files.
  public func write(
    _ selected: ParticleSelection.Selected, replacing: Bool, command: [String],
    progress: (String, Double) -> Void = { _, _ in }
  ) throws -> ParticleSelection.Result {
    var result = selected.result
    let parts = try parts(of: selected)
    let places = try parts.map {
      try ToolOutput($0.path, replacing: replacing, inputs: result.inputs)
    }
    for place in places { try place.makeFolders() }
    for (part, place) in zip(parts, places) {
      try write(part)
      try ToolRecord(
        command: command, inputs: result.inputs, facts: [("particles", .count(result.kept))]
      ).write(beside: place)
      result.outputs.append(part.path)
      progress("Writing", 1)
    }
    return result
  }

  /// Writes a file.
  func write(_ part: Part) throws(Problem) { try part.records.write(to: part.path) }

  /// The rows of each optics group, by a name that a file can have, in the order of the groups.
  private func opticsGroups(of records: ParticleRecords) throws -> [(name: String, rows: [Int32])] {
    guard let texts = ParticleSelection.opticsColumns.lazy.compactMap({ records.texts($0) }).first
    else {
      throw Problem(
        "\(records.path) has no optics groups to split by",
        whatToDo: "Leave out --split, or select by the columns that differ.")
    }
    var rows = [[Int32]](repeating: [], count: texts.values.count)
    for (row, index) in texts.indices.enumerated() { rows[Int(index)].append(Int32(row)) }
    var used: Set<String> = []
    return texts.values.indices.filter { !rows[$0].isEmpty }.map { index in
      var name = String(
        texts.values[index].map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
      if name.isEmpty { name = "none" }
      while !used.insert(name).inserted { name += "_" }
      return (name, rows[index])
    }
  }
}
