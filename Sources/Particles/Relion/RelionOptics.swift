import CryoEM
import EMFiles
import Ground

/// The optics groups of a RELION file that particles use, and the group of each particle.
///
/// Rows of the table that no particle uses are not looked at.
///
/// - Parameter requiresCTF: whether voltage, spherical aberration and amplitude contrast must be
///   there.
func relionOptics(
  _ tables: RelionTables, requiresCTF: Bool, problems: inout ProblemList
) -> ([OpticsGroup], [Int32]) {
  guard let optics = tables.optics else {
    return opticsOfRows(tables.particles, requiresCTF: requiresCTF, problems: &problems)
  }
  if optics.rowCount == 0 {
    problems.add(
      Problem(
        "\(tables.path): the table data_optics has no rows",
        whatToDo: "Write the file again with the optics group of each particle."))
  }
  let numbers =
    optics.hasColumn("rlnOpticsGroup")
    ? optics.integers("rlnOpticsGroup", problems: &problems) : Array(1...max(1, optics.rowCount))
  let rows = opticsRows(tables.particles, numbers: numbers, problems: &problems)
  let used = Set(rows.map { numbers.isEmpty ? 0 : numbers[Int($0)] })
  let isUsed = numbers.map { used.contains($0) }
  var columns = OpticsColumns(
    optics, rows: isUsed, requiresCTF: requiresCTF, problems: &problems)
  columns.readTable(optics, problems: &problems)
  checkRepeated(optics, numbers: numbers, isUsed: isUsed, columns: columns, problems: &problems)
  // In the order of the table; the first of rows with one number stands for all.
  let kept = Set(rows).sorted()
  var indexOfRow = [Int32](repeating: 0, count: max(1, optics.rowCount))
  for (index, row) in kept.enumerated() { indexOfRow[Int(row)] = Int32(index) }
  let groups = optics.rowCount == 0 ? [] : kept.map { columns.group(row: Int($0)) }
  return (groups, rows.map { indexOfRow[Int($0)] })
}

/// A number that stands twice in the table of optics is an error, unless the rows say the same.
private func checkRepeated(
  _ optics: STARTable, numbers: [Int], isUsed: [Bool], columns: OpticsColumns,
  problems: inout ProblemList
) {
  var firstRow: [Int: Int] = [:]
  for (row, number) in numbers.enumerated() where row < optics.rowCount && isUsed[row] {
    guard let first = firstRow[number] else {
      firstRow[number] = row
      continue
    }
    var (group, other) = (columns.group(row: first), columns.group(row: row))
    let names = "\(group.name) and \(other.name)"
    (group.name, other.name) = ("", "")
    if group == other { continue }
    problems.add(
      Problem(
        "\(optics.place(row: row, column: "rlnOpticsGroup")): the number \(number) is that of row "
          + "\(first + 1) as well, and their optics differ (\(names))",
        whatToDo: "Remove the row that is wrong, or give one of them, and its particles, another "
          + "number."))
  }
}

/// The row of the table of optics that each particle has, by the groups' numbers.
private func opticsRows(
  _ table: STARTable, numbers: [Int], problems: inout ProblemList
) -> [Int32] {
  guard table.hasColumn("rlnOpticsGroup") else {
    if numbers.count > 1 {
      problems.add(
        Problem(
          "\(table.place(row: 0, column: "rlnOpticsGroup")): the column is missing, and there are "
            + "\(numbers.count) optics groups",
          whatToDo: "Write the file again with the optics group of each particle."))
    }
    return [Int32](repeating: 0, count: table.rowCount)
  }
  var indexOfNumber: [Int: Int32] = [:]
  for (index, number) in numbers.enumerated() where indexOfNumber[number] == nil {
    indexOfNumber[number] = Int32(index)
  }
  return table.integers("rlnOpticsGroup", problems: &problems).enumerated().map { row, number in
    if let index = indexOfNumber[number] { return index }
    problems.add(
      Problem(
        "\(table.place(row: row, column: "rlnOpticsGroup")): there is no optics group \(number)",
        whatToDo: "Add the group to the table data_optics, or mend the row."))
    return 0
  }
}

