import CryoEM
import EMFiles
import Ground

/// Where a .cs file keeps what came from a STAR file and has no field of cryoSPARC's, or more digits than
/// one: the particles' columns and those of the table of optics, each under its name.
enum KeptColumns {
  static let particles = "relion/"
  static let optics = "relion_optics/"
  /// The table of a STAR file that says which fields a .cs file had.
  static let fieldTable = "cryosparc_fields"
}

/// Columns of a table of optics that say the pixel size of micrographs, the one that was picked first.
let micrographPixelSizeColumns = ["rlnMicrographPixelSize", "rlnMicrographOriginalPixelSize"]

/// What this program's refinements add, in STAR files and in .cs files.
public enum LocalRefinementColumn {
  /// The widths of the posterior, degrees about an axis and Å along one, and the particle's scale.
  public static let rotation = ("rlnLocalRotationStdDev", "local_refine/rotation_sd_deg")
  public static let shift = ("rlnLocalShiftStdDevAngst", "local_refine/shift_sd_A")
  public static let scale = ("rlnLocalScale", "local_refine/scale")

  static let all = [rotation, shift, scale]
}

/// Makes the form of a STAR file from a .cs file.
struct RelionFormMaker {
  let output: ParticleOutput
  let source: CSFile
  let options: ParticleConversion
  private var form = RelionForm()
  /// Fields that a reader of the STAR file gets back from RELION's columns.
  private var recovered: Set<String> = ["blob/idx", "blob/shape", "blob/psize_A"]

  init(output: ParticleOutput, source: CSFile, options: ParticleConversion) {
    (self.output, self.source, self.options) = (output, source, options)
  }

  private var particles: ParticleSet { output.particles }
  private var count: Int { output.count }

  mutating func make() -> RelionForm {
    addImages()
    addOptics()
    if output.file.hasPoses { addPoses() }
    if output.file.hasCTF { addDefoci() }
    addHalfSets()
    addMicrographs()
    addClasses()
    addLocalRefinement()
    form.particles += output.extraColumns.map { ($0.starName, .numbers($0.values)) }
    addKept()
    addOwnFields()
    return form
  }

  // MARK: RELION's columns

  private mutating func addImages() {
    let names = output.file.stackNames
    let bare = names.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
    if names == bare { recovered.insert("blob/path") }
    let images = particles.images
    form.particles.append(
      (
        "rlnImageName",
        .made(count: count) { row, bytes in
          let image = images[row]
          appendImageName(Int(image.slice) + 1, of: bare[Int(image.stack)], to: &bytes)
        }
      ))
    if particles.signs.allSatisfy({ $0 == 1 }) {
      recovered.insert("blob/sign")
    } else {
      form.notes.append(
        "blob/sign has no counterpart in RELION: the images keep the contrast they have.")
    }
  }

