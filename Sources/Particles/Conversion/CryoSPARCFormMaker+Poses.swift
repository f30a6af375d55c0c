import CryoEM
import EMFiles
import Ground

/// What each particle has of its own: defocus and pose.
extension CryoSPARCFormMaker {
  mutating func addDefoci() {
    let defoci = output.writtenDefoci
    func plain(
      _ field: String, _ name: String, idle: Double = .nan, _ value: (Defocus) -> Double
    ) {
      let values = defoci.map(value)
      if !isIdle(field, values, idle) { add(field, .numbers(values)) }
      let back = fewestDecimals(ofSingles: values)
      if isRecovered(name, { back[$0] }) { recovered.insert(name) }
    }
    /// An angle, degrees; the file's own text has digits that radians have lost.
    func angle(
      _ field: String, _ name: String, idle: Double = .nan, _ value: (Defocus) -> Double
    ) {
      let values = defoci.map(value)
      if !isIdle(field, values, idle) { add(field, .numbers(values)) }
      let back = values.map { Particles.angle(ofStored: single($0)) }
      if isRecovered(name, { back[$0] }) { recovered.insert(name) }
    }
    plain("ctf/df1_A", "rlnDefocusU", \.u)
    plain("ctf/df2_A", "rlnDefocusV", \.v)
    angle("ctf/df_angle_rad", "rlnDefocusAngle", \.angle)
    angle("ctf/phase_shift_rad", "rlnPhaseShift", idle: 0, \.phaseShift)
    if let (scales, alphas) = own.scales(table, scaleFactors: defoci.map(\.scale)) {
      if !isIdle("ctf/scale", scales, 1) { add("ctf/scale", .numbers(scales)) }
      add("alignments3D/alpha", .numbers(alphas))
      recovered.insert("rlnCtfScalefactor")
    } else {
      plain("ctf/scale", "rlnCtfScalefactor", idle: 1, \.scale)
    }
    addDefault("ctf/scale_const", .numbers([Double](repeating: 0, count: count)))
    plain("ctf/bfactor", "rlnCtfBfactor", idle: 0, \.bFactor)
  }

  mutating func addPoses() {
    var vectors = output.poses.map { storedPose($0.rotation) }
    if let kept = own.vectors("alignments3D/pose", width: 3) {
      for row in vectors.indices {
        let old = SIMD3<Float>((0..<3).map { Float(kept[3 * row + $0]) })
        let isSame = rotation(ofStored: old).angle(to: output.poses[row].rotation) < 1e-6
        if isSame { vectors[row] = old }
      }
    }
    add(
      "alignments3D/pose",
      .numbers(vectors.flatMap { [Double($0.x), Double($0.y), Double($0.z)] }, width: 3))
    let angles = vectors.map {
      StoredAngles(rotation(ofStored: storedPose(rotation(ofStored: $0))))
    }
    for (name, path) in [
      ("rlnAngleRot", \StoredAngles.rot), ("rlnAngleTilt", \.tilt), ("rlnAnglePsi", \.psi),
    ] where isRecovered(name, { angles[$0][keyPath: path] }) { recovered.insert(name) }
    // The three angles come back together.
    let names = ["rlnAngleRot", "rlnAngleTilt", "rlnAnglePsi"]
    if !recovered.isSuperset(of: names) { recovered.subtract(names) }
    addShifts()
  }

  private mutating func addShifts() {
    let imageSizes = particles.opticsIndices.map { single(particles.optics[Int($0)].pixelSize) }
    let pixelSizes = own.numbers("alignments3D/psize_A") ?? imageSizes
    let offsets = own.vectors("ctf/shift_A", width: 2)?.map(single)
    var shifts = [Double](repeating: 0, count: 2 * count)
    let carried = own.vectors("alignments3D/shift", width: 2)
    var backs: [[Double]] = []
    for (axis, name) in ["rlnOriginXAngst", "rlnOriginYAngst"].enumerated() {
      func stored(_ row: Int, _ origin: Double) -> Double {
        storedShift(
          origin: origin, offset: offsets?[2 * row + axis] ?? 0, pixelSize: single(pixelSizes[row]))
      }
      var back = [Double](repeating: 0, count: count)
      for row in 0..<count {
        let origin = output.poses[row].origin[axis]
        let value = stored(row, origin)
        let own = carried?[2 * row + axis]
        shifts[2 * row + axis] = own.flatMap { abs($0 - value) < 1e-5 ? $0 : nil } ?? value
        back[row] = Particles.origin(
          ofStored: value, offset: offsets?[2 * row + axis] ?? 0,
          pixelSize: single(pixelSizes[row]))
      }
      if isRecovered(name, { back[$0] }) { recovered.insert(name) }
      backs.append(back)
    }
    add("alignments3D/shift", .numbers(shifts, width: 2))
    add("alignments3D/psize_A", .numbers(pixelSizes))
    // Origins in pixels of a file before RELION 3.1 come back in Å.
    if !table.hasColumn("rlnOriginXAngst"), table.hasColumn("rlnOriginX") {
      for (axis, name) in ["rlnOriginXAngst", "rlnOriginYAngst"].enumerated() {
        let origins = output.poses.map { $0.origin[axis] }
        if zip(origins, backs[axis]).contains(where: { abs($0 - $1) > 1e-9 }) {
          add(KeptColumns.particles + name, .typed("<f8", origins))
        }
      }
    }
  }
}
