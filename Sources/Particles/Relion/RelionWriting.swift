import CryoEM
import EMFiles
import Ground

extension ParticleOutput {
  /// Writes a STAR file back with what changed.
  func update(_ file: STARFile, table index: Int, path: String) throws(Problem) {
    var file = file
    let changed = changedPoses
    if changed.contains(true) {
      // Angles keep their text where only the shift is another.
      let turned = zip(poses, particles.poses).map { $0.rotation != $1.rotation }
      if turned.contains(true) {
        let angles = poses.map(\.rotation.eulerAngles)
        file.tables[index].set("rlnAngleRot", to: .numbers(angles.map(\.rot)), where: turned)
        file.tables[index].set("rlnAngleTilt", to: .numbers(angles.map(\.tilt)), where: turned)
        file.tables[index].set("rlnAnglePsi", to: .numbers(angles.map(\.psi)), where: turned)
      }
      setOrigins(of: &file.tables[index], where: changed)
    }
    if halfSets != nil {
      file.tables[index].set(
        "rlnRandomSubset", to: .integers(split.map { $0.rawValue + 1 }), where: changedHalfSets)
    }
    if defoci != nil {
      file.tables[index].set("rlnDefocusU", to: .numbers(writtenDefoci.map(\.u)))
      file.tables[index].set("rlnDefocusV", to: .numbers(writtenDefoci.map(\.v)))
    }
    for column in extraColumns {
      file.tables[index].set(column.starName, to: .numbers(column.values))
    }
    try file.write(to: path, within: root)
  }

  /// Sets the origins in the units that the table has them in: Å, pixels as before RELION 3.1, or both.
  private func setOrigins(of table: inout STARTable, where changed: [Bool]) {
    func has(_ suffix: String) -> Bool {
      table.hasColumn("rlnOriginX\(suffix)") || table.hasColumn("rlnOriginY\(suffix)")
    }
    let isInPixels = has("") || (!has("Angst") && table.hasColumn("rlnDetectorPixelSize"))
    let isInAngstroms = has("Angst") || !isInPixels
    for axis in [0, 1] {
      let name = "rlnOrigin" + ["X", "Y"][axis]
      let origins = poses.map { $0.origin[axis] }
      if isInAngstroms { table.set(name + "Angst", to: .numbers(origins), where: changed) }
      if isInPixels {
        let pixels = origins.enumerated().map { $1 / optics($0).pixelSize }
        // Beside Å the pixels were not read: they may have been others, also where no pose changed.
        table.set(name, to: .numbers(pixels), where: isInAngstroms ? nil : changed)
      }
    }
  }

  /// Writes the particles of a .cs file as a new STAR file in the manner of RELION 3.1.
  ///
  /// - Returns: what a STAR file cannot say.
  func convert(_ source: CSFile, path: String) throws(Problem) -> [String] {
    var notes: [String] = []
    let numbers = opticsNumbers(source)
    if particles.signs.contains(where: { $0 != 1 }) {
      notes.append(
        "blob/sign has no counterpart in a STAR file: the images keep the contrast they have.")
    }
    if particles.relativeScales != nil {
      notes.append(
        "alignments3D/alpha has no column of its own in a STAR file: it is a factor of "
          + "rlnCtfScalefactor, divided by its mean.")
    }
    try STARFile.write(
      [
        NewSTARTable(blockName: "optics", columns: opticsColumns(numbers: numbers)),
        NewSTARTable(
          blockName: "particles", columns: particleColumns(source, opticsNumbers: numbers)),
      ], to: path, within: root)
    return notes
  }

  /// The groups' numbers: those of the exposure groups, unless groups share one.
  private func opticsNumbers(_ source: CSFile) -> [Int] {
    let sequence = particles.optics.indices.map { $0 + 1 }
    guard source.hasField("ctf/exp_group_id") else { return sequence }
    var problems = ProblemList()
    let identifiers = source.numbers("ctf/exp_group_id", problems: &problems)
    let numbers = particles.optics.indices.map { group in
      particles.opticsIndices.firstIndex(of: Int32(group)).map { Int(identifiers[$0]) + 1 } ?? 0
    }
    return Set(numbers).count == numbers.count ? numbers : sequence
  }

