import CryoEM
import EMFiles
import Ground

/// Makes the form of a STAR file from a .cs file.
struct RelionFormMaker {
  let output: ParticleOutput
  let source: CSFile
  let options: ParticleConversion
  var form = RelionForm()
  /// Fields that a reader of the STAR file gets back from RELION's columns.
  var recovered: Set<String> = ["blob/idx", "blob/shape", "blob/psize_A"]

  init(output: ParticleOutput, source: CSFile, options: ParticleConversion) {
    (self.output, self.source, self.options) = (output, source, options)
  }

  var particles: ParticleSet { output.particles }
  var count: Int { output.count }

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

  private mutating func addHalfSets() {
    if !output.split.isEmpty {
      form.particles.append(
        ("rlnRandomSubset", .integers(output.split.map { $0.rawValue + 1 })))
      recovered.insert("alignments3D/split")
    }
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
  func restoring(
    _ name: String, _ numbers: [Double], stored: (Int, Double) -> Double
  ) -> [Double] {
    guard let kept = source.reader(KeptColumns.particles + name) else { return numbers }
    return numbers.enumerated().map { row, number in
      guard let old = kept.number(row: row) else { return number }
      return stored(row, old) == stored(row, number) ? old : number
    }
  }

  func isZero(_ reader: CSFieldReader?) -> Bool {
    guard let reader else { return true }
    return (0..<count).allSatisfy { row in
      (0..<reader.field.count).allSatisfy { reader.number(row: row, component: $0) == 0 }
    }
  }
}

/// Appends an image's name, NUMBER@PATH, the number with at least six digits as RELION writes it.
private func appendImageName(_ number: Int, of path: String, to bytes: inout [UInt8]) {
  let digits = "\(number)"
  let name =
    String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits + "@" + path
  appendSTARText(name, to: &bytes)
}
