import CryoEM
import EMFiles
import Ground

// What files say of where particles come from: the original of an image, the filament, the place on
// the micrograph. Nothing of it is needed, so nothing that is wrong with it stops anybody.

extension ParticleReading {
  /// Subtraction writes an image for every copy, and the original's name keeps what they share.
  mutating func readOriginalImages(_ table: STARTable) {
    guard table.hasColumn("rlnImageOriginalName") else { return }
    var ignored = ProblemList()
    let originals = table.imageReferences("rlnImageOriginalName", problems: &ignored)
    guard ignored.isEmpty, originals.indices.count == table.rowCount else { return }
    let stacks = firstsOfSameNames(originals.paths)
    let keys = zip(originals.indices, originals.numbers).map { stack, number in
      number > 0 ? identity(stack: stacks[Int(stack)], slice: Int32(number - 1)) : nil
    }
    copyKeys.append(keys)
    let shared = keys.count { $0 != nil } - Set(keys.compactMap { $0 }).count
    if shared > 0 {
      log.append(
        "Particles with the same _rlnImageOriginalName are taken for copies of one particle.")
    }
  }

  /// Filaments and picks of a RELION file.
  mutating func readPlaces(_ tables: RelionTables) {
    let table = tables.particles
    let micrographs = micrographs(of: table)
    if let tubes = try? table.interned("rlnHelicalTubeID") {
      // Tubes are counted anew on every micrograph; without its name, on every stack.
      let places = micrographs ?? particles.images.map(\.stack)
      particles.filaments = numbered(
        zip(places, tubes.indices).map { identity(stack: $0, slice: $1) })
    }
    guard let micrographs, table.hasColumn("rlnCoordinateX"), table.hasColumn("rlnCoordinateY")
    else { return }
    var wrong = ProblemList()
    let x = table.numbers("rlnCoordinateX", problems: &wrong)
    let y = table.numbers("rlnCoordinateY", problems: &wrong)
    let pixelSizes = micrographPixelSizes(tables)
    guard wrong.isEmpty, pixelSizes.count == table.rowCount else { return }
    particles.picks = micrographs.enumerated().map { row, micrograph in
      pick(micrograph, Vector2(x[row], y[row]), pixelSize: pixelSizes[row])
    }
  }

  /// An index of the micrograph of each row; nil where the file does not name them.
  private func micrographs(of table: STARTable) -> [Int32]? {
    guard let names = try? table.interned("rlnMicrographName") else { return nil }
    let firsts = firstsOfSameNames(names.values)
    return names.indices.map { firsts[Int($0)] }
  }

  /// The pixel size of each row's micrograph, Å: of the one that was picked, of the movie, or of the
  /// images themselves, whichever the file says first.
  func micrographPixelSizes(_ tables: RelionTables) -> [Double] {
    for name in ["rlnMicrographPixelSize", "rlnMicrographOriginalPixelSize"] {
      guard let optics = tables.optics, optics.hasColumn(name) else { continue }
      var wrong = ProblemList()
      let sizes = optics.numbers(name, problems: &wrong)
      func groups(_ table: STARTable) -> [Int] {
        table.hasColumn("rlnOpticsGroup")
          ? table.integers("rlnOpticsGroup", problems: &wrong)
          : [Int](repeating: 1, count: table.rowCount)
      }
      let sizeOfGroup = Dictionary(zip(groups(optics), sizes)) { first, _ in first }
      let found = groups(tables.particles).compactMap { sizeOfGroup[$0] }
      if wrong.isEmpty, found.count == tables.particles.rowCount, found.allSatisfy({ $0 > 0 }) {
        return found
      }
    }
    guard !particles.optics.isEmpty else { return [] }
    return particles.opticsIndices.map { particles.optics[Int($0)].pixelSize }
  }

  /// What copies of a particle share in a .cs file beside their image.
  mutating func readCopyKeys(_ file: CSFile) {
    for name in ["uid", "sym_expand/src_uid"] where file.hasField(name) {
      if let keys = identifiers(file, name) { copyKeys.append(keys) }
    }
  }

  /// Filaments and picks of a .cs file.
  mutating func readPlaces(_ file: CSFile) {
    if let filaments = identifiers(file, "filament/filament_uid") {
      particles.filaments = numbered(filaments)
    }
    let fields = ["location/center_x_frac", "location/center_y_frac", "location/micrograph_shape"]
    guard fields.allSatisfy({ file.hasField($0) }) else { return }
    var wrong = ProblemList()
    let x = file.numbers(fields[0], problems: &wrong)
    let y = file.numbers(fields[1], problems: &wrong)
    let height = file.numbers(fields[2], component: 0, problems: &wrong)
    let width = file.numbers(fields[2], component: 1, problems: &wrong)
    let pixelSizes =
      file.hasField("location/micrograph_psize_A")
      ? file.numbers("location/micrograph_psize_A", problems: &wrong)
      : file.numbers("blob/psize_A", problems: &wrong)
    guard wrong.isEmpty, let micrographs = micrographs(of: file) else { return }
    particles.picks = micrographs.enumerated().map { row, micrograph in
      pick(
        micrograph, Vector2(x[row] * width[row], y[row] * height[row]), pixelSize: pixelSizes[row])
    }
  }

  private func micrographs(of file: CSFile) -> [Int32]? {
    if let identifiers = identifiers(file, "location/micrograph_uid") {
      return numbered(identifiers)
    }
    guard file.hasField("location/micrograph_path") else { return nil }
    var wrong = ProblemList()
    let paths = file.interned("location/micrograph_path", problems: &wrong)
    let firsts = firstsOfSameNames(paths.values)
    return wrong.isEmpty ? paths.indices.map { firsts[Int($0)] } : nil
  }

  /// A field of identifiers; nil where it is missing or is none.
  private func identifiers(_ file: CSFile, _ name: String) -> [UInt64]? {
    var wrong = ProblemList()
    let values = file.identifiers(name, problems: &wrong)
    return wrong.isEmpty ? values : nil
  }

  /// A pick at the very corner of a micrograph is no pick: some programs write zeros for want of one.
  private func pick(_ micrograph: Int32, _ pixels: Vector2, pixelSize: Double) -> MicrographPick {
    MicrographPick(
      micrograph: pixels == .zero ? -1 : micrograph, position: pixels * pixelSize)
  }
}

/// Numbers from 0 in the order of their first appearance, in place of keys.
private func numbered(_ keys: [UInt64]) -> [Int32] {
  var known: [UInt64: Int32] = [:]
  return keys.map { key in
    let number = known[key] ?? Int32(known.count)
    known[key] = number
    return number
  }
}
