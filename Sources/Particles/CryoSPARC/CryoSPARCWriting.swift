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

  /// A uid for every particle, the same whenever the same file is converted.
  var identifiers: [UInt64] {
    var used: Set<UInt64> = []
    return (0..<count).map { row in
      let image = particles.images[row]
      var uid = scrambled(identity(stack: image.stack, slice: image.slice))
      while !used.insert(uid).inserted { uid = scrambled(uid &+ 1) }
      return uid
    }
  }
}

/// A one-to-one mixing of 64 bits (the finaliser of MurmurHash3), so that uids look like uids.
func scrambled(_ value: UInt64) -> UInt64 {
  var z = value &+ 0x9E37_79B9_7F4A_7C15
  z = (z ^ (z >> 33)) &* 0xFF51_AFD7_ED55_8CCD
  z = (z ^ (z >> 33)) &* 0xC4CE_B9FE_1A85_EC53
  return z ^ (z >> 33)
}
