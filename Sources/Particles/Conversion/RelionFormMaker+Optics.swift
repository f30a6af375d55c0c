import CryoEM
import EMFiles
import Ground

/// What the particles of a group share.
extension RelionFormMaker {
  mutating func addOptics() {
    let kept = source.allFields.filter { $0.name.hasPrefix(KeptColumns.optics) }.compactMap {
      field in source.reader(field.name).map { (field.name, $0) }
    }
    let (groups, firstRows) = groups(kept: kept.map(\.1))
    form.groups = groups
    let stored = firstRows.map { row in
      StoredOptics(particles.opticsGroup(of: row))
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
    equalRows(output.count) { row in
      var bytes: [UInt8] = []
      bytes.append(bytesOf: output.particles.opticsIndices[row])
      for reader in kept { bytes += reader.bytes(row: row) }
      return bytes
    }
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
