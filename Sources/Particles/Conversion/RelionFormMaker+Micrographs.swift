import CryoEM
import EMFiles
import Ground

/// Where the particles were picked.
extension RelionFormMaker {
  mutating func addMicrographs() {
    var problems = ProblemList()
    if source.hasField("location/micrograph_path") {
      let paths = source.interned("location/micrograph_path", problems: &problems)
      let bare = paths.values.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
      if bare == paths.values { recovered.insert("location/micrograph_path") }
      form.particles.append(("rlnMicrographName", textColumn(bare, paths.indices)))
    }
    guard let x = source.reader("location/center_x_frac"),
      let y = source.reader("location/center_y_frac"),
      let shape = source.reader("location/micrograph_shape"), shape.field.count == 2
    else { return }
    func frame(_ row: Int) -> CoordinateFrame {
      CoordinateFrame(
        width: shape.number(row: row, component: 1) ?? 0,
        height: shape.number(row: row, component: 0) ?? 0, isFlipped: options.flipsY)
    }
    guard
      (0..<count).allSatisfy({ row in
        frame(row).width > 0 && frame(row).height > 0 && x.number(row: row)?.isFinite == true
          && y.number(row: row)?.isFinite == true
      })
    else { return }
    let xs = (0..<count).map { frame($0).x(x.number(row: $0) ?? 0) }
    let ys = (0..<count).map { frame($0).y(y.number(row: $0) ?? 0) }
    form.particles.append(
      (
        "rlnCoordinateX",
        .exactNumbers(restoring("rlnCoordinateX", xs) { frame($0).storedX($1) })
      ))
    form.particles.append(
      (
        "rlnCoordinateY",
        .exactNumbers(restoring("rlnCoordinateY", ys) { frame($0).storedY($1) })
      ))
    if (0..<count).allSatisfy({ frame($0).storedX(xs[$0]) == x.number(row: $0) }) {
      recovered.insert("location/center_x_frac")
    }
    if (0..<count).allSatisfy({ frame($0).storedY(ys[$0]) == y.number(row: $0) }) {
      recovered.insert("location/center_y_frac")
    }
    form.notes.append(
      options.flipsY
        ? "rlnCoordinateY counts from the other edge than cryoSPARC: it is (1 − center_y_frac) × "
          + "height; --same-y leaves it unflipped."
        : "rlnCoordinateY is center_y_frac × height, unflipped.")
  }
}

/// A column of texts of which each stands once in `values`.
func textColumn(_ values: [String], _ indices: [Int32]) -> STARColumn {
  let encoded = values.map { value in
    var bytes: [UInt8] = []
    appendSTARText(value, to: &bytes)
    return bytes
  }
  return .made(count: indices.count) { row, bytes in
    bytes.append(contentsOf: encoded[Int(indices[row])])
  }
}