/// Before RELION 3.1 every row has its optics: equal ones make a group.
private func opticsOfRows(
  _ table: STARTable, requiresCTF: Bool, problems: inout ProblemList
) -> ([OpticsGroup], [Int32]) {
  var columns = OpticsColumns(table, rows: nil, requiresCTF: requiresCTF, problems: &problems)
  columns.readZernikes(table, problems: &problems)
  var groups: [OpticsGroup] = []
  var indexOfValues: [[Double]: Int32] = [:]
  let indices = (0..<table.rowCount).map { row in
    let values = columns.values(row: row)
    if let index = indexOfValues[values] { return index }
    let index = Int32(groups.count)
    indexOfValues[values] = index
    var group = columns.group(row: row)
    group.name = "opticsGroup\(groups.count + 1)"
    groups.append(group)
    return index
  }
  return (groups, indices)
}

/// The columns of a table that describe optics, by row.
private struct OpticsColumns {
  /// Whether each row counts; nil for all.
  private let rows: [Bool]?
  private var voltage: [Double], sphericalAberration: [Double], amplitudeContrast: [Double]
  private var pixelSize: [Double]
  private var tiltX: [Double], tiltY: [Double]
  private var magnification: [[Double]]
  private var names: [String] = []
  private var imageSizes: [Int] = []
  private var premultiplied: [Int] = [], flipped: [Int] = []
  private var odd: [[Double]] = [], even: [[Double]] = []

  /// Reads what may be in the rows of particles as well as in a table of optics.
  init(
    _ table: STARTable, rows: [Bool]?, requiresCTF: Bool, problems: inout ProblemList
  ) {
    self.rows = rows
    func column(_ name: String, or value: Double?) -> [Double] {
      guard value == nil || table.hasColumn(name) else {
        return [Double](repeating: value ?? 0, count: table.rowCount)
      }
      return table.numbers(name, where: rows, problems: &problems)
    }
    func ctfColumn(_ name: String, or value: Double) -> [Double] {
      if requiresCTF, !table.hasColumn(name) {
        problems.add(
          Problem(
            "\(table.place(row: 0, column: name)): the column is missing",
            whatToDo: "Add it, or set ctf.correct = false for images without a CTF."))
      }
      return column(name, or: value)
    }
    voltage = ctfColumn("rlnVoltage", or: 300)
    sphericalAberration = ctfColumn("rlnSphericalAberration", or: 2.7)
    amplitudeContrast = ctfColumn("rlnAmplitudeContrast", or: 0.1)
    if table.hasColumn("rlnImagePixelSize") || !table.hasColumn("rlnDetectorPixelSize") {
      pixelSize = column("rlnImagePixelSize", or: nil)
    } else {
      let detector = column("rlnDetectorPixelSize", or: nil)
      // Micrometres over the magnification, in Å.
      pixelSize = zip(detector, column("rlnMagnification", or: nil)).map { 1e4 * $0 / $1 }
    }
    (tiltX, tiltY) = (column("rlnBeamTiltX", or: 0), column("rlnBeamTiltY", or: 0))
    magnification = [("00", 1.0), ("01", 0.0), ("10", 0.0), ("11", 1.0)].map {
      column("rlnMagMat\($0)", or: $1)
    }
    premultiplied = flags(table, "rlnCtfDataAreCtfPremultiplied", problems: &problems)
    flipped = flags(table, "rlnCtfDataArePhaseFlipped", problems: &problems)
    checkRanges(table, requiresCTF: requiresCTF, problems: &problems)
    for row in 0..<table.rowCount
    where counts(row) && premultiplied[row] != 0 && flipped[row] != 0 {
      problems.add(
        Problem(
          "\(table.place(row: row, column: "rlnCtfDataArePhaseFlipped")): the images are said to be "
            + "multiplied by their CTF as well (rlnCtfDataAreCtfPremultiplied)",
          whatToDo: "Set the one that is not true to 0."))
    }
  }

  /// A column of zeros and ones; zeros where there is none.
  private func flags(
    _ table: STARTable, _ name: String, problems: inout ProblemList
  ) -> [Int] {
    table.hasColumn(name)
      ? table.integers(name, where: rows, problems: &problems)
      : [Int](repeating: 0, count: table.rowCount)
  }

