import CryoEM
import EMFiles
import Ground

/// What each particle has of its own: pose and defocus.
extension RelionFormMaker {
  mutating func addPoses() {
    let angles = output.poses.map { StoredAngles(rotation(ofStored: storedPose($0.rotation))) }
    let columns: [(String, KeyPath<StoredAngles, Double> & Sendable)] = [
      ("rlnAngleRot", \.rot), ("rlnAngleTilt", \.tilt), ("rlnAnglePsi", \.psi),
    ]
    var restored = angles
    let kept = columns.map { source.reader(KeptColumns.particles + $0.0) }
    if let rot = kept[0], let tilt = kept[1], let psi = kept[2] {
      for row in 0..<count {
        guard let a = rot.number(row: row), let b = tilt.number(row: row),
          let c = psi.number(row: row)
        else { continue }
        let old = StoredAngles(rot: a, tilt: b, psi: c)
        if old.storedPose == angles[row].storedPose { restored[row] = old }
      }
    }
    for (name, path) in columns {
      form.particles.append((name, .exactNumbers(restored.map { $0[keyPath: path] })))
    }
    if let pose = source.reader("alignments3D/pose") {
      let isRecovered = (0..<count).allSatisfy { row in
        let stored = angles[row].storedPose
        return (0..<3).allSatisfy { pose.number(row: row, component: $0) == Double(stored[$0]) }
      }
      if isRecovered { recovered.insert("alignments3D/pose") }
    }
    addOrigins()
  }

  private mutating func addOrigins() {
    let pixelSize = source.reader("alignments3D/psize_A") ?? source.reader("blob/psize_A")
    let offset = source.reader("ctf/shift_A")
    let shift = source.reader("alignments3D/shift")
    var isRecovered = true
    for (axis, name) in ["rlnOriginXAngst", "rlnOriginYAngst"].enumerated() {
      func stored(_ row: Int, _ origin: Double) -> Double {
        storedShift(
          origin: origin, offset: offset?.number(row: row, component: axis) ?? 0,
          pixelSize: pixelSize?.number(row: row) ?? 1)
      }
      let origins = output.poses.enumerated().map { row, pose in
        origin(
          ofStored: stored(row, pose.origin[axis]),
          offset: offset?.number(row: row, component: axis) ?? 0,
          pixelSize: pixelSize?.number(row: row) ?? 1)
      }
      let column = restoring(name, origins, stored: stored)
      form.particles.append((name, .exactNumbers(column)))
      isRecovered =
        isRecovered
        && (0..<count).allSatisfy {
          shift?.number(row: $0, component: axis) == stored($0, origins[$0])
        }
    }
    if isRecovered { recovered.insert("alignments3D/shift") }
    if isZero(offset) { recovered.insert("ctf/shift_A") }
    if let own = source.reader("alignments3D/psize_A"), let images = source.reader("blob/psize_A"),
      (0..<count).allSatisfy({ own.number(row: $0) == images.number(row: $0) })
    {
      recovered.insert("alignments3D/psize_A")
    }
  }

  mutating func addDefoci() {
    var scaled = particles
    scaled.defoci = output.writtenDefoci
    if particles.relativeScales != nil {
      scaled.applyScales()
      form.notes.append(
        "alignments3D/alpha has no column of its own in RELION: it is a factor of "
          + "rlnCtfScalefactor, divided by its mean.")
    } else {
      recovered.insert("ctf/scale")
    }
    let defoci = scaled.defoci
    func plain(_ name: String, _ field: String, _ value: (Defocus) -> Double) {
      let numbers = fewestDecimals(ofSingles: defoci.map(value))
      form.particles.append(
        (name, .exactNumbers(restoring(name, numbers) { single($1) })))
      if field != "ctf/scale" { recovered.insert(field) }
    }
    func angle(_ name: String, _ field: String, _ value: (Defocus) -> Double) {
      let numbers = defoci.map { Particles.angle(ofStored: single(value($0))) }
      form.particles.append(
        (name, .exactNumbers(restoring(name, numbers) { storedAngle($1) })))
      recovered.insert(field)
    }
    plain("rlnDefocusU", "ctf/df1_A", \.u)
    plain("rlnDefocusV", "ctf/df2_A", \.v)
    angle("rlnDefocusAngle", "ctf/df_angle_rad", \.angle)
    angle("rlnPhaseShift", "ctf/phase_shift_rad", \.phaseShift)
    plain("rlnCtfBfactor", "ctf/bfactor", \.bFactor)
    plain("rlnCtfScalefactor", "ctf/scale", \.scale)
  }
}
