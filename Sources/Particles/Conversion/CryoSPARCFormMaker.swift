import CryoEM
import EMFiles
import Ground

/// Makes the fields of a .cs file from a STAR file.
struct CryoSPARCFormMaker {
  let output: ParticleOutput
  let file: STARFile
  let table: STARTable
  let options: ParticleConversion
  /// What was left out, or has another meaning.
  private(set) var notes: [String] = []
  /// The fields that cryoSPARC has.
  private var fields: [(name: String, column: CSColumn)] = []
  /// The STAR file in the form of RELION 3.1.
  private let form: RelionForm
  /// Pixels along an edge of each optics group's images; 0 where nothing says.
  private let imageSizes: [Int]
  /// What the STAR file kept of a .cs file.
  private let own: OwnFields
  /// Columns that a reader of the .cs file gets back from cryoSPARC's fields.
  private var recovered: Set<String> = [
    "rlnImageName", "rlnOpticsGroup", "rlnOriginX", "rlnOriginY",
  ]

  init(output: ParticleOutput, file: STARFile, table: STARTable, options: ParticleConversion) {
    (self.output, self.file, self.table, self.options) = (output, file, table, options)
    own = OwnFields(file: file, table: table)
    let form = output.relionForm(file, table: table)
    self.form = form
    let stated = form.opticsTexts("rlnImageSize")
    imageSizes = output.particles.optics.indices.map { group in
      let size = output.imageSize(ofGroup: group, options: options)
      guard size == 0, let row = output.particles.opticsIndices.firstIndex(of: Int32(group)) else {
        return size
      }
      return stated.flatMap { Int($0[Int(form.groups[row])]) } ?? 0
    }
    if file.index(ofBlock: "optics") == nil {
      // What rows say of optics is kept with the groups.
      recovered.formUnion(form.optics.map(\.name))
      if own.isListed("uid") != nil { recovered.formUnion(oldOpticsColumns) }
    }
  }

  private var particles: ParticleSet { output.particles }
  private var count: Int { output.count }

  /// The fields, in the order of the .cs file that the STAR file came from, if it came from one.
  ///
  /// - Throws: a problem when uids are none, or one is there twice.
  mutating func make() throws(Problem) -> [(name: String, column: CSColumn)] {
    try addIdentifiers()
    addImages()
    addOptics()
    if output.file.hasCTF { addDefoci() }
    if !output.split.isEmpty {
      add("alignments3D/split", .integers(output.split.map(\.rawValue)))
      recovered.insert("rlnRandomSubset")
    }
    if output.file.hasPoses { addPoses() }
    addClasses()
    addMicrographs()
    addRelations()
    addLocalRefinement()
    addOwn()
    addKept()
    for column in output.extraColumns {
      fields.removeAll { $0.name == column.csName }
      fields.append((column.csName, .numbers(column.values)))
    }
    return own.ordered(fields)
  }

  private mutating func add(_ name: String, _ column: CSColumn) { fields.append((name, column)) }

  /// Adds a field that says nothing new, unless the file that the particles came from had none.
  private mutating func addDefault(_ name: String, _ column: CSColumn) {
    if own.isGenerated(name) { add(name, column) }
  }

  /// Whether a field that says nothing, with values that all are as good as none, can be left out.
  private func isIdle(_ name: String, _ values: [Double], _ idle: Double) -> Bool {
    own.isListed(name) == false && values.allSatisfy { $0 == idle }
  }

  // MARK: cryoSPARC's fields

  private mutating func addIdentifiers() throws(Problem) {
    guard let name = ["uid", "ucsfUid"].first(where: { table.hasColumn($0) }),
      let reader = table.reader(name)
    else { return add("uid", .identifiers(output.identifiers)) }
    recovered.insert(name)
    var rowOfUID: [UInt64: Int] = [:]
    rowOfUID.reserveCapacity(count)
    var values: [UInt64] = []
    values.reserveCapacity(count)
    for row in 0..<count {
      let text = String(decoding: reader(row), as: UTF8.self)
      guard let value = UInt64(text) else {
        throw Problem(
          "\(table.place(row: row, column: name)): \"\(text.prefix(60))\" is no uid",
          whatToDo: "Mend the row, or remove the column: new uids are made then.")
      }
      if let first = rowOfUID.updateValue(row, forKey: value) {
        throw Problem(
          "\(table.place(row: row, column: name)): the uid \(value) is that of row \(first + 1) as well",
          whatToDo: "Remove one of the rows, or the column: new uids are made then.")
      }
      values.append(value)
    }
    add("uid", .identifiers(values))
  }

