import CryoEM
import EMFiles
import Ground

/// What the particles of a group share.
extension CryoSPARCFormMaker {
  mutating func addOptics() {
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
