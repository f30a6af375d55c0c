import CryoEM
import EMFiles
import Ground

/// The tables of a STAR file that describe particles.
struct RelionTables {
  let path: String
  let particles: STARTable
  let particlesIndex: Int
  /// The optics table of RELION 3.1 and later; nil before that.
  let optics: STARTable?

  /// Finds the tables by their columns: the names of the blocks differ between versions.
  init(_ file: STARFile, problems: inout ProblemList) {
    path = file.path
    let candidates = file.tables.indices.filter {
      file.tables[$0].isLoop && file.tables[$0].hasColumn("rlnImageName")
    }
    particlesIndex =
      candidates.first { file.tables[$0].blockName == "particles" } ?? candidates.first ?? 0
    particles = file.tables[particlesIndex]
    optics = file.index(ofBlock: "optics").map { file.tables[$0] }
    if candidates.isEmpty {
      problems.add(
        Problem(
          "\(path) has no table with the column _rlnImageName, so it holds no particles",
          whatToDo: "Give the particles' STAR file, for example run_data.star."))
    } else if particles.rowCount == 0 {
      problems.add(
        Problem(
          "\(path): the table data_\(particles.blockName) has no rows",
          whatToDo: "Check that the right file was given."))
    }
  }
}

extension ParticleReading {
  /// Interprets RELION's columns: angles in degrees, origins in Å or, before 3.1, in pixels.
  ///
  /// - Parameters:
  ///   - needsCTF: whether the columns of the CTF are looked at.
  ///   - needsPoses: whether poses must be there.
  ///   - problems: gets everything that is wrong, but for the half-sets.
  init(
    relion tables: RelionTables, needsCTF: Bool, needsPoses: Bool, problems: inout ProblemList
  ) {
    let table = tables.particles
    hasCTF = needsCTF && table.hasColumn("rlnDefocusU")
    (particles.optics, particles.opticsIndices) = relionOptics(
      tables, requiresCTF: hasCTF, problems: &problems)
    readImages(table, problems: &problems)
    hasPoses = needsPoses || table.hasColumn("rlnAngleRot")
    readPoses(table, problems: &problems)
    readDefoci(table, problems: &problems)
    readHalfSets(table)
    readOriginalImages(table)
    readPlaces(tables)
    // A file that was converted keeps the sign under cryoSPARC's name.
    particles.signs =
      table.hasColumn("blob/sign")
      ? table.numbers("blob/sign", problems: &problems).map { Float($0) }
      : [Float](repeating: 1, count: table.rowCount)
  }

  private mutating func readImages(_ table: STARTable, problems: inout ProblemList) {
    let references = table.imageReferences("rlnImageName", problems: &problems)
    particles.stacks = references.paths
    particles.images = zip(references.indices, references.numbers).map {
      ImageLocation(stack: $0, slice: Int32(max(1, $1) - 1))
    }
    for (row, number) in references.numbers.enumerated() where number == 0 {
      let stack = references.indices[row]
      if unnumbered[stack] == nil {
        unnumbered[stack] = table.place(row: row, column: "rlnImageName")
      }
    }
  }