  private mutating func addImages() {
    let names = output.file.stackNames
    let images = particles.images
    let carried = own.texts("blob/path", like: names, images.map(\.stack))
    add("blob/path", carried ?? .interned(names, images.map(\.stack)))
    add("blob/idx", .integers(images.map { Int($0.slice) }))
    if imageSizes.contains(0) {
      notes.append(
        "blob/shape was left out: neither the file nor an image that is found says how large the "
          + "images are.")
    } else {
      let rows = particles.opticsIndices.flatMap { [imageSizes[Int($0)], imageSizes[Int($0)]] }
      add("blob/shape", .integers(rows, width: 2))
    }
    let signs = CSColumn.numbers(particles.signs.map { Double($0) })
    particles.signs.allSatisfy { $0 == 1 }
      ? addDefault("blob/sign", signs) : add("blob/sign", signs)
    recovered.insert("blob/sign")
  }

  private mutating func addDefoci() {
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

  private mutating func addPoses() {
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

  private mutating func addClasses() {
    guard table.hasColumn("rlnClassNumber") else { return }
    var problems = ProblemList()
    let numbers = table.integers("rlnClassNumber", problems: &problems)
    guard problems.isEmpty, numbers.allSatisfy({ (1..<1 << 31).contains($0) }) else { return }
    add("alignments3D/class", .integers(numbers.map { $0 - 1 }))
    recovered.insert("rlnClassNumber")
  }

  private mutating func addRelations() {
    if Set(particles.sources).count < count, own.isGenerated("sym_expand/src_uid") {
      add("sym_expand/src_uid", .identifiers(particles.sources.map(scrambled)))
    }
    if particles.filaments.count == count {
      addDefault(
        "filament/filament_uid",
        .identifiers(particles.filaments.map { scrambled(UInt64(bitPattern: Int64($0)) ^ 0xF11) }))
    }
  }

  private mutating func addLocalRefinement() {
    for (name, field) in LocalRefinementColumn.all where table.hasColumn(name) {
      var problems = ProblemList()
      let values = table.numbers(name, problems: &problems)
      guard problems.isEmpty else { continue }
      add(field, .numbers(values))
      let back = fewestDecimals(ofSingles: values)
      if isRecovered(name, { back[$0] }) { recovered.insert(name) }
    }
  }

  /// Whether every number of a column is the one that comes back.
  private func isRecovered(_ name: String, _ back: (Int) -> Double) -> Bool {
    guard let reader = table.reader(name) else { return true }
    return (0..<count).allSatisfy { number(reader($0)) == back($0) }
  }
}

// MARK: Micrographs

extension CryoSPARCFormMaker {
  private mutating func addMicrographs() {
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

// MARK: Optics

extension CryoSPARCFormMaker {
  private mutating func addOptics() {
    let groups = particles.opticsIndices.map { Int($0) }
    let stored = zip(particles.optics, imageSizes).map { group, size in
      var stored = StoredOptics(group)
      stored.imageSize = size
      return stored
    }
    let numbers = (form.opticsTexts("rlnOpticsGroup") ?? []).map { Int($0) ?? 0 }
    let hasNumbers = !numbers.isEmpty && numbers.allSatisfy { (1..<1 << 31).contains($0) }
    let identifiers =
      own.numbers("ctf/exp_group_id").map { $0.map { Int($0) } }
      ?? (hasNumbers ? form.groups.map { numbers[Int($0)] - 1 } : groups)
    func perGroup(_ value: (StoredOptics) -> Double) -> CSColumn {
      .numbers(groups.map { value(stored[$0]) })
    }
    func list(_ path: KeyPath<CryoSPARCAberrations, [Double]>, width: Int) -> CSColumn {
      .numbers(groups.flatMap { stored[$0].aberrations[keyPath: path] }, width: width)
    }
    add("blob/psize_A", perGroup(\.pixelSize))
    guard output.file.hasCTF else { return keepOptics(stored: stored) }
    if own.isGenerated("ctf/type") {
      add("ctf/type", .interned(["imported"], [Int32](repeating: 0, count: count)))
    }
    add("ctf/exp_group_id", .integers(identifiers))
    add("ctf/accel_kv", perGroup(\.voltage))
    add("ctf/cs_mm", perGroup(\.sphericalAberration))
    add("ctf/amp_contrast", perGroup(\.amplitudeContrast))
    addDefault("ctf/shift_A", .numbers([Double](repeating: 0, count: 2 * count), width: 2))
    func addList(
      _ name: String, _ path: KeyPath<CryoSPARCAberrations, [Double]>, _ column: CSColumn
    ) {
      let saysSomething = stored.contains { $0.aberrations[keyPath: path].contains { $0 != 0 } }
      saysSomething ? add(name, column) : addDefault(name, column)
    }
    addList("ctf/tilt_A", \.tilt, list(\.tilt, width: 2))
    addList("ctf/trefoil_A", \.trefoil, list(\.trefoil, width: 2))
    addList("ctf/tetra_A", \.tetra, list(\.tetra, width: 4))
    addList("ctf/anisomag", \.anisomag, magnifications(stored: stored))
    keepOptics(stored: stored)
    addOpticsNotes()
  }

  /// ctf/anisomag, in the form that the .cs file had it in.
  private func magnifications(stored: [StoredOptics]) -> CSColumn {
    let carried = own.vectors("ctf/anisomag", width: 4)
    return .numbers(
      particles.opticsIndices.enumerated().flatMap { row, group in
        let computed = stored[Int(group)].aberrations
        guard let carried else { return computed.anisomag }
        var old = computed
        old.anisomag = Array(carried[4 * row..<4 * row + 4])
        let isSame = zip(old.magnification, computed.magnification).allSatisfy {
          abs($0 - $1) < 1e-6
        }
        return isSame ? old.anisomag : computed.anisomag
      }, width: 4)
  }

  private mutating func addOpticsNotes() {
    if particles.optics.contains(where: CryoSPARCAberrations.isLossy) {
      notes.append(
        "Zernike coefficients other than coma, trefoil and tetrafoil have no counterpart in "
          + "cryoSPARC: it does not see them.")
    }
    if particles.optics.contains(where: \.isPremultiplied) {
      notes.append(
        "That the images are multiplied by their CTF has no counterpart in cryoSPARC.")
    }
    if particles.optics.contains(where: \.isPhaseFlipped) {
      notes.append("That the images' phases are flipped has no counterpart in cryoSPARC.")
    }
  }

  /// Keeps the columns of the table of optics that do not come back from cryoSPARC's fields.
  private mutating func keepOptics(stored: [StoredOptics]) {
    var groupOfRow: [Int32: Int] = [:]
    for (row, group) in zip(form.groups, particles.opticsIndices) { groupOfRow[row] = Int(group) }
    let used = groupOfRow.keys.sorted()
    let numbers = used.map { Int(form.opticsTexts("rlnOpticsGroup")?[Int($0)] ?? "") ?? 0 }
    let back = opticsColumns(
      zip(used, numbers).map { row, number in
        stored[groupOfRow[row] ?? 0].group(name: "exposureGroup\(number - 1)")
      }, numbers: numbers)
    for (name, texts) in form.optics {
      let mine = used.map { texts[Int($0)] }
      // What `addMicrographPixelSizes` says comes back under the first of their names.
      if name == micrographPixelSizeColumns[0], own.isGenerated("location/micrograph_psize_A"),
        mine.allSatisfy({ text in
          Double(text).map { fewestDecimals(ofSingles: [$0]) == [$0] && $0 > 0 } ?? false
        })
      {
        continue
      }
      if let same = back.first(where: { $0.name == name })?.texts,
        zip(mine, same).allSatisfy({ isSameValue($0, $1) })
      {
        continue
      }
      let field = KeptColumns.optics + name
      let groups = form.groups
      let values = mine.compactMap { Double($0) }
      if name != "rlnOpticsGroupName", values.count == mine.count, values.allSatisfy(\.isFinite) {
        let numbers = texts.map { Double($0) ?? 0 }
        let isWhole = mine.allSatisfy { Int32($0) != nil }
        add(field, .typed(isWhole ? "<i8" : "<f8", groups.map { numbers[Int($0)] }))
      } else {
        add(field, .interned(texts, groups))
      }
    }
  }
}

// MARK: What only one of the programs knows

extension CryoSPARCFormMaker {
  /// Fields that the STAR file kept of a .cs file.
  private mutating func addOwn() {
    let known = Set(fields.map(\.name))
    for field in own.all(rowCount: count) where !known.contains(field.name) { fields.append(field) }
  }

  /// Columns of the STAR file that no field of cryoSPARC's gives back.
  private mutating func addKept() {
    for name in table.columnNames where !recovered.contains(name) && !OwnFields.isOwn(name) {
      guard let reader = table.reader(name) else { continue }
      add(KeptColumns.particles + name, keptColumn(reader, rowCount: count))
    }
  }
}

/// A column as a field: of whole numbers, of numbers, or of texts, whichever says all.
private func keptColumn(
  _ reader: @escaping @Sendable (Int) -> UnsafeRawBufferPointer, rowCount: Int
) -> CSColumn {
  var isWhole = true
  var isNumber = true
  var longest = 1
  for row in 0..<rowCount {
    let text = reader(row)
    longest = max(longest, text.count)
    isWhole = isWhole && isPlainInteger(text)
    isNumber = isNumber && (isPlainInteger(text) || isDecimal(text))
    if !isNumber, row > 1000 {
      for row in row..<rowCount { longest = max(longest, reader(row).count) }
      break
    }
  }
  if isNumber {
    return .typed(isWhole ? "<i8" : "<f8", (0..<rowCount).map { number(reader($0)) ?? 0 })
  }
  return .made("|S\(longest)", count: rowCount, reader)
}

/// Digits that come back as they are: no zeros in front, no sign that means nothing.
private func isPlainInteger(_ text: UnsafeRawBufferPointer) -> Bool {
  let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
  guard (1...15).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
    return false
  }
  return digits.first != 0x30 || text.count == 1
}

/// A finite number with a point or an exponent.
private func isDecimal(_ text: UnsafeRawBufferPointer) -> Bool {
  text.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
    && (number(text)?.isFinite ?? false)
}
