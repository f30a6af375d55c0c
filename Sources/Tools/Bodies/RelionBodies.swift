import EMFiles
import Ground
import Jobs

/// The bodies of RELION's multi-body refinement, as the STAR file of `--multibody_masks` has them.
///
/// Columns: `rlnBodyMaskName`; `rlnBodyRotateRelativeTo`, the number of the body against which one
/// turns; `rlnBodySigmaAngles`, or `rlnBodySigmaRot`, `Tilt` and `Psi`, degrees; and
/// `rlnBodySigmaOffsetAngst`, Å, or the older `rlnBodySigmaOffset`, pixels. A body whose deviations are
/// all zero is held.
public struct RelionBodies: Sendable {
  public struct Body: Sendable, Equatable {
    /// From its mask's file name.
    public var name: String
    /// The path of its mask as it can be opened from the current folder.
    public var mask: String
    /// The name of the body against which it turns; nil where the file does not say.
    public var against: String?
    /// Deviations of the prior: degrees about an axis, Å along one.
    public var rotation: Double
    public var shift: Double
    public var isHeld: Bool { rotation <= 0 && shift <= 0 }
  }

  public let bodies: [Body]
  /// What was assumed where the file leaves a choice.
  public let notes: [String]

  /// Reads a body STAR file.
  ///
  /// - Parameters:
  ///   - projectFolder: what masks are relative to; the file's own folder is tried next.
  /// - Throws: everything that is wrong.
  public init(_ path: String, projectFolder: String = ".") throws(Problems) {
    var problems = ProblemList()
    let file = problems.catching { () throws(Problem) in try STARFile(path: path) }
    try problems.throwIfAny()
    guard let file, let index = file.index(withColumn: "rlnBodyMaskName") else {
      throw Problems([
        Problem(
          "\(path): no table has a column rlnBodyMaskName",
          whatToDo: "Give the file of relion_refine --multibody_masks.")
      ])
    }
    let table = file.tables[index]
    let masks = (try? table.texts("rlnBodyMaskName")) ?? []
    let places = masks.enumerated().map { row, mask in
      Self.place(of: mask, [projectFolder, FilePath.folder(of: path)]) {
        problems.add(
          Problem(
            "\(table.place(row: row, column: "rlnBodyMaskName")): there is no \(mask)",
            whatToDo: "Give the project's folder with --set input.project_dir=FOLDER."))
      }
    }
    var notes: [String] = []
    let rotations = Self.rotations(table, &notes, &problems)
    let shifts = Self.shifts(table, masks: places, &notes, &problems)
    let names = Self.names(masks)
    let against = Self.against(table, names, &problems)
    if masks.isEmpty {
      problems.add(
        Problem("\(path) has no bodies", whatToDo: "Give a row for each body, with its mask."))
    }
    try problems.throwIfAny()
    bodies = masks.indices.map {
      Body(
        name: names[$0], mask: places[$0], against: against[$0], rotation: rotations[$0],
        shift: shifts[$0])
    }
    self.notes = notes
  }

  /// The bodies that each one's rotations are against; nil for none.
  private static func against(
    _ table: STARTable, _ names: [String], _ problems: inout ProblemList
  ) -> [String?] {
    let column = "rlnBodyRotateRelativeTo"
    var against = [String?](repeating: nil, count: names.count)
    guard table.hasColumn(column) else { return against }
    let numbers = table.integers(column, problems: &problems)
    for (row, number) in numbers.enumerated() where problems.isEmpty {
      guard (1...names.count).contains(number), number != row + 1 else {
        problems.add(
          Problem(
            "\(table.place(row: row, column: column)): \(number) is no other body",
            whatToDo: "Give the number of another row, counted from 1."))
        continue
      }
      against[row] = names[number - 1]
    }
    return against
  }

  /// Where a mask is; told where it is nowhere.
  private static func place(of mask: String, _ folders: [String], missing: () -> Void) -> String {
    for folder in folders {
      let path =
        mask.hasPrefix("/") || folder == "." || folder.isEmpty
        ? mask : FilePath.joined(folder, mask)
      if (try? InputFile(path: path)) != nil { return path }
    }
    missing()
    return mask
  }

