import CryoEM
import EMFiles
import Ground

/// The rows and columns of a file of particles, as they are: nothing is refused for what its values mean,
/// so that what is wrong can be taken out.
public struct ParticleRecords: Sendable {
  /// What the user named.
  public let path: String
  /// Paths of all files that were read.
  public let files: [String]
  public let format: ParticleFile.Format
  var content: Content
  /// Row of the table of optics for each row; nil where the file has no such table.
  private(set) var opticsRows: [Int32]?

  enum Content: Sendable {
    /// A STAR file and which of its tables holds the particles.
    case star(STARFile, particles: Int)
    case cs(CSFile)
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: a .star, .cs or .csg file; what it is, is judged by its content.
  ///   - passthrough: .cs files with other fields of the same particles, joined by uid.
  /// - Throws: what keeps the file from being read at all.
  public init(path: String, passthrough: [String] = []) throws(Problem) {
    self.path = path
    switch try ParticleFileKind(path: path) {
    case .star:
      guard passthrough.isEmpty else {
        throw Problem(
          "\(path) is a STAR file and cannot be joined with passthrough files",
          whatToDo: "Leave out the passthrough files; they are cryoSPARC's.")
      }
      let file = try STARFile(path: path)
      var problems = ProblemList()
      let tables = RelionTables(file, problems: &problems)
      if let problem = problems.all.first { throw problem }
      (format, files) = (.star, [path])
      content = .star(file, particles: tables.particlesIndex)
    case .cs:
      var file = try CSFile(path: path)
      for other in passthrough { try file.join(CSFile(path: other)) }
      (format, files) = (.cs, [path] + passthrough)
      content = .cs(file)
    case .csg:
      let group = try CSGroup(path: path)
      var file = try CSFile(group: group, path: path)
      for other in passthrough { try file.join(CSFile(path: other)) }
      (format, files) = (.cs, [path] + Set(group.results.map(\.metafile)).sorted() + passthrough)
      content = .cs(file)
    }
    findOpticsRows()
  }

  private mutating func findOpticsRows() {
    guard case .star(let file, let index) = content, let optics = file.index(ofBlock: "optics")
    else { return }
    let (table, groups) = (file.tables[index], file.tables[optics])
    guard let mine = table.reader("rlnOpticsGroup"), let known = groups.reader("rlnOpticsGroup")
    else { return }
    let rows = Dictionary(
      (0..<groups.rowCount).map { (known($0).number ?? 0, Int32($0)) }
    ) { first, _ in first }
    opticsRows = (0..<table.rowCount).map { rows[mine($0).number ?? 0] ?? -1 }
  }

  /// Number of rows.
  public var count: Int {
    switch content {
    case .star(let file, let index): file.tables[index].rowCount
    case .cs(let file): file.rowCount
    }
  }

  /// Names of the columns; of a field that is an array one for each element, `alignments3D/shift[0]`.
  public var columnNames: [String] {
    switch content {
    case .star(let file, let index):
      let optics = file.index(ofBlock: "optics").map { file.tables[$0].columnNames } ?? []
      return file.tables[index].columnNames
        + optics.filter { !file.tables[index].hasColumn($0) }
    case .cs(let file):
      return file.allFields.flatMap { field in
        field.shape.isEmpty
          ? [field.name] : (0..<field.count).map { "\(field.name)[\($0)]" }
      }
    }
  }

  /// How messages name a place.
  public func place(row: Int, column: String) -> String {
    switch content {
    case .star(let file, let index): file.tables[index].place(row: row, column: column)
    case .cs(let file): file.place(row: row, field: column)
    }
  }

  /// Whether there is a column of a name.
  public func hasColumn(_ name: String) -> Bool {
    switch content {
    case .star(let file, let index):
      file.tables[index].hasColumn(name) || opticsColumn(name) != nil
    case .cs(let file): file.reader(Self.element(name).field) != nil
    }
  }

  /// A column's numbers, also those that are not finite; nil where there is no such column, or where it
  /// holds something else in a row, which is named.
  ///
  /// - Parameter problems: gets what is wrong.
  public func numbers(_ name: String, problems: inout ProblemList) -> [Double]? {
    switch content {
    case .star(let file, let index):
      if let reader = file.tables[index].reader(name) {
        var values = [Double](repeating: 0, count: count)
        for row in 0..<count {
          guard let value = reader(row).number else {
            let text = String(decoding: reader(row).prefix(40), as: UTF8.self)
            problems.add(notANumber(text, row: row, column: name))
            return nil
          }
          values[row] = value
        }
        return values
      }
      guard let texts = opticsColumn(name), let rows = opticsRows else { return nil }
      let values = texts.map { Double($0) }
      for row in 0..<count where rows[row] < 0 || values[Int(rows[row])] == nil {
        let text = rows[row] < 0 ? "" : texts[Int(rows[row])]
        problems.add(notANumber(text, row: row, column: name))
        return nil
      }
      return rows.map { values[Int($0)] ?? 0 }
    case .cs(let file):
      let (field, component) = Self.element(name)
      guard let reader = file.reader(field), component < reader.field.count else { return nil }
      if component == 0, !name.hasSuffix("]"), reader.field.count > 1 {
        problems.add(
          Problem(
            "\(path): the field \(field) has \(reader.field.count) elements",
            whatToDo: "Name one: \(field)[0] to \(field)[\(reader.field.count - 1)]."))
        return nil
      }
      guard count == 0 || reader.number(row: 0, component: component) != nil else {
        let text = reader.field.kind == .opaque ? "" : reader.text(row: 0)
        problems.add(notANumber(text, row: 0, column: name))
        return nil
      }
      return (0..<count).map { reader.number(row: $0, component: component) ?? 0 }
    }
  }