  private mutating func addPoses() {
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

  private mutating func addDefoci() {
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

  private mutating func addHalfSets() {
    if !output.split.isEmpty {
      form.particles.append(
        ("rlnRandomSubset", .integers(output.split.map { $0.rawValue + 1 })))
      recovered.insert("alignments3D/split")
    }
  }

  private mutating func addMicrographs() {
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

  private mutating func addClasses() {
    guard let classes = source.reader("alignments3D/class"), classes.field.count == 1 else {
      return
    }
    let numbers = (0..<count).map { classes.number(row: $0) ?? 0 }
    guard numbers.allSatisfy({ abs($0) < 1e9 }) else { return }
    form.particles.append(("rlnClassNumber", .integers(numbers.map { Int($0) + 1 })))
    recovered.insert("alignments3D/class")
  }

  /// What an earlier refinement of this program has said.
  private mutating func addLocalRefinement() {
    for (name, field) in LocalRefinementColumn.all
    where !output.extraColumns.contains(where: { $0.starName == name }) {
      guard let reader = source.reader(field), reader.field.count == 1 else { continue }
      let values = (0..<count).map { reader.number(row: $0) ?? .nan }
      guard values.allSatisfy(\.isFinite) else { continue }
      let numbers = fewestDecimals(ofSingles: values)
      form.particles.append((name, .exactNumbers(restoring(name, numbers) { single($1) })))
      recovered.insert(field)
    }
  }

  /// The numbers of a column, with those that were kept where a .cs file stores both in the same way.
  private func restoring(
    _ name: String, _ numbers: [Double], stored: (Int, Double) -> Double
  ) -> [Double] {
    guard let kept = source.reader(KeptColumns.particles + name) else { return numbers }
    return numbers.enumerated().map { row, number in
      guard let old = kept.number(row: row) else { return number }
      return stored(row, old) == stored(row, number) ? old : number
    }
  }

  private func isZero(_ reader: CSFieldReader?) -> Bool {
    guard let reader else { return true }
    return (0..<count).allSatisfy { row in
      (0..<reader.field.count).allSatisfy { reader.number(row: row, component: $0) == 0 }
    }
  }

  // MARK: What only one of the programs knows

  /// Columns that came from a STAR file and have no field of cryoSPARC's.
  private mutating func addKept() {
    let known = Set(form.particles.map(\.name))
    for field in source.allFields where field.name.hasPrefix(KeptColumns.particles) {
      let name = String(field.name.dropFirst(KeptColumns.particles.count))
      guard !known.contains(name), let reader = source.reader(field.name) else { continue }
      form.particles.append((name, valueColumn(reader, component: 0)))
    }
  }

  private func valueColumn(_ reader: CSFieldReader, component: Int) -> STARColumn {
    .made(count: count) { row, bytes in
      if reader.field.kind == .floating, reader.field.elementByteCount == 8 {
        let value = reader.number(row: row, component: component) ?? 0
        if value.isFinite { return appendExact(value, to: &bytes) }
      }
      reader.appendSTAR(row: row, component: component, to: &bytes)
    }
  }

  /// Fields that RELION has no column for, each element as a column under the field's name, and a table of
  /// all fields. RELION 3.1 and later leave columns alone that they do not know.
  private mutating func addOwnFields() {
    var rows: [(name: String, type: String, shape: String, value: String)] = []
    var opaque: [String] = []
    for field in source.allFields
    where !field.name.hasPrefix(KeptColumns.particles)
      && !field.name.hasPrefix(KeptColumns.optics)
    {
      guard let reader = source.reader(field.name) else { continue }
      if field.kind == .opaque {
        opaque.append(field.name)
        continue
      }
      let shape = field.shape.map { "\($0)" }.joined(separator: ",")
      var value = "*"
      if !recovered.contains(field.name) {
        if isConstant(reader), !Self.alwaysColumns.contains(field.name) {
          value = constantText(reader)
        } else {
          for component in 0..<field.count {
            let name = field.shape.isEmpty ? field.name : "\(field.name)[\(component)]"
            form.particles.append((name, valueColumn(reader, component: component)))
          }
        }
      }
      rows.append((field.name, field.stated, "[\(shape)]", value))
    }
    if !opaque.isEmpty {
      form.notes.append(
        "Fields that are not understood were left out: \(opaque.joined(separator: ", ")).")
    }
    form.fields = NewSTARTable(
      blockName: KeptColumns.fieldTable,
      columns: [
        ("fieldName", .texts(rows.map(\.name))), ("fieldType", .texts(rows.map(\.type))),
        ("fieldShape", .texts(rows.map(\.shape))), ("fieldValue", .texts(rows.map(\.value))),
      ])
  }

  /// Fields that others are understood by, which have columns also where all records say the same: a
  /// program that drops the table of fields shall not change them.
  private static let alwaysColumns: Set<String> = [
    "uid", "blob/sign", "ctf/shift_A", "alignments3D/psize_A",
  ]

  private func isConstant(_ reader: CSFieldReader) -> Bool {
    guard count > 1, reader.field.count <= 4 else { return false }
    let first = reader.bytes(row: 0)
    return (1..<count).allSatisfy { reader.bytes(row: $0).elementsEqual(first) }
  }

  /// The elements of a field that is the same in every record, as a list.
  private func constantText(_ reader: CSFieldReader) -> String {
    let isText = reader.field.kind == .bytes || reader.field.kind == .unicode
    if isText { return reader.text(row: 0) }
    let elements = (0..<reader.field.count).map { component in
      var bytes: [UInt8] = []
      reader.appendSTAR(row: 0, component: component, to: &bytes)
      return String(decoding: bytes, as: UTF8.self)
    }
    return "[" + elements.joined(separator: ",") + "]"
  }
}

// MARK: Optics

extension RelionFormMaker {
  private mutating func addOptics() {
    let kept = source.allFields.filter { $0.name.hasPrefix(KeptColumns.optics) }.compactMap {
      field in source.reader(field.name).map { (field.name, $0) }
    }
    let (groups, firstRows) = groups(kept: kept.map(\.1))
    form.groups = groups
    let stored = firstRows.map { row in
      StoredOptics(particles.optics[Int(particles.opticsIndices[row])])
    }
    let numbers = numbers(firstRows: firstRows)
    var optics: [OpticsGroup] = []
    for (index, row) in firstRows.enumerated() {
      let computed = stored[index].group(name: "exposureGroup\(numbers[index] - 1)")
      let texts = kept.map { name, reader in
        (name: String(name.dropFirst(KeptColumns.optics.count)), text: keptText(reader, row: row))
      }
      let old = computed.changed(by: texts)
      optics.append(StoredOptics(old) == stored[index] ? old : computed)
    }
    form.optics = opticsColumns(optics, numbers: numbers)
    for (name, reader) in kept {
      let name = String(name.dropFirst(KeptColumns.optics.count))
      if form.optics.contains(where: { $0.name == name }) { continue }
      form.optics.append((name, firstRows.map { keptText(reader, row: $0) }))
    }
    addMicrographPixelSizes(firstRows: firstRows)
    markRecoveredOptics()
  }

  private func keptText(_ reader: CSFieldReader, row: Int) -> String {
    switch reader.field.kind {
    case .bytes, .unicode: return reader.text(row: row)
    case .floating: return exactText(reader.number(row: row) ?? 0)
    default: return "\(Int64(bitPattern: reader.bits(row: row)))"
    }
  }

  /// The group of each particle, and the first particle of each group: those that share what cryoSPARC says
  /// and what was kept.
  private func groups(kept: [CSFieldReader]) -> ([Int32], firstRows: [Int]) {
    var numberOfKey: [[UInt8]: Int32] = [:]
    var firstRows: [Int] = []
    var last: (key: [UInt8], number: Int32)?
    let groups = (0..<output.count).map { row -> Int32 in
      var key = withUnsafeBytes(of: output.particles.opticsIndices[row]) { Array($0) }
      for reader in kept { key += reader.bytes(row: row) }
      if let last, last.key == key { return last.number }
      let number = numberOfKey[key] ?? Int32(firstRows.count)
      if number == firstRows.count {
        numberOfKey[key] = number
        firstRows.append(row)
      }
      last = (key, number)
      return number
    }
    return (groups, firstRows)
  }

  /// The groups' numbers: those of the exposure groups, unless groups share one.
  private mutating func numbers(firstRows: [Int]) -> [Int] {
    let sequence = firstRows.indices.map { $0 + 1 }
    guard let identifiers = source.reader("ctf/exp_group_id") else { return sequence }
    let numbers = firstRows.map { Int(identifiers.number(row: $0) ?? 0) + 1 }
    guard Set(numbers).count == numbers.count else { return sequence }
    recovered.insert("ctf/exp_group_id")
    return numbers
  }

  /// The micrographs' pixel size, where the particles of a group have one.
  private mutating func addMicrographPixelSizes(firstRows: [Int]) {
    guard let sizes = source.reader("location/micrograph_psize_A"),
      !form.optics.contains(where: { micrographPixelSizeColumns.contains($0.name) })
    else { return }
    let ofGroup = firstRows.map { sizes.number(row: $0) ?? 0 }
    guard ofGroup.allSatisfy({ $0 > 0 && $0.isFinite }),
      (0..<output.count).allSatisfy({ sizes.number(row: $0) == ofGroup[Int(form.groups[$0])] })
    else { return }
    form.optics.append(
      (micrographPixelSizeColumns[0], fewestDecimals(ofSingles: ofGroup).map(exactText)))
    recovered.insert("location/micrograph_psize_A")
  }

  private mutating func markRecoveredOptics() {
    for name in ["ctf/accel_kv", "ctf/cs_mm", "ctf/amp_contrast"] { recovered.insert(name) }
    for name in ["ctf/tilt_A", "ctf/trefoil_A", "ctf/tetra_A"] { recovered.insert(name) }
    // A magnification that is stored whole comes back as its difference from 1.
    let isWhole = source.reader("ctf/anisomag").map { reader in
      (0..<output.count).contains { row in (reader.number(row: row) ?? 0) > 0.5 }
    }
    if isWhole == false { recovered.insert("ctf/anisomag") }
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

/// Appends an image's name, NUMBER@PATH, the number with at least six digits as RELION writes it.
private func appendImageName(_ number: Int, of path: String, to bytes: inout [UInt8]) {
  let digits = "\(number)"
  let name =
    String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits + "@" + path
  appendSTARText(name, to: &bytes)
}