  private static func rotations(
    _ table: STARTable, _ notes: inout [String], _ problems: inout ProblemList
  ) -> [Double] {
    if table.hasColumn("rlnBodySigmaAngles") {
      return checked("rlnBodySigmaAngles", table, &problems)
    }
    let names = ["rlnBodySigmaRot", "rlnBodySigmaTilt", "rlnBodySigmaPsi"]
    guard names.allSatisfy({ table.hasColumn($0) }) else {
      problems.add(
        Problem(
          "\(table.blockName.isEmpty ? "the table" : table.blockName) has no rlnBodySigmaAngles",
          whatToDo: "Give it, or rlnBodySigmaRot, rlnBodySigmaTilt and rlnBodySigmaPsi, degrees."))
      return [Double](repeating: 0, count: table.rowCount)
    }
    notes.append(
      "rlnBodySigmaRot, Tilt and Psi: one deviation about all axes, the root of their mean square")
    let columns = names.map { checked($0, table, &problems) }
    return (0..<table.rowCount).map { row in
      (columns.reduce(0) { $0 + $1[row] * $1[row] } / 3).squareRoot()
    }
  }

  private static func shifts(
    _ table: STARTable, masks: [String], _ notes: inout [String], _ problems: inout ProblemList
  ) -> [Double] {
    if table.hasColumn("rlnBodySigmaOffsetAngst") {
      return checked("rlnBodySigmaOffsetAngst", table, &problems)
    }
    guard table.hasColumn("rlnBodySigmaOffset") else {
      problems.add(
        Problem(
          "the bodies have neither rlnBodySigmaOffsetAngst nor rlnBodySigmaOffset",
          whatToDo: "Give rlnBodySigmaOffsetAngst, the deviation of the shifts in Å."))
      return [Double](repeating: 0, count: table.rowCount)
    }
    let pixels = checked("rlnBodySigmaOffset", table, &problems)
    return masks.indices.map { row in
      guard
        let size = problems.catching({ () throws(Problem) in
          try MapGrid.read(masks[row]).grid.pixelSize
        })
      else { return 0 }
      if row == 0 {
        notes.append(
          "rlnBodySigmaOffset is in pixels: taken times the masks' pixel size, "
            + "\(Format.shortest(size)) Å (RELION 5 leaves it out)")
      }
      return pixels[row] * size
    }
  }

  private static func checked(
    _ name: String, _ table: STARTable, _ problems: inout ProblemList
  ) -> [Double] {
    let values = table.numbers(name, problems: &problems)
    for (row, value) in values.enumerated() where value < 0 || value > 1e4 {
      problems.add(
        Problem(
          "\(table.place(row: row, column: name)): \(Format.shortest(value)) is no deviation",
          whatToDo: "Give how far the body is expected to move; 0 holds it."))
    }
    return values
  }

  /// The masks' file names without "mask", each once.
  private static func names(_ masks: [String]) -> [String] {
    var used: Set<String> = []
    return masks.enumerated().map { row, mask in
      var name = JobRegion.name(ofMask: mask) ?? "body\(row + 1)"
      while !used.insert(name).inserted { name += "_\(row + 1)" }
      return name
    }
  }
}

extension RelionBodies {
  /// The job with a region for each body that is not held; a held one is part of what no region has,
  /// which keeps the poses of the consensus.
  public func job(like job: Job) -> Job {
    var job = job
    job.regions += bodies.filter { !$0.isHeld }.map { body in
      var region = JobRegion(name: body.name)
      region[Parameter.input.mask] = FilePath.absolute(body.mask)
      region[Parameter.prior.enabled] = true
      if body.rotation > 0 {
        region[Parameter.prior.rotationDeviation] = min(body.rotation, 180)
      } else {
        region[Parameter.search.rotationExtent] = 0
      }
      if body.shift > 0 {
        region[Parameter.prior.shiftDeviation] = body.shift
      } else {
        region[Parameter.search.shiftExtent] = 0
      }
      return region
    }
    return job
  }

  /// What became of what a region has no place for.
  public var leftOut: [String] {
    bodies.compactMap { body in
      if body.isHeld {
        return "\(body.name) is held: it stays with the rest, at the poses of the consensus"
      }
      return body.against.map {
        "\(body.name) turns against \($0) in RELION, here against the consensus"
      }
    }
  }
}