  private func notANumber(_ text: String, row: Int, column: String) -> Problem {
    Problem(
      "\(place(row: row, column: column)): “\(text)” is not a number",
      whatToDo: "Compare the column with a text in quotes, or mend the row.")
  }

  /// A column's texts, each different one once: row i has `values[indices[i]]`; nil where there is no such
  /// column.
  public func texts(_ name: String) -> (values: [String], indices: [Int32])? {
    switch content {
    case .star(let file, let index):
      if let texts = try? file.tables[index].interned(name) { return texts }
      guard let texts = opticsColumn(name), let rows = opticsRows else { return nil }
      return (texts + [""], rows.map { $0 < 0 ? Int32(texts.count) : $0 })
    case .cs(let file):
      let (field, component) = Self.element(name)
      guard let reader = file.reader(field), component < reader.field.count else { return nil }
      if reader.field.kind == .bytes || reader.field.kind == .unicode {
        var ignored = ProblemList()
        return file.interned(field, problems: &ignored)
      }
      var values: [String] = []
      var indexOfText: [String: Int32] = [:]
      let indices = (0..<count).map { row -> Int32 in
        var bytes: [UInt8] = []
        reader.appendSTAR(row: row, component: component, to: &bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        let index = indexOfText[text] ?? Int32(values.count)
        if index == values.count {
          indexOfText[text] = index
          values.append(text)
        }
        return index
      }
      return (values, indices)
    }
  }

  /// A column of whole numbers without loss; nil where there is none.
  public func identifiers(_ name: String) -> [UInt64]? {
    switch content {
    case .star(let file, let index):
      guard let reader = file.tables[index].reader(name) else { return nil }
      let values = (0..<count).compactMap {
        UInt64(String(decoding: reader($0), as: UTF8.self))
      }
      return values.count == count ? values : nil
    case .cs(let file):
      var problems = ProblemList()
      let values = file.identifiers(name, problems: &problems)
      return problems.isEmpty ? values : nil
    }
  }

  /// A column of the table of optics.
  private func opticsColumn(_ name: String) -> [String]? {
    guard case .star(let file, _) = content, let index = file.index(ofBlock: "optics") else {
      return nil
    }
    return try? file.tables[index].texts(name)
  }

  /// A field's name and the element, of `alignments3D/shift[0]`.
  static func element(_ name: String) -> (field: String, component: Int) {
    guard name.hasSuffix("]"), let bracket = name.lastIndex(of: "["),
      let component = Int(name[name.index(after: bracket)...].dropLast()), component >= 0
    else { return (name, 0) }
    return (String(name[..<bracket]), component)
  }
}

extension ParticleRecords {
  /// The table with some of its rows, in any order.
  public func selecting(rows: [Int32]) -> ParticleRecords {
    var table = self
    switch content {
    case .star(var file, let index):
      file.tables[index] = file.tables[index].selecting(rows: rows)
      table.content = .star(file, particles: index)
    case .cs(let file): table.content = .cs(file.selecting(rows: rows))
    }
    table.opticsRows = opticsRows.map { optics in rows.map { optics[Int($0)] } }
    return table
  }

  /// The table with the rows of the table of optics that its particles use.
  public func droppingUnusedOptics() -> ParticleRecords {
    guard case .star(var file, let index) = content, let optics = file.index(ofBlock: "optics"),
      let rows = opticsRows, file.tables[optics].isLoop
    else { return self }
    var table = self
    let used = Set(rows).filter { $0 >= 0 }.sorted()
    file.tables[optics] = file.tables[optics].selecting(rows: used)
    table.content = .star(file, particles: index)
    return table
  }

  /// Writes the table, whole or not at all; of a .cs file that others were joined to, all fields.
  public func write(to path: String) throws(Problem) {
    switch content {
    case .star(let file, _): try file.write(to: path)
    case .cs(let file): try file.writeJoined(to: path)
    }
  }
}
