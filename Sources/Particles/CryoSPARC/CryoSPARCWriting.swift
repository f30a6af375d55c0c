import CryoEM
import EMFiles
import Ground

extension ParticleOutput {
  /// Writes a .cs file back with what changed.
  ///
  /// - Returns: what was left out.
  func update(_ source: CSFile, path: String) throws(Problem) -> [String] {
    var output = source
    var notes: [String] = []
    let changed = changedPoses
    // Fields that came from a joined file are written into this one as soon as a pose changes, so
    // that pose and shift always stand together.
    if changed.contains(true) {
      var problems = ProblemList()
      let frame = CryoSPARCShifts(source, problems: &problems)
      let shifts = poses.enumerated().flatMap { row, pose in
        let shift = frame.shift(row: row, origin: pose.origin)
        return [shift.x, shift.y]
      }
      output.set("alignments3D/pose", to: .numbers(rotationVectors, width: 3), where: changed)
      output.set("alignments3D/shift", to: .numbers(shifts, width: 2), where: changed)
      if !source.hasOwnField("alignments3D/psize_A") {
        let field =
          source.hasField("alignments3D/psize_A") ? "alignments3D/psize_A" : "blob/psize_A"
        output.set(
          "alignments3D/psize_A", to: .numbers(source.numbers(field, problems: &problems)))
      }
      if let problem = problems.all.first { throw problem }
      // Poses of an earlier local refinement, which contradict the new ones.
      for name in source.fields.map(\.name) where isEarlierLocalPose(name) {
        output.remove(name)
        notes.append("\(name), of an earlier local refinement, was left out.")
      }
    }
    if halfSets != nil || (changed.contains(true) && !split.isEmpty) {
      output.set(
        "alignments3D/split", to: .integers(split.map(\.rawValue)), where: changedHalfSets)
    }
    if defoci != nil {
      output.set("ctf/df1_A", to: .numbers(writtenDefoci.map(\.u)))
      output.set("ctf/df2_A", to: .numbers(writtenDefoci.map(\.v)))
    }
    for column in extraColumns { output.set(column.csName, to: .numbers(column.values)) }
    try output.write(to: path, within: root)
    return notes
  }

  /// Whether a field says once more what alignments3D/pose and shift say, as the first local
  /// refinements wrote it: localpose, localshift and localfulcrum.
  private func isEarlierLocalPose(_ name: String) -> Bool {
    let last = name.split(separator: "/").last ?? ""
    return ["localpose", "localshift", "localfulcrum"].contains(last.replacing("_", with: ""))
  }

  /// log(Aᵀ) of every pose, three numbers each.
  private var rotationVectors: [Double] {
    poses.flatMap { pose in
      let vector = pose.rotation.transposed.rotationVector
      return [vector.x, vector.y, vector.z]
    }
  }

  /// Writes the particles of a STAR file as a new .cs file.
  ///
  /// - Returns: what a .cs file cannot say.
  func convert(_ table: STARTable, path: String) throws(Problem) -> [String] {
    var notes: [String] = []
    if particles.optics.contains(where: CryoSPARCAberrations.isLossy) {
      notes.append(
        "Zernike coefficients other than coma, trefoil and tetrafoil have no counterpart in a .cs file: "
          + "they were left out.")
    }
    if particles.optics.contains(where: \.isPremultiplied) {
      notes.append(
        "That the images are multiplied by their CTF has no counterpart in a .cs file.")
    }
    if particles.optics.contains(where: \.isPhaseFlipped) {
      notes.append("That the images' phases are flipped has no counterpart in a .cs file.")
    }
    var columns: [(name: String, column: CSColumn)] = [("uid", .identifiers(identifiers))]
    columns += imageColumns()
    if file.hasCTF { columns += ctfColumns() }
    columns += alignmentColumns()
    if Set(particles.sources).count < count {
      columns.append(("sym_expand/src_uid", .identifiers(particles.sources.map(scrambled))))
    }
    columns += extraColumns.map { ($0.csName, .numbers($0.values)) }
    try CSFile.write(columns, rowCount: count, to: path, within: root)
    return notes
  }

