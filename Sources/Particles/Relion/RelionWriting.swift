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
}
