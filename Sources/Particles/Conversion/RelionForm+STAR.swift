import CryoEM
import EMFiles
import Ground

extension ParticleOutput {
  /// The form of RELION 3.1 of a STAR file of any version; all columns are kept.
  func relionForm(_ file: STARFile, table: STARTable) -> RelionForm {
    var form = RelionForm()
    let isOld = file.index(ofBlock: "optics") == nil
    if let optics = file.index(ofBlock: "optics").map({ file.tables[$0] }) {
      for name in optics.columnNames {
        if let texts = try? optics.texts(name) { form.optics.append((name, texts)) }
      }
      form.groups = rows(of: table, in: optics)
    } else {
      (form.optics, form.groups) = opticsOfRows(table)
    }
    let moved = isOld ? Set(form.optics.map(\.name)).union(oldOpticsColumns) : ["rlnOpticsGroup"]
    let hasAngstroms = table.hasColumn("rlnOriginXAngst")
    for name in table.columnNames where !moved.contains(name) {
      if name == "rlnOriginX" || name == "rlnOriginY" {
        if hasAngstroms { continue }
        let axis = name == "rlnOriginX" ? 0 : 1
        form.particles.append((name + "Angst", .exactNumbers(originColumn(axis: axis))))
      } else if name == "rlnOriginXAngst" || name == "rlnOriginYAngst" {
        let axis = name == "rlnOriginXAngst" ? 0 : 1
        form.particles.append((name, .exactNumbers(poses.map { $0.origin[axis] })))
      } else if let reader = table.reader(name) {
        form.particles.append(
          (name, .made(count: count) { row, bytes in appendSTARText(reader(row), to: &bytes) }))
      }
    }
    if let fields = file.index(ofBlock: KeptColumns.fieldTable).map({ file.tables[$0] }) {
      form.fields = NewSTARTable(
        blockName: KeptColumns.fieldTable,
        columns: fields.columnNames.compactMap { name in
          (try? fields.texts(name)).map { (name, .texts($0)) }
        })
    }
    return form
  }

  /// Origins, Å, with the fewest digits that mean the same to a thousandth of what anybody can see.
  private func originColumn(axis: Int) -> [Double] {
    poses.map { pose in
      let origin = pose.origin[axis]
      return fewestDecimals(origin, from: 4) { abs($0 - origin) < 1e-9 }
    }
  }

  /// The row of the table of optics of each particle.
  private func rows(of table: STARTable, in optics: STARTable) -> [Int32] {
    guard let number = table.reader("rlnOpticsGroup"), let known = optics.reader("rlnOpticsGroup")
    else { return [Int32](repeating: 0, count: count) }
    func value(_ bytes: FieldText) -> Int { Int(bytes.number ?? 0) }
    let rowOfNumber = Dictionary((0..<optics.rowCount).map { (value(known($0)), Int32($0)) }) {
      first, _ in first
    }
    return (0..<count).map { rowOfNumber[value(number($0))] ?? 0 }
  }

  /// The optics that the rows of a file state, before RELION 3.1: equal ones make a group.
  private func opticsOfRows(
    _ table: STARTable
  ) -> ([(name: String, texts: [String])], groups: [Int32]) {
    let names = table.columnNames.filter {
      opticsColumnNames.contains($0) || oldOpticsColumns.contains($0)
        || micrographPixelSizeColumns.contains($0) || $0 == "rlnMtfFileName"
        || $0 == "rlnOpticsGroup"
    }
    let readers = names.compactMap { table.reader($0) }
    let (groups, firstRows) = equalRows(count) { row in
      readers.reduce(into: []) { $0 += $1(row) + [0x20] }
    }
    func texts(_ name: String) -> [String]? {
      table.reader(name).map { reader in
        firstRows.map { String(decoding: reader($0), as: UTF8.self) }
      }
    }
    let stated = texts("rlnOpticsGroup")?.compactMap { Int($0) } ?? []
    let isNumbered = stated.count == firstRows.count && Set(stated).count == stated.count
    let numbers = isNumbered ? stated : firstRows.indices.map { $0 + 1 }
    var columns = [
      (
        name: "rlnOpticsGroupName",
        texts: texts("rlnOpticsGroupName") ?? numbers.map { "opticsGroup\($0)" }
      ),
      (name: "rlnOpticsGroup", texts: numbers.map { "\($0)" }),
    ]
    for name in names
    where !oldOpticsColumns.contains(name) && !columns.contains(where: { $0.name == name }) {
      columns.append((name, texts(name) ?? []))
    }
    if !names.contains("rlnImagePixelSize") {
      let sizes = firstRows.map { particles.opticsGroup(of: $0).pixelSize }
      let short = sizes.map { size in
        fewestDecimals(size, from: 4) { abs($0 - size) < 1e-12 * size }
      }
      columns.append(("rlnImagePixelSize", short.map(exactText)))
    }
    if !names.contains("rlnImageDimensionality") {
      columns.append(("rlnImageDimensionality", firstRows.map { _ in "2" }))
    }
    let imageSizes = firstRows.map { particles.opticsGroup(of: $0).imageSize }
    if !names.contains("rlnImageSize"), imageSizes.allSatisfy({ $0 > 0 }) {
      columns.append(("rlnImageSize", imageSizes.map { "\($0)" }))
    }
    return (columns, groups)
  }
}

/// Columns of pixel sizes before RELION 3.1.
let oldOpticsColumns: Set<String> = ["rlnMagnification", "rlnDetectorPixelSize"]

/// Rows by what they say: the number of each row's group, and the first row of each.
///
/// - Parameter key: what a row says.
func equalRows(_ count: Int, key: (Int) -> [UInt8]) -> (groups: [Int32], firstRows: [Int]) {
  var numberOfKey: [[UInt8]: Int32] = [:]
  var firstRows: [Int] = []
  var last: (key: [UInt8], number: Int32)?
  let groups = (0..<count).map { row -> Int32 in
    let key = key(row)
    if let last, last.key == key { return last.number }
    let number = numberOfKey[key] ?? Int32(firstRows.count)
    if number == firstRows.count {
      numberOfKey[key] = number
      firstRows.append(row)
    }
    last = (key, number)
    return number
  }
  return (groups, firstRows)
}