  /// A uid for every particle, the same whenever the same file is converted.
  private var identifiers: [UInt64] {
    var used: Set<UInt64> = []
    return (0..<count).map { row in
      let image = particles.images[row]
      var uid = scrambled(identity(stack: image.stack, slice: image.slice))
      while !used.insert(uid).inserted { uid = scrambled(uid &+ 1) }
      return uid
    }
  }

  private func imageColumns() -> [(name: String, column: CSColumn)] {
    let sizes = (0..<count).map { optics($0).imageSize }
    return [
      ("blob/path", .texts(particles.images.map { file.stackNames[Int($0.stack)] })),
      ("blob/idx", .integers(particles.images.map { Int($0.slice) })),
      ("blob/shape", .integers(sizes.flatMap { [$0, $0] }, width: 2)),
      ("blob/psize_A", .numbers((0..<count).map { optics($0).pixelSize })),
      ("blob/sign", .numbers(particles.signs.map { Double($0) })),
    ]
  }

  private func ctfColumns() -> [(name: String, column: CSColumn)] {
    let stored = particles.optics.map { CryoSPARCAberrations($0) }
    let groups = particles.opticsIndices.map { Int($0) }
    let defoci = writtenDefoci
    func perGroup(_ value: (OpticsGroup) -> Double) -> CSColumn {
      .numbers(groups.map { value(particles.optics[$0]) })
    }
    func aberrations(_ value: (CryoSPARCAberrations) -> [Double], width: Int) -> CSColumn {
      .numbers(groups.flatMap { value(stored[$0]) }, width: width)
    }
    return [
      ("ctf/type", .texts(groups.map { _ in "imported" })), ("ctf/exp_group_id", .integers(groups)),
      ("ctf/accel_kv", perGroup(\.voltage)), ("ctf/cs_mm", perGroup(\.sphericalAberration)),
      ("ctf/amp_contrast", perGroup(\.amplitudeContrast)),
      ("ctf/df1_A", .numbers(defoci.map(\.u))), ("ctf/df2_A", .numbers(defoci.map(\.v))),
      ("ctf/df_angle_rad", .numbers(defoci.map(\.angle))),
      ("ctf/phase_shift_rad", .numbers(defoci.map(\.phaseShift))),
      ("ctf/scale", .numbers(defoci.map(\.scale))),
      ("ctf/scale_const", .numbers(defoci.map { _ in 0 })),
      ("ctf/shift_A", .numbers([Double](repeating: 0, count: 2 * count), width: 2)),
      ("ctf/tilt_A", aberrations(\.tilt, width: 2)),
      ("ctf/trefoil_A", aberrations(\.trefoil, width: 2)),
      ("ctf/tetra_A", aberrations(\.tetra, width: 4)),
      ("ctf/anisomag", aberrations(\.anisomag, width: 4)),
      ("ctf/bfactor", .numbers(defoci.map(\.bFactor))),
    ]
  }

  private func alignmentColumns() -> [(name: String, column: CSColumn)] {
    let shifts = poses.enumerated().flatMap { row, pose in
      let shift = pose.origin / optics(row).pixelSize
      return [shift.x, shift.y]
    }
    var columns: [(name: String, column: CSColumn)] = [
      ("alignments3D/shift", .numbers(shifts, width: 2)),
      ("alignments3D/pose", .numbers(rotationVectors, width: 3)),
      ("alignments3D/psize_A", .numbers((0..<count).map { optics($0).pixelSize })),
    ]
    if !split.isEmpty {
      columns.insert(("alignments3D/split", .integers(split.map(\.rawValue))), at: 0)
    }
    return columns
  }
}

/// A one-to-one mixing of 64 bits (the finaliser of MurmurHash3), so that uids look like uids.
private func scrambled(_ value: UInt64) -> UInt64 {
  var z = value &+ 0x9E37_79B9_7F4A_7C15
  z = (z ^ (z >> 33)) &* 0xFF51_AFD7_ED55_8CCD
  z = (z ^ (z >> 33)) &* 0xC4CE_B9FE_1A85_EC53
  return z ^ (z >> 33)
}
