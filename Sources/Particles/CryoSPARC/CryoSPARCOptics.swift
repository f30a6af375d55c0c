import CryoEM
import EMFiles
import Ground

extension ParticleReading {
  /// cryoSPARC states optics for every particle: equal ones of an exposure group make a group.
  mutating func readOptics(_ file: CSFile, problems: inout ProblemList) {
    let columns = CryoSPARCOpticsColumns(file, requiresCTF: hasCTF, problems: &problems)
    var indexOfValues: [[Double]: Int32] = [:]
    var forms: Set<String> = []
    // Rows mostly repeat the optics of the row before.
    var last: ([Double], Int32)?
    particles.opticsIndices = (0..<file.rowCount).map { row in
      let values = columns.values(row: row)
      if let last, last.0 == values { return last.1 }
      let index = indexOfValues[values] ?? Int32(particles.optics.count)
      if index == particles.optics.count {
        indexOfValues[values] = index
        let (group, form) = columns.group(row: row, file: file, problems: &problems)
        particles.optics.append(group)
        if let form { forms.insert(form) }
      }
      last = (values, index)
      return index
    }
    log += forms.sorted()
    if particles.optics.contains(where: { !$0.oddZernike.isEmpty || !$0.evenZernike.isEmpty }) {
      log.append("cryoSPARC's tilt, trefoil and tetrafoil were converted to Zernike coefficients.")
    }
  }
}

/// The fields of a .cs file that describe optics, by row.
private struct CryoSPARCOpticsColumns {
  /// exp_group_id, accel_kv, cs_mm, amp_contrast, psize_A, shape y, shape x, tilt (2), trefoil (2),
  /// tetra (4), anisomag (4).
  private var columns: [[Double]] = []
  /// Whether every value is one of the file's, so that checking them makes sense.
  private var isComplete = true

  init(_ file: CSFile, requiresCTF: Bool, problems: inout ProblemList) {
    let before = problems.all.count
    func add(_ name: String, count: Int = 1, or value: Double?) {
      for component in 0..<count {
        if let value, !file.hasField(name) {
          columns.append([Double](repeating: value, count: file.rowCount))
        } else {
          columns.append(file.numbers(name, component: component, problems: &problems))
        }
      }
    }
    add("ctf/exp_group_id", or: 0)
    add("ctf/accel_kv", or: requiresCTF ? nil : 300)
    add("ctf/cs_mm", or: requiresCTF ? nil : 2.7)
    add("ctf/amp_contrast", or: requiresCTF ? nil : 0.1)
    add("blob/psize_A", or: nil)
    add("blob/shape", count: 2, or: 0)
    add("ctf/tilt_A", count: 2, or: 0)
    add("ctf/trefoil_A", count: 2, or: 0)
    add("ctf/tetra_A", count: 4, or: 0)
    add("ctf/anisomag", count: 4, or: 0)
    isComplete = problems.all.count == before
  }

  func values(row: Int) -> [Double] { columns.map { $0[row] } }

  /// The group of a row, and what was assumed about its magnification.
  func group(
    row: Int, file: CSFile, problems: inout ProblemList
  ) -> (OpticsGroup, note: String?) {
    let values = values(row: row)
    let (voltage, pixelSize) = (values[1], values[4])
    func check(_ isRight: Bool, _ field: String, _ what: String) {
      if isRight || !isComplete { return }
      problems.add(
        Problem(
          "\(file.place(row: row, field: field)): \(what)",
          whatToDo: "Make the file again, or remove the particles."))
    }
    check(voltage > 0, "ctf/accel_kv", "\(voltage) is not a voltage")
    check(pixelSize > 0, "blob/psize_A", "\(pixelSize) is not a pixel size")
    check(
      values[5] == values[6], "blob/shape",
      "the images are not square (\(shortest(values[6])) × \(shortest(values[5])) pixels)")
    check(
      Int(exactly: values[6]) != nil, "blob/shape", "\(shortest(values[6])) is no number of pixels")
    var group = OpticsGroup(
      name: "exposureGroup\(Int(exactly: values[0]) ?? 0)", voltage: max(voltage, 1),
      sphericalAberration: values[2], amplitudeContrast: values[3], pixelSize: pixelSize,
      imageSize: Int(exactly: values[6]) ?? 0)
    var aberrations = CryoSPARCAberrations()
    aberrations.wavelength = group.wavelength
    aberrations.tilt = Array(values[7..<9])
    aberrations.trefoil = Array(values[9..<11])
    aberrations.tetra = Array(values[11..<15])
    aberrations.anisomag = Array(values[15..<19])
    check(
      aberrations.magnificationForm != nil, "ctf/anisomag",
      "\(aberrations.anisomag) is neither a magnification nor its difference from 1")
    group.oddZernike = aberrations.oddZernike
    group.evenZernike = aberrations.evenZernike
    group.magnification = Magnification(aberrations.magnification)
    return (group, magnificationNote(aberrations))
  }

  private func magnificationNote(_ aberrations: CryoSPARCAberrations) -> String? {
    if aberrations.anisomag.allSatisfy({ $0 == 0 }) { return nil }
    return aberrations.magnificationForm == .whole
      ? "ctf/anisomag has a diagonal near 1: it is taken for the magnification M itself."
      : "ctf/anisomag has a diagonal near 0: it is taken for M − 1, the difference from no change."
  }
}
