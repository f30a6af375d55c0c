import EMFiles
import Ground

/// The version of RELION whose form a STAR file has.
public enum RelionVersion: String, Sendable, CaseIterable {
  /// One table with the optics in every row, origins in pixels.
  case v30 = "3.0"
  /// A table of optics groups and one of particles, origins in Å; RELION 4 and 5 have the same form.
  case v31 = "3.1"
}

/// What a new STAR file of particles holds, in the form of RELION 3.1: a table of optics groups, the group
/// of each particle, and the particles' columns.
struct RelionForm {
  /// Columns of the optics table, each with a text for every group.
  var optics: [(name: String, texts: [String])] = []
  /// Row of the optics table for each particle.
  var groups: [Int32] = []
  /// The particles' columns without rlnOpticsGroup.
  var particles: [(name: String, column: STARColumn)] = []
  /// A further table, written last: the fields that the .cs file has.
  var fields: NewSTARTable?
  /// What was left out, or has another meaning.
  var notes: [String] = []

  func opticsTexts(_ name: String) -> [String]? { optics.first { $0.name == name }?.texts }

  /// Writes the form of a version.
  ///
  /// - Returns: what that version does not know.
  func write(_ version: RelionVersion, to path: String, within root: String?) throws(Problem)
    -> [String]
  {
    switch version {
    case .v31:
      try STARFile.write(tables31, to: path, within: root)
      return []
    case .v30:
      let (table, notes) = table30
      try STARFile.write([table] + (fields.map { [$0] } ?? []), to: path, within: root)
      return notes
    }
  }

  private var tables31: [NewSTARTable] {
    var columns = particles
    if let numbers = opticsTexts("rlnOpticsGroup") {
      columns.insert(("rlnOpticsGroup", perRow(numbers)), at: min(1, columns.count))
    }
    let table = NewSTARTable(
      blockName: "optics", columns: optics.map { ($0.name, .texts($0.texts)) })
    return [table, NewSTARTable(blockName: "particles", columns: columns)]
      + (fields.map { [$0] } ?? [])
  }

  /// A text of each group as a column of the particles.
  private func perRow(_ texts: [String]) -> STARColumn {
    let encoded = texts.map { text in
      var bytes: [UInt8] = []
      appendSTARText(text, to: &bytes)
      return bytes
    }
    let groups = groups
    return .made(count: groups.count) { row, bytes in
      bytes.append(contentsOf: encoded[Int(groups[row])])
    }
  }

  /// Whether the columns that pixel sizes had before RELION 3.1 are there, and say the same still.
  private func keptMagnifications(_ pixelSizes: [Double]) -> Bool {
    func column(_ name: String) -> STARColumn? { particles.first { $0.name == name }?.column }
    guard let detector = column("rlnDetectorPixelSize"),
      let magnification = column("rlnMagnification"), !pixelSizes.isEmpty
    else { return false }
    func value(_ column: STARColumn, _ row: Int) -> Double {
      var bytes: [UInt8] = []
      column.append(row: row, to: &bytes)
      return number(bytes) ?? .nan
    }
    return groups.indices.allSatisfy { row in
      let size = pixelSizes[Int(groups[row])]
      return abs(1e4 * value(detector, row) / value(magnification, row) - size) < 1e-9 * size
    }
  }

  /// One table, every particle with its optics.
  private var table30: (NewSTARTable, notes: [String]) {
    let pixelSizes = (opticsTexts("rlnImagePixelSize") ?? []).map { Double($0) ?? 1 }
    var columns: [(name: String, column: STARColumn)] = []
    for (name, column) in particles {
      guard name == "rlnOriginXAngst" || name == "rlnOriginYAngst",
        case .exactNumbers(let origins) = column, !pixelSizes.isEmpty
      else {
        columns.append((name, column))
        continue
      }
      let pixels = zip(origins, groups).map { origin, group in
        let size = pixelSizes[Int(group)]
        return fewestDecimals(origin / size, from: 4) { abs($0 * size - origin) < 1e-9 }
      }
      columns.append((String(name.dropLast("Angst".count)), .exactNumbers(pixels)))
    }
    let statesSize = keptMagnifications(pixelSizes)
    if !statesSize { columns.removeAll { oldOpticsColumns.contains($0.name) } }
    for (name, texts) in optics where name != "rlnImageDimensionality" {
      if name == "rlnImagePixelSize" {
        if statesSize { continue }
        // Å are 1e4 micrometres over the magnification.
        columns.append(("rlnMagnification", perRow(texts.map { _ in "10000.000000" })))
        columns.append(("rlnDetectorPixelSize", perRow(texts)))
      } else {
        columns.append((name, perRow(texts)))
      }
    }
    let unknown = optics.map(\.name).filter {
      $0.hasPrefix("rlnMagMat") || $0.hasSuffix("Zernike") || $0 == "rlnCtfDataAreCtfPremultiplied"
    }
    let notes =
      unknown.isEmpty
      ? []
      : [
        "RELION 3.0 does not know \(unknown.joined(separator: ", ")): the columns are there, and it "
          + "leaves them alone."
      ]
    return (NewSTARTable(blockName: "images", columns: columns), notes)
  }
}
