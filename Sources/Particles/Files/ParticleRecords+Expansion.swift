import CryoEM
import EMFiles
import Ground

/// Columns that tell copies of a symmetry expansion apart, in cryoSPARC's words: the uid of the particle
/// that a copy is of, or its row, and the copy's number, 0 for the particle itself.
enum ExpansionColumns {
  static let source = "sym_expand/src_uid"
  static let copy = "sym_expand/idx"
}

extension ParticleRecords {
  /// Every particle as often as a point group has rotations, each copy at an orientation that looks the
  /// same: A · S of the particle's A and the group's S, at the same origin. The particle itself comes
  /// first, as it is; copies keep everything else, the half-set too.
  ///
  /// - Throws: a problem when the file has no poses, or has copies with their numbers already.
  public func expanded(by group: PointGroup) throws -> ParticleRecords {
    if hasColumn(ExpansionColumns.copy) || hasColumn(ExpansionColumns.source) {
      throw Problem(
        "\(path): the particles are expanded already (column \(ExpansionColumns.source))",
        whatToDo: "Take the copies back first: fulcrum expand --undo IN -o OUT.")
    }
    var problems = ProblemList()
    guard let poses = poses(problems: &problems) else {
      try problems.throwIfAny()
      throw Problem(
        "\(path): the particles have no poses, so there is nothing to expand",
        whatToDo: "Give the output of a 3D refinement.")
    }
    let order = group.order
    guard count * order <= Int(Int32.max) else {
      throw Problem(
        "\(Format.count(count)) particles with \(order) copies each are more than a file can have",
        whatToDo: "Select fewer particles first: fulcrum select IN … -o OUT.")
    }
    let (operators, rotations) = (group.operators, poses.map(\.rotation))
    let sources = identifiers("uid") ?? (0..<count).map { UInt64($0 + 1) }
    let copies = Copies(order: order, count: count * order, sources: sources) { row in
      rotations[row / order] * operators[row % order]
    }
    var table = selecting(rows: (0..<copies.count).map { Int32($0 / order) })
    switch table.content {
    case .star(var file, let index):
      copies.fill(&file.tables[index], hasUID: hasColumn("uid"))
      table.content = .star(file, particles: index)
    case .cs(var file):
      copies.fill(&file, hasUID: hasColumn("uid"))
      table.content = .cs(file)
    }
    return table
  }

  /// One of the copies of every particle, the one with the lowest number, and without the columns of the
  /// expansion: of a file that was expanded and not changed the file as it was.
  ///
  /// Copies are told by the columns of an expansion, and by the image where the file has none of them.
  ///
  /// - Returns: the table, and for how many particles the first copy was not there any more, so that
  ///   another one stands for it.
  /// - Throws: a problem when nothing tells copies.
  public func unexpanded() throws(Problem) -> (records: ParticleRecords, withoutFirst: Int) {
    let copies = identifiers(ExpansionColumns.copy)
    let sources = identifiers(ExpansionColumns.source)
    guard let keys = sources ?? imageKeys() else {
      throw Problem(
        "\(path) has neither the columns of an expansion nor images, so copies cannot be told",
        whatToDo: "Give the file that has the field \(ExpansionColumns.source).")
    }
    var placeOfKey: [UInt64: Int] = [:]
    placeOfKey.reserveCapacity(count / 2)
    var kept: [Int32] = []
    for (row, key) in keys.enumerated() {
      guard let place = placeOfKey[key] else {
        placeOfKey[key] = kept.count
        kept.append(Int32(row))
        continue
      }
      if let copies, copies[row] < copies[Int(kept[place])] { kept[place] = Int32(row) }
    }
    let numbers = copies.map { copies in kept.map { copies[Int($0)] } }
    var table = selecting(rows: kept)
    switch table.content {
    case .star(var file, let index):
      for name in file.tables[index].columnNames where name.hasPrefix("sym_expand/") {
        file.tables[index].remove(name)
      }
      if let numbers, let sources, hasColumn("uid") {
        let uids = kept.map { "\(sources[Int($0)])" }
        file.tables[index].set("uid", to: .texts(uids), where: numbers.map { $0 != 0 })
      }
      table.content = .star(file, particles: index)
    case .cs(var file):
      if let sources, file.hasOwnField("uid") {
        file.set("uid", to: .identifiers(kept.map { sources[Int($0)] }))
      }
      for name in file.allFields.map(\.name) where name.hasPrefix("sym_expand/") {
        file.remove(name)
      }
      table.content = .cs(file)
    }
    return (table, numbers.map { $0.count { $0 != 0 } } ?? 0)
  }
}

/// What the rows of an expansion have of their own: each particle's copies one behind the other.
private struct Copies {
  let order: Int
  /// Of all rows.
  let count: Int
  /// The uids of the particles.
  let sources: [UInt64]
  /// Of a row.
  let rotation: @Sendable (Int) -> Rotation

  /// Whether a row is not the particle itself.
  private var isCopy: [Bool] { (0..<count).map { $0 % order > 0 } }

  private static let angleColumns: [(String, @Sendable (Rotation) -> Double)] = [
    ("rlnAngleRot", { $0.eulerAngles.rot }), ("rlnAngleTilt", { $0.eulerAngles.tilt }),
    ("rlnAnglePsi", { $0.eulerAngles.psi }),
  ]

  func fill(_ table: inout STARTable, hasUID: Bool) {
    let (order, sources, rotation) = (order, sources, rotation)
    func text(_ value: @escaping @Sendable (Int) -> UInt64) -> STARColumn {
      .made(count: count) { row, bytes in bytes.append(contentsOf: "\(value(row))".utf8) }
    }
    for (name, angle) in Self.angleColumns {
      table.set(
        name,
        to: .made(count: count) { row, bytes in
          appendFixed(angle(rotation(row)), decimals: 6, to: &bytes)
        }, where: isCopy)
    }
    if hasUID {
      table.set(
        "uid", to: text { copyUID(sources[$0 / order], $0 % order) }, where: isCopy)
    }
    table.set(ExpansionColumns.source, to: text { sources[$0 / order] })
    table.set(ExpansionColumns.copy, to: text { UInt64($0 % order) })
  }

  func fill(_ file: inout CSFile, hasUID: Bool) {
    let rotation = rotation
    file.set(
      "alignments3D/pose",
      to: .computed(width: 3, count: count) { row, component in
        Double(storedPose(rotation(row))[component])
      }, where: isCopy)
    if hasUID {
      let uids = (0..<count).map { copyUID(sources[$0 / order], $0 % order) }
      file.set("uid", to: .identifiers(uids), where: isCopy)
    }
    file.set(ExpansionColumns.source, to: .identifiers((0..<count).map { sources[$0 / order] }))
    file.set(ExpansionColumns.copy, to: .integers((0..<count).map { $0 % order }))
  }
}

/// The uid of a copy: the particle's own for the first.
private func copyUID(_ uid: UInt64, _ copy: Int) -> UInt64 {
  copy == 0 ? uid : scrambled(uid &+ scrambled(UInt64(copy)))
}