  private mutating func readPoses(_ table: STARTable, problems: inout ProblemList) {
    guard hasPoses else {
      particles.poses = [Pose](
        repeating: Pose(rotation: .identity, origin: .zero), count: table.rowCount)
      return
    }
    let missing = ["rlnAngleRot", "rlnAngleTilt", "rlnAnglePsi"].filter { !table.hasColumn($0) }
    guard missing.isEmpty else {
      problems.add(
        Problem(
          "\(table.place(row: 0, column: missing[0])): the particles have no poses; the columns "
            + "\(missing.map { "_" + $0 }.joined(separator: ", ")) are missing",
          whatToDo: "Give the output of a 3D refinement; local refinement starts from its poses."))
      return
    }
    let rot = table.numbers("rlnAngleRot", problems: &problems)
    let tilt = table.numbers("rlnAngleTilt", problems: &problems)
    let psi = table.numbers("rlnAnglePsi", problems: &problems)
    let (x, y) = (
      origins(table, axis: "X", problems: &problems), origins(table, axis: "Y", problems: &problems)
    )
    for (name, angles) in [("rlnAngleRot", rot), ("rlnAngleTilt", tilt), ("rlnAnglePsi", psi)] {
      for (row, angle) in angles.enumerated() where abs(angle) > largestAngle {
        problems.add(
          Problem(
            "\(table.place(row: row, column: name)): \(angle) degrees is no angle",
            whatToDo: "Mend or remove the row."))
      }
    }
    particles.poses = (0..<table.rowCount).map { row in
      Pose(
        rotation: Rotation(rot: rot[row], tilt: tilt[row], psi: psi[row]),
        origin: Vector2(x[row], y[row]))
    }
  }

  /// A coordinate of the origins, Å.
  private mutating func origins(
    _ table: STARTable, axis: String, problems: inout ProblemList
  ) -> [Double] {
    if table.hasColumn("rlnOrigin\(axis)Angst") {
      return table.numbers("rlnOrigin\(axis)Angst", problems: &problems)
    }
    guard table.hasColumn("rlnOrigin\(axis)") else {
      log.append("There are no origins along \(axis): they are taken for zero.")
      return [Double](repeating: 0, count: table.rowCount)
    }
    let pixels = table.numbers("rlnOrigin\(axis)", problems: &problems)
    guard !particles.optics.isEmpty else { return pixels }
    return zip(pixels, particles.opticsIndices).map { $0 * particles.optics[Int($1)].pixelSize }
  }

  private mutating func readDefoci(_ table: STARTable, problems: inout ProblemList) {
    let count = table.rowCount
    guard hasCTF else {
      particles.defoci = [Defocus](repeating: Defocus(u: 0, v: 0), count: count)
      log.append(noCTFNote(isThere: table.hasColumn("rlnDefocusU")))
      return
    }
    func column(_ name: String, or value: Double) -> [Double] {
      table.hasColumn(name)
        ? table.numbers(name, problems: &problems) : [Double](repeating: value, count: count)
    }
    let u = column("rlnDefocusU", or: 0)
    let v = table.hasColumn("rlnDefocusV") ? column("rlnDefocusV", or: 0) : u
    let angle = column("rlnDefocusAngle", or: 0)
    let phaseShift = column("rlnPhaseShift", or: 0)
    let bFactor = column("rlnCtfBfactor", or: 0)
    let scale = column("rlnCtfScalefactor", or: 1)
    particles.defoci = (0..<count).map { row in
      Defocus(
        u: u[row], v: v[row], angle: radians(angle[row]), phaseShift: radians(phaseShift[row]),
        bFactor: bFactor[row], scale: scale[row])
    }
  }

  private mutating func readHalfSets(_ table: STARTable) {
    guard table.hasColumn("rlnRandomSubset") else { return }
    let subsets = table.integers("rlnRandomSubset", problems: &halfSetProblems)
    for (row, subset) in subsets.enumerated() where subset != 1 && subset != 2 {
      halfSetProblems.add(
        Problem(
          "\(table.place(row: row, column: "rlnRandomSubset")): \(subset) is neither 1 nor 2",
          whatToDo: resplitAdvice))
    }
    if halfSetProblems.isEmpty { particles.halfSets = subsets.map { $0 == 2 ? .b : .a } }
  }
}

/// What is said where the CTF is left alone.
func noCTFNote(isThere: Bool) -> String {
  isThere
    ? "The CTF of the particles was not read."
    : "The particles have no defocus values, so there is no CTF to correct."
}

/// A number that is the same only for the same image.
func identity(stack: Int32, slice: Int32) -> UInt64 {
  UInt64(UInt32(bitPattern: stack)) << 32 | UInt64(UInt32(bitPattern: slice))
}
