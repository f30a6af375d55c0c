import CryoEM
import EMFiles
import Ground

/// Images that were made of those of a particle file, row by row.
public struct NewImages: Sendable {
  /// Names of the new stacks as the file shall have them.
  public var stacks: [String]
  public var images: [ImageLocation]
  /// Pixels along an edge of the new images; the pixel size stays.
  public var boxSize: Int
  public var poses: [Pose]
  /// With the defocus U and V that are to be written; nil where they stay.
  public var defoci: [Defocus]?
  /// By how many pixels the centre of each image moved.
  public var moves: [SIMD2<Int>]

  public init(
    stacks: [String], images: [ImageLocation], boxSize: Int, poses: [Pose],
    defoci: [Defocus]? = nil, moves: [SIMD2<Int>]
  ) {
    self.stacks = stacks
    self.images = images
    self.boxSize = boxSize
    self.poses = poses
    self.defoci = defoci
    self.moves = moves
  }
}

extension ParticleFile {
  /// Writes the file with new images in place of its own; everything that is not about them stays.
  ///
  /// The names of the old ones are in rlnImageOriginalName, unless those of still older ones are there, or
  /// in subtract/original_path and subtract/original_idx.
  ///
  /// - Throws: a problem when the file cannot be written.
  public func write(
    _ new: NewImages, halfSets: [HalfSet]? = nil, extraColumns: [ParticleColumn] = [],
    to path: String
  ) throws(Problem) {
    let output = ParticleOutput(
      file: self, poses: new.poses, halfSets: halfSets, defoci: new.defoci,
      extraColumns: extraColumns, root: nil)
    switch content {
    case .star(var file, let table):
      try renew(&file, table: table, new)
      try output.update(file, table: table, path: path)
    case .cs(var file, let group):
      renew(&file, new)
      _ = try output.update(file, path: path)
      let stem = path.hasSuffix(".cs") ? String(path.dropLast(3)) : path
      try group?.write(main: FilePath.name(of: path), to: stem + ".csg", within: nil)
    }
  }

  private func renew(_ file: inout STARFile, table index: Int, _ new: NewImages) throws(Problem) {
    var table = file.tables[index]
    if !table.hasColumn("rlnImageOriginalName") {
      table.set("rlnImageOriginalName", to: .texts(try table.texts("rlnImageName")))
    }
    table.set("rlnImageName", to: .texts(new.images.map { Self.starName($0, new.stacks) }))
    if new.moves.contains(where: { $0 != .zero }) { try moveCoordinates(of: &table, file, new) }
    file.tables[index] = table
    for optics in file.tables.indices where file.tables[optics].hasColumn("rlnImageSize") {
      file.tables[optics].set(
        "rlnImageSize",
        to: .integers([Int](repeating: new.boxSize, count: file.tables[optics].rowCount)))
    }
  }

  static func starName(_ image: ImageLocation, _ stacks: [String]) -> String {
    let digits = "\(image.slice + 1)"
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + "@"
      + stacks[Int(image.stack)]
  }

  /// Coordinates are in pixels of the micrograph.
  private func moveCoordinates(
    of table: inout STARTable, _ file: STARFile, _ new: NewImages
  ) throws(Problem) {
    guard table.hasColumn("rlnCoordinateX"), table.hasColumn("rlnCoordinateY") else { return }
    var problems = ProblemList()
    let tables = RelionTables(file, problems: &problems)
    let sizes = ParticleReading(particles: particles).micrographPixelSizes(tables)
    guard problems.isEmpty, sizes.count == table.rowCount else { return }
    for (axis, name) in ["rlnCoordinateX", "rlnCoordinateY"].enumerated() {
      let old = table.numbers(name, problems: &problems)
      guard problems.isEmpty else { return }
      let moved = old.indices.map { row in
        old[row] + Double(new.moves[row][axis]) * pixelSize(of: row) / sizes[row]
      }
      table.set(name, to: .numbers(moved))
    }
  }

  private func pixelSize(of row: Int) -> Double {
    particles.opticsGroup(of: row).pixelSize
  }

  private func renew(_ file: inout CSFile, _ new: NewImages) {
    file.set(
      "subtract/original_path", to: .texts(particles.images.map { stackNames[Int($0.stack)] }))
    file.set(
      "subtract/original_idx", to: .integers(particles.images.map { Int($0.slice) }))
    file.set("blob/path", to: .texts(new.images.map { new.stacks[Int($0.stack)] }))
    file.set("blob/idx", to: .integers(new.images.map { Int($0.slice) }))
    file.set(
      "blob/shape",
      to: .integers([Int](repeating: new.boxSize, count: 2 * new.images.count), width: 2))
    var problems = ProblemList()
    let (shape, size) = ("location/micrograph_shape", "location/micrograph_psize_A")
    guard new.moves.contains(where: { $0 != .zero }), file.hasField(shape) else { return }
    let sizes =
      file.hasField(size)
      ? file.numbers(size, problems: &problems) : new.images.indices.map(pixelSize(of:))
    for (axis, name) in ["location/center_x_frac", "location/center_y_frac"].enumerated() {
      guard file.hasField(name) else { continue }
      let extent = file.numbers(shape, component: 1 - axis, problems: &problems)
      let old = file.numbers(name, problems: &problems)
      guard problems.isEmpty else { return }
      let moved = old.indices.map { row in
        old[row] + Double(new.moves[row][axis]) * pixelSize(of: row) / (sizes[row] * extent[row])
      }
      file.set(name, to: .numbers(moved))
    }
  }
}

// MARK: Back to the images that others were made of

extension ParticleFile {
  /// What names the image of each row, and what names the one that it was made of: a uid, which stays, or
  /// the image's name. Nil where the file does not say.
  public var imageKeys: (own: [String]?, original: [String]?) {
    var problems = ProblemList()
    switch content {
    case .star(let file, let index):
      let table = file.tables[index]
      return (try? table.texts("rlnImageName"), try? table.texts("rlnImageOriginalName"))
    case .cs(let file, _):
      let identifiers = file.hasField("uid") ? file.identifiers("uid", problems: &problems) : []
      let keys = problems.isEmpty && !identifiers.isEmpty ? identifiers.map(String.init) : nil
      return (keys, keys)
    }
  }

  /// The numbers of a column, one for each row; nil where the file has no such column.
  public func numbers(_ column: (starName: String, csName: String)) -> [Double]? {
    var problems = ProblemList()
    let found: [Double]
    switch content {
    case .star(let file, let index):
      guard file.tables[index].hasColumn(column.starName) else { return nil }
      found = file.tables[index].numbers(column.starName, problems: &problems)
    case .cs(let file, _):
      guard file.hasField(column.csName) else { return nil }
      found = file.numbers(column.csName, problems: &problems)
    }
    return problems.isEmpty && found.count == particles.count ? found : nil
  }
}