  private func opticsColumns(numbers: [Int]) -> [(name: String, column: STARColumn)] {
    let optics = particles.optics
    func list(_ values: [Double]) -> String {
      "[" + values.map { "\($0)" }.joined(separator: ",") + "]"
    }
    var columns: [(name: String, column: STARColumn)] = [
      ("rlnOpticsGroupName", .texts(optics.map(\.name))), ("rlnOpticsGroup", .integers(numbers)),
      ("rlnVoltage", .numbers(optics.map(\.voltage))),
      ("rlnSphericalAberration", .numbers(optics.map(\.sphericalAberration))),
      ("rlnAmplitudeContrast", .numbers(optics.map(\.amplitudeContrast))),
      ("rlnImagePixelSize", .numbers(optics.map(\.pixelSize))),
      ("rlnImageDimensionality", .integers(optics.map { _ in 2 })),
    ]
    if optics.allSatisfy({ $0.imageSize > 0 }) {
      columns.append(("rlnImageSize", .integers(optics.map(\.imageSize))))
    }
    if optics.contains(where: { $0.beamTilt != .zero }) {
      columns.append(("rlnBeamTiltX", .numbers(optics.map(\.beamTilt.x))))
      columns.append(("rlnBeamTiltY", .numbers(optics.map(\.beamTilt.y))))
    }
    if optics.contains(where: { !$0.oddZernike.isEmpty }) {
      let count = optics.map(\.oddZernike.count).max() ?? 0
      columns.append(
        ("rlnOddZernike", .texts(optics.map { list(padded($0.oddZernike, to: count)) })))
    }
    if optics.contains(where: { !$0.evenZernike.isEmpty }) {
      let count = optics.map(\.evenZernike.count).max() ?? 0
      columns.append(
        ("rlnEvenZernike", .texts(optics.map { list(padded($0.evenZernike, to: count)) })))
    }
    if optics.contains(where: { $0.magnification != [1, 0, 0, 1] }) {
      for (index, name) in ["00", "01", "10", "11"].enumerated() {
        columns.append(("rlnMagMat\(name)", .numbers(optics.map { $0.magnification[index] })))
      }
    }
    return columns
  }

  private func particleColumns(
    _ source: CSFile, opticsNumbers: [Int]
  ) -> [(name: String, column: STARColumn)] {
    let angles = poses.map(\.rotation.eulerAngles)
    let names = particles.images.map { image in
      let name = file.stackNames[Int(image.stack)]
      let bare = name.hasPrefix(">") ? String(name.dropFirst()) : name
      return paddedNumber(Int(image.slice) + 1) + "@" + bare
    }
    var columns: [(name: String, column: STARColumn)] = [
      ("rlnImageName", .texts(names)),
      ("rlnOpticsGroup", .integers(particles.opticsIndices.map { opticsNumbers[Int($0)] })),
      ("rlnAngleRot", .numbers(angles.map(\.rot))), ("rlnAngleTilt", .numbers(angles.map(\.tilt))),
      ("rlnAnglePsi", .numbers(angles.map(\.psi))),
      ("rlnOriginXAngst", .numbers(poses.map(\.origin.x))),
      ("rlnOriginYAngst", .numbers(poses.map(\.origin.y))),
    ]
    if file.hasCTF {
      var scaled = particles
      scaled.defoci = writtenDefoci
      scaled.applyScales()
      let defoci = scaled.defoci
      columns += [
        ("rlnDefocusU", .numbers(defoci.map(\.u))), ("rlnDefocusV", .numbers(defoci.map(\.v))),
        ("rlnDefocusAngle", .numbers(defoci.map { degrees($0.angle) })),
        ("rlnPhaseShift", .numbers(defoci.map { degrees($0.phaseShift) })),
        ("rlnCtfBfactor", .numbers(defoci.map(\.bFactor))),
        ("rlnCtfScalefactor", .numbers(defoci.map(\.scale))),
      ]
    }
    if !split.isEmpty {
      columns.append(("rlnRandomSubset", .integers(split.map { $0.rawValue + 1 })))
    }
    columns += locationColumns(source)
    columns += extraColumns.map { ($0.starName, .numbers($0.values)) }
    return columns
  }

  /// Micrograph, coordinates and class, where the source has them.
  private func locationColumns(_ source: CSFile) -> [(name: String, column: STARColumn)] {
    var columns: [(name: String, column: STARColumn)] = []
    var problems = ProblemList()
    if source.hasField("location/micrograph_path") {
      let paths = source.interned("location/micrograph_path", problems: &problems)
      let bare = paths.values.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
      columns.append(("rlnMicrographName", .texts(paths.indices.map { bare[Int($0)] })))
    }
    let fields = ["location/center_x_frac", "location/center_y_frac", "location/micrograph_shape"]
    if fields.allSatisfy({ source.hasField($0) }) {
      let height = source.numbers(fields[2], component: 0, problems: &problems)
      let width = source.numbers(fields[2], component: 1, problems: &problems)
      let x = source.numbers(fields[0], problems: &problems)
      let y = source.numbers(fields[1], problems: &problems)
      columns.append(("rlnCoordinateX", .numbers(zip(x, width).map { $0 * $1 })))
      columns.append(("rlnCoordinateY", .numbers(zip(y, height).map { (1 - $0) * $1 })))
    }
    if source.hasField("alignments3D/class") {
      let classes = source.numbers("alignments3D/class", problems: &problems)
      columns.append(("rlnClassNumber", .integers(classes.map { Int($0) + 1 })))
    }
    return problems.isEmpty ? columns : []
  }
}

/// At least six digits, as RELION writes image numbers.
private func paddedNumber(_ number: Int) -> String {
  let digits = "\(number)"
  return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
}
