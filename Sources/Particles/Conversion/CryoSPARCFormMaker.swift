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
  var notes: [String] = []
  /// The fields that cryoSPARC has.
  var fields: [(name: String, column: CSColumn)] = []
  /// The STAR file in the form of RELION 3.1.
  let form: RelionForm
  /// Pixels along an edge of each optics group's images; 0 where nothing says.
  let imageSizes: [Int]
  /// What the STAR file kept of a .cs file.
  let own: OwnFields
  /// Columns that a reader of the .cs file gets back from cryoSPARC's fields.
  var recovered: Set<String> = [
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

  var particles: ParticleSet { output.particles }
  var count: Int { output.count }

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

  mutating func add(_ name: String, _ column: CSColumn) { fields.append((name, column)) }

  /// Adds a field that says nothing new, unless the file that the particles came from had none.
  mutating func addDefault(_ name: String, _ column: CSColumn) {
    if own.isGenerated(name) { add(name, column) }
  }

  /// Whether a field that says nothing, with values that all are as good as none, can be left out.
  func isIdle(_ name: String, _ values: [Double], _ idle: Double) -> Bool {
    own.isListed(name) == false && values.allSatisfy { $0 == idle }
  }

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
  func isRecovered(_ name: String, _ back: (Int) -> Double) -> Bool {
    guard let reader = table.reader(name) else { return true }
    return (0..<count).allSatisfy { reader($0).number == back($0) }
  }
}
