import CryoEM
import EMFiles
import Ground

extension ParticleReading {
  /// Interprets cryoSPARC's fields: rotation vectors, shifts in pixels, angles in radians.
  ///
  /// - Parameters:
  ///   - needsCTF: whether the fields of the CTF are looked at.
  ///   - needsPoses: whether poses must be there.
  ///   - problems: gets everything that is wrong, but for the half-sets.
  init(
    cryoSPARC file: CSFile, needsCTF: Bool, needsPoses: Bool, problems: inout ProblemList
  ) {
    guard file.rowCount > 0 else {
      problems.add(
        Problem("\(file.path) has no records", whatToDo: "Check that the right file was given."))
      return
    }
    hasCTF = needsCTF && file.hasField("ctf/df1_A")
    readImages(file, problems: &problems)
    readOptics(file, problems: &problems)
    hasPoses = needsPoses || file.hasField("alignments3D/pose")
    readPoses(file, problems: &problems)
    readDefoci(file, problems: &problems)
    readHalfSets(file)
    readCopyKeys(file)
    readPlaces(file)
    if file.hasField("alignments3D/alpha") {
      // A scale that is no number is no reason to refuse the particles: it is zero, the least there is.
      var ignored = ProblemList()
      particles.scales = file.numbers("alignments3D/alpha", problems: &ignored)
    }
  }

  private mutating func readImages(_ file: CSFile, problems: inout ProblemList) {
    let paths = file.interned("blob/path", problems: &problems)
    let slices = file.numbers("blob/idx", problems: &problems)
    particles.stacks = paths.values
    particles.images = zip(paths.indices, slices).enumerated().map { row, image in
      let slice = Int32(exactly: image.1) ?? -1
      if slice < 0 {
        problems.add(
          Problem(
            "\(file.place(row: row, field: "blob/idx")): \(shortest(image.1)) is no image of a stack",
            whatToDo: "Make the file again, or remove the particles."))
      }
      return ImageLocation(stack: image.0, slice: max(slice, 0))
    }
    if file.hasField("blob/sign") {
      particles.signs = file.numbers("blob/sign", problems: &problems).map { Float($0) }
    } else {
      particles.signs = [Float](repeating: 1, count: file.rowCount)
    }
  }

  private mutating func readPoses(_ file: CSFile, problems: inout ProblemList) {
    guard hasPoses else {
      particles.poses = [Pose](
        repeating: Pose(rotation: .identity, origin: .zero), count: file.rowCount)
      return
    }
    guard file.hasField("alignments3D/pose") else {
      problems.add(
        Problem(
          "\(file.path): the particles have no poses; the field alignments3D/pose is missing",
          whatToDo: "Give the output of a 3D refinement, or its passthrough .cs file."))
      return
    }
    let vector = (0..<3).map { component in
      file.numbers("alignments3D/pose", component: component, problems: &problems)
    }
    for component in vector {
      for (row, value) in component.enumerated() where abs(value) > largestAngle {
        problems.add(
          Problem(
            "\(file.place(row: row, field: "alignments3D/pose")): \(value) radians is no angle",
            whatToDo: "Make the file again, or remove the particles."))
      }
    }
    let (x, y) = (
      file.numbers("alignments3D/shift", component: 0, problems: &problems),
      file.numbers("alignments3D/shift", component: 1, problems: &problems)
    )
    let frame = CryoSPARCShifts(file, problems: &problems)
    if let note = frame.note { log.append(note) }
    particles.poses = (0..<file.rowCount).map { row in
      let pose = Vector3(vector[0][row], vector[1][row], vector[2][row])
      return Pose(
        rotation: Rotation(rotationVector: pose).transposed,
        origin: frame.origin(row: row, shift: Vector2(x[row], y[row])))
    }
  }

  private mutating func readDefoci(_ file: CSFile, problems: inout ProblemList) {
    guard hasCTF else {
      particles.defoci = [Defocus](repeating: Defocus(u: 0, v: 0), count: file.rowCount)
      log.append(noCTFNote(isThere: file.hasField("ctf/df1_A")))
      return
    }
    func column(_ name: String, or value: Double?) -> [Double] {
      value.map { value in
        file.hasField(name)
          ? file.numbers(name, problems: &problems)
          : [Double](repeating: value, count: file.rowCount)
      } ?? file.numbers(name, problems: &problems)
    }
    let (u, v) = (column("ctf/df1_A", or: nil), column("ctf/df2_A", or: nil))
    let (angle, phaseShift) = (
      column("ctf/df_angle_rad", or: 0), column("ctf/phase_shift_rad", or: 0)
    )
    let (bFactor, scale) = (column("ctf/bfactor", or: 0), column("ctf/scale", or: 1))
    particles.defoci = (0..<file.rowCount).map { row in
      Defocus(
        u: u[row], v: v[row], angle: angle[row], phaseShift: phaseShift[row], bFactor: bFactor[row],
        scale: scale[row])
    }
  }

  private mutating func readHalfSets(_ file: CSFile) {
    guard file.hasField("alignments3D/split") else { return }
    let splits = file.numbers("alignments3D/split", problems: &halfSetProblems)
    for (row, split) in splits.enumerated() where split != 0 && split != 1 {
      halfSetProblems.add(
        Problem(
          "\(file.place(row: row, field: "alignments3D/split")): \(shortest(split)) is neither 0 nor 1",
          whatToDo: resplitAdvice))
    }
    if halfSetProblems.isEmpty { particles.halfSets = splits.map { $0 == 1 ? .b : .a } }
  }
}

/// How the shifts of a .cs file become origins in Å.
struct CryoSPARCShifts {
  private let pixelSizes: [Double]
  private let offsetX: [Double], offsetY: [Double]
  /// What was assumed.
  let note: String?

  init(_ file: CSFile, problems: inout ProblemList) {
    let hasOwn = file.hasField("alignments3D/psize_A")
    let field = hasOwn ? "alignments3D/psize_A" : "blob/psize_A"
    note =
      hasOwn
      ? nil : "The field alignments3D/psize_A is missing: shifts are taken in pixels of the images."
    pixelSizes = file.numbers(field, problems: &problems)
    if let row = pixelSizes.firstIndex(where: { $0 <= 0 }), problems.isEmpty {
      problems.add(
        Problem(
          "\(file.place(row: row, field: field)): \(pixelSizes[row]) is not a pixel size",
          whatToDo: "Make the file again."))
    }
    let zeros = [Double](repeating: 0, count: file.rowCount)
    let hasOffset = file.hasField("ctf/shift_A")
    offsetX =
      hasOffset ? file.numbers("ctf/shift_A", component: 0, problems: &problems) : zeros
    offsetY =
      hasOffset ? file.numbers("ctf/shift_A", component: 1, problems: &problems) : zeros
  }

  /// The origin, Å, of a shift in pixels.
  func origin(row: Int, shift: Vector2) -> Vector2 {
    Vector2(
      originOfShift(shift.x, offset: offsetX[row], pixelSize: pixelSizes[row]),
      originOfShift(shift.y, offset: offsetY[row], pixelSize: pixelSizes[row]))
  }

  /// The shift in pixels of an origin in Å.
  func shift(row: Int, origin: Vector2) -> Vector2 {
    (origin + Vector2(offsetX[row], offsetY[row])) / pixelSizes[row]
  }
}