  /// Reads what is in a table of optics only.
  mutating func readTable(_ table: STARTable, problems: inout ProblemList) {
    func whole(_ name: String) -> [Int] {
      table.hasColumn(name) ? table.integers(name, where: rows, problems: &problems) : []
    }
    names = (try? table.texts("rlnOpticsGroupName")) ?? []
    imageSizes = whole("rlnImageSize")
    readZernikes(table, problems: &problems)
    for (row, dimensions) in whole("rlnImageDimensionality").enumerated()
    where dimensions != 2 && counts(row) {
      problems.add(
        Problem(
          "\(table.place(row: row, column: "rlnImageDimensionality")): the images have "
            + "\(dimensions) dimensions",
          whatToDo: "Give particles that are images, not subtomograms."))
    }
  }

  /// Reads the lists of higher-order terms, which stand in rows of particles where a newer file was
  /// written in the form of RELION 3.0.
  mutating func readZernikes(_ table: STARTable, problems: inout ProblemList) {
    odd = lists(table, "rlnOddZernike", problems: &problems)
    even = lists(table, "rlnEvenZernike", problems: &problems)
  }

  private func counts(_ row: Int) -> Bool { rows?[row] ?? true }

  private func checkRanges(_ table: STARTable, requiresCTF: Bool, problems: inout ProblemList) {
    func check(_ name: String, _ values: [Double], _ isRight: (Double) -> Bool, _ range: String) {
      guard table.hasColumn(name),
        let row = values.indices.first(where: { counts($0) && !isRight(values[$0]) })
      else { return }
      problems.add(
        Problem(
          "\(table.place(row: row, column: name)): \(values[row]) is not \(range)",
          whatToDo: "Mend the value."))
    }
    let sizeColumn =
      table.hasColumn("rlnImagePixelSize") ? "rlnImagePixelSize" : "rlnMagnification"
    check(sizeColumn, pixelSize, { $0 > 0 && $0.isFinite }, "a pixel size above zero")
    check("rlnVoltage", voltage, { $0 > 0 }, "a voltage above zero")
    check("rlnAmplitudeContrast", amplitudeContrast, { $0 >= 0 && $0 < 1 }, "from 0 to 1")
  }

  /// Lists of the form [1,2,3].
  private func lists(
    _ table: STARTable, _ name: String, problems: inout ProblemList
  ) -> [[Double]] {
    guard let (texts, indices) = try? table.interned(name) else { return [] }
    let lists = texts.map { text -> (values: [Double], isRight: Bool) in
      let inner = text.hasPrefix("[") && text.hasSuffix("]") ? text.dropFirst().dropLast() : ""
      let parts = inner.split(separator: ",")
      let values = parts.compactMap { Double($0) }.filter(\.isFinite)
      return (values, text == "[]" || (!parts.isEmpty && values.count == parts.count))
    }
    return indices.enumerated().map { row, index in
      if counts(row), !lists[Int(index)].isRight {
        problems.add(
          Problem(
            "\(table.place(row: row, column: name)): \"\(texts[Int(index)])\" is not a list of "
              + "numbers [a,b,…]",
            whatToDo: "Mend the value."))
      }
      return lists[Int(index)].values
    }
  }

  /// Everything by which groups differ that are made from rows.
  func values(row: Int) -> [Double] {
    [
      voltage[row], sphericalAberration[row], amplitudeContrast[row], pixelSize[row], tiltX[row],
      tiltY[row], Double(premultiplied[row]), Double(flipped[row]),
    ] + magnification.map { $0[row] } + [Double(odd(row).count)] + odd(row) + even(row)
  }

  private func odd(_ row: Int) -> [Double] { odd.isEmpty ? [] : odd[row] }
  private func even(_ row: Int) -> [Double] { even.isEmpty ? [] : even[row] }

  func group(row: Int) -> OpticsGroup {
    OpticsGroup(
      name: names.isEmpty ? "opticsGroup\(row + 1)" : names[row], voltage: voltage[row],
      sphericalAberration: sphericalAberration[row], amplitudeContrast: amplitudeContrast[row],
      pixelSize: pixelSize[row], imageSize: imageSizes.isEmpty ? 0 : imageSizes[row],
      beamTilt: Vector2(tiltX[row], tiltY[row]), oddZernike: odd(row), evenZernike: even(row),
      magnification: Magnification(magnification.map { $0[row] }),
      isPremultiplied: premultiplied[row] != 0, isPhaseFlipped: flipped[row] != 0)
  }
}
