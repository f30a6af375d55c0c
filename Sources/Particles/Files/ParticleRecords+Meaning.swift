import CryoEM
import EMFiles
import Ground

// What the columns of a table mean, in either format, one by one; nothing where a column is missing.

extension ParticleRecords {
  /// The stack of each particle, as it is named, and the image, from 0; nil where there are no images.
  public func images() -> (stacks: [String], images: [ImageLocation])? {
    var problems = ProblemList()
    switch content {
    case .star(let file, let index):
      let references = file.tables[index].imageReferences("rlnImageName", problems: &problems)
      guard references.indices.count == count else { return nil }
      return (
        references.paths,
        zip(references.indices, references.numbers).map {
          ImageLocation(stack: $0, slice: Int32(max(1, $1) - 1))
        }
      )
    case .cs(let file):
      guard let slices = file.reader("blob/idx"), file.hasField("blob/path") else { return nil }
      let paths = file.interned("blob/path", problems: &problems)
      return (
        paths.values,
        paths.indices.enumerated().map { row, stack in
          let slice = Int32(clamping: Int64(bitPattern: slices.bits(row: row)))
          return ImageLocation(stack: stack, slice: slice)
        }
      )
    }
  }

  /// A number for each particle that only rows of the same image share, whatever the stack's name is
  /// spelled like.
  public func imageKeys() -> [UInt64]? {
    images().map { stacks, images in
      let firsts = firstsOfSameNames(stacks)
      return images.map { identity(stack: firsts[Int($0.stack)], slice: $0.slice) }
    }
  }

  /// The poses; nil where there are none. Origins of a STAR file before RELION 3.1 are in pixels and need
  /// the pixel size of the rows.
  public func poses(problems: inout ProblemList) -> [Pose]? {
    switch content {
    case .star:
      guard hasColumn("rlnAngleRot"), let rot = numbers("rlnAngleRot", problems: &problems),
        let tilt = numbers("rlnAngleTilt", problems: &problems),
        let psi = numbers("rlnAnglePsi", problems: &problems)
      else { return nil }
      let (x, y) = (starOrigins("X", &problems), starOrigins("Y", &problems))
      return (0..<count).map { row in
        Pose(
          rotation: Rotation(rot: rot[row], tilt: tilt[row], psi: psi[row]),
          origin: Vector2(x[row], y[row]))
      }
    case .cs(let file):
      guard let vector = file.reader("alignments3D/pose"), vector.field.count == 3 else {
        return nil
      }
      let shift = file.reader("alignments3D/shift")
      let size = file.reader("alignments3D/psize_A") ?? file.reader("blob/psize_A")
      let offset = file.reader("ctf/shift_A")
      return (0..<count).map { row in
        func element(_ component: Int) -> Double {
          vector.number(row: row, component: component) ?? 0
        }
        func origin(_ axis: Int) -> Double {
          originOfShift(
            shift?.number(row: row, component: axis) ?? 0,
            offset: offset?.number(row: row, component: axis) ?? 0,
            pixelSize: size?.number(row: row) ?? 1)
        }
        return Pose(
          rotation: Rotation(rotationVector: Vector3(element(0), element(1), element(2)))
            .transposed,
          origin: Vector2(origin(0), origin(1)))
      }
    }
  }

  private func starOrigins(_ axis: String, _ problems: inout ProblemList) -> [Double] {
    if hasColumn("rlnOrigin\(axis)Angst") {
      return numbers("rlnOrigin\(axis)Angst", problems: &problems)
        ?? [Double](repeating: 0, count: count)
    }
    guard hasColumn("rlnOrigin\(axis)"),
      let pixels = numbers("rlnOrigin\(axis)", problems: &problems)
    else { return [Double](repeating: 0, count: count) }
    return zip(pixels, pixelSizes()).map { $0 * $1 }
  }

  /// The pixel size of each image, Å; 1 where the file does not say.
  public func pixelSizes() -> [Double] {
    var ignored = ProblemList()
    let name = format == .cs ? "blob/psize_A" : "rlnImagePixelSize"
    if hasColumn(name), let sizes = numbers(name, problems: &ignored) { return sizes }
    if hasColumn("rlnDetectorPixelSize"),
      let detector = numbers("rlnDetectorPixelSize", problems: &ignored),
      let magnification = numbers("rlnMagnification", problems: &ignored)
    {
      return zip(detector, magnification).map { 1e4 * $0 / $1 }
    }
    return [Double](repeating: 1, count: count)
  }

