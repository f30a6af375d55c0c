import CryoEM
import EMFiles
import Ground

/// Where the particles were picked.
extension CryoSPARCFormMaker {
  mutating func addMicrographs() {
    guard let names = try? table.interned("rlnMicrographName") else { return }
    let carried = own.texts("location/micrograph_path", like: names.values, names.indices)
    add("location/micrograph_path", carried ?? .interned(names.values, names.indices))
    recovered.insert("rlnMicrographName")
    let uids = names.values.map { Checksum.of($0.utf8) }
    addDefault("location/micrograph_uid", .identifiers(names.indices.map { uids[Int($0)] }))
    addCoordinates(names: names.values, indices: names.indices)
    addMicrographPixelSizes()
  }

  private mutating func addCoordinates(names: [String], indices: [Int32]) {
    guard table.hasColumn("rlnCoordinateX"), table.hasColumn("rlnCoordinateY") else { return }
    var problems = ProblemList()
    let x = table.numbers("rlnCoordinateX", problems: &problems)
    let y = table.numbers("rlnCoordinateY", problems: &problems)
    guard problems.isEmpty else { return }
    guard let frames = frames(names: names, indices: indices) else {
      notes.append(
        "The coordinates on the micrographs are kept as RELION's: location/center_x_frac needs the "
          + "micrographs' size; give it with --micrograph-size, or the folder that has them with "
          + "--project-dir.")
      return
    }
    let fractionsX = (0..<count).map { frames[$0].storedX(x[$0]) }
    let fractionsY = (0..<count).map { frames[$0].storedY(y[$0]) }
    add("location/center_x_frac", .numbers(own.keep("location/center_x_frac", near: fractionsX)))
    add("location/center_y_frac", .numbers(own.keep("location/center_y_frac", near: fractionsY)))
    add(
      "location/micrograph_shape",
      .integers(frames.flatMap { [Int($0.height), Int($0.width)] }, width: 2))
    if isRecovered("rlnCoordinateX", { frames[$0].x(fractionsX[$0]) }) {
      recovered.insert("rlnCoordinateX")
    }
    if isRecovered("rlnCoordinateY", { frames[$0].y(fractionsY[$0]) }) {
      recovered.insert("rlnCoordinateY")
    }
    notes.append(
      options.flipsY
        ? "location/center_y_frac is 1 − rlnCoordinateY / height: cryoSPARC counts from the other "
          + "edge; --same-y leaves it unflipped."
        : "location/center_y_frac is rlnCoordinateY / height, unflipped.")
  }

  /// The size of each particle's micrograph: as the .cs file had it, as the user says, or as the
  /// micrographs say themselves; nil where that is not known of all.
  private func frames(names: [String], indices: [Int32]) -> [CoordinateFrame]? {
    func frame(_ width: Double, _ height: Double) -> CoordinateFrame {
      CoordinateFrame(width: width, height: height, isFlipped: options.flipsY)
    }
    if let shape = own.vectors("location/micrograph_shape", width: 2),
      shape.allSatisfy({ $0 > 0 && Int(exactly: $0) != nil })
    {
      return (0..<count).map { frame(shape[2 * $0 + 1], shape[2 * $0]) }
    }
    if let size = options.micrographSize {
      return [CoordinateFrame](
        repeating: frame(Double(size.width), Double(size.height)), count: count)
    }
    var ofName: [CoordinateFrame] = []
    for name in names {
      guard let header = output.header(of: name, options: options) else { return nil }
      ofName.append(frame(Double(header.columns), Double(header.rows)))
    }
    return indices.map { ofName[Int($0)] }
  }

  private mutating func addMicrographPixelSizes() {
    guard own.isGenerated("location/micrograph_psize_A"),
      let texts = micrographPixelSizeColumns.compactMap({ form.opticsTexts($0) }).first
    else { return }
    let sizes = texts.map { Double($0) ?? 0 }
    guard sizes.allSatisfy({ $0 > 0 && $0.isFinite }), !sizes.isEmpty else { return }
    add("location/micrograph_psize_A", .numbers(form.groups.map { sizes[Int($0)] }))
  }
}