  /// The half-set of each particle; nil for those that are in none, and where there is no such column.
  public func halfSets() -> [HalfSet?]? {
    var ignored = ProblemList()
    let name = format == .cs ? "alignments3D/split" : "rlnRandomSubset"
    guard hasColumn(name), let values = numbers(name, problems: &ignored) else { return nil }
    let first = format == .cs ? 0.0 : 1.0
    return values.map { $0 == first ? .a : $0 == first + 1 ? .b : nil }
  }

  /// The first row of each row's family: copies of one particle, and, with `filaments`, segments of one
  /// filament.
  public func families(filaments: Bool) -> [Int32] {
    var sets = DisjointSets(count: count)
    if let keys = imageKeys() { sets.unite(byKeys: keys.lazy.map { Optional($0) }) }
    if let keys = identifiers("sym_expand/src_uid") {
      sets.unite(byKeys: keys.lazy.map { Optional($0) })
    }
    if case .star(let file, let index) = content, hasColumn("rlnImageOriginalName") {
      var ignored = ProblemList()
      let originals = file.tables[index].imageReferences(
        "rlnImageOriginalName", problems: &ignored)
      if ignored.isEmpty {
        sets.unite(
          byKeys: zip(originals.indices, originals.numbers).map { stack, number in
            number > 0 ? identity(stack: stack, slice: Int32(number)) : nil
          })
      }
    }
    if filaments, let keys = filamentKeys() {
      sets.unite(byKeys: keys)
    }
    return sets.roots()
  }

  /// A number that only segments of one filament share, nil for what is none; nil where the file knows of
  /// no filaments.
  public func filamentKeys() -> [UInt64?]? {
    if let keys = identifiers("filament/filament_uid") { return keys.map { $0 == 0 ? nil : $0 } }
    guard let tubes = texts("rlnHelicalTubeID") else { return nil }
    let places = micrographs()?.indices ?? images()?.images.map(\.stack)
    return places.map { zip($0, tubes.indices).map { identity(stack: $0, slice: $1) } }
  }

  /// The micrograph of each particle by name, or by uid where that is all there is.
  public func micrographs() -> (values: [String], indices: [Int32])? {
    texts(format == .cs ? "location/micrograph_path" : "rlnMicrographName")
      ?? (format == .cs ? texts("location/micrograph_uid") : nil)
  }

  /// Where each particle's centre is on its micrograph, Å: the pick less the origin; nil where the file does
  /// not say.
  public func centers(problems: inout ProblemList) -> [Vector2]? {
    let picks: [Vector2]
    switch content {
    case .star:
      guard hasColumn("rlnCoordinateX"), hasColumn("rlnCoordinateY"),
        let x = numbers("rlnCoordinateX", problems: &problems),
        let y = numbers("rlnCoordinateY", problems: &problems)
      else { return nil }
      let name = micrographPixelSizeColumns.first { hasColumn($0) }
      let sizes = name.flatMap { numbers($0, problems: &problems) } ?? pixelSizes()
      picks = (0..<count).map { Vector2(x[$0], y[$0]) * sizes[$0] }
    case .cs(let file):
      guard let x = file.reader("location/center_x_frac"),
        let y = file.reader("location/center_y_frac"),
        let shape = file.reader("location/micrograph_shape"),
        let size = file.reader("location/micrograph_psize_A") ?? file.reader("blob/psize_A")
      else { return nil }
      picks = (0..<count).map { row in
        Vector2(
          (x.number(row: row) ?? 0) * (shape.number(row: row, component: 1) ?? 0),
          (y.number(row: row) ?? 0) * (shape.number(row: row, component: 0) ?? 0))
          * (size.number(row: row) ?? 1)
      }
    }
    guard let poses = poses(problems: &problems) else { return picks }
    return zip(picks, poses).map { $0 - $1.origin }
  }
}
