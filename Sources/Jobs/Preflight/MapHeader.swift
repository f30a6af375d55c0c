import CryoEM
import EMFiles
import Ground

/// A map as far as its header tells: what box it is in, and where that lies.
struct MapHeader {
  /// Of the parameter that names the file.
  let key: String
  let path: String
  /// Voxels along x, y and z, and the edge of one, Å.
  let size: SIMD3<Int>
  let pixelSize: Double
  /// Where the header says that the first voxel is, Å; zero where it says nothing.
  let corner: Vector3

  /// The box that coordinates count in, and of which others may be cut out.
  struct Frame {
    let path: String
    let grid: Sampling
    /// Where its centre is in the coordinates of its header, Å.
    let centre: Vector3
  }

  /// Where a map lies.
  enum Place: Equatable {
    /// About the centre of the box.
    case centred
    /// Its first voxel is so far from the centre of the box, Å.
    case at(Vector3)
    /// Nobody knows.
    case unknown
  }

  init(key: String, path: String, header: MRCHeader) {
    self.key = key
    self.path = path
    size = header.size
    pixelSize = header.voxelSize.x
    corner = header.corner
  }

  /// Reads the header of a map; no voxel is read.
  init(key: String, path: String) throws(Problem) {
    var found: MRCHeader?
    do throws(Problem) {
      _ = try MRCVolume(path: path) { (header) throws(Problem) in
        try Self.check(header, path: path)
        found = header
        throw Problem("", whatToDo: "")
      }
    } catch {
      guard let found else { throw error }
      self.init(key: key, path: path, header: found)
      return
    }
    throw Problem("\(path): no header", whatToDo: "Give a map in MRC format.")
  }

  /// Voxels must be cubes, as many as can be worked with.
  static func check(_ header: MRCHeader, path: String) throws(Problem) {
    try Volume.checkVoxels(header, path: path)
    guard header.size.min() >= 8, header.size.max() <= 2048 else {
      throw Problem(
        "\(path): the map has \(header.size.x) × \(header.size.y) × \(header.size.z) voxels",
        whatToDo: "Give a map of 8 to 2048 voxels along each edge.")
    }
  }

  var isCubic: Bool { size.x == size.y && size.y == size.z }

  /// Box and pixel size in words.
  var sampling: String {
    let edge = isCubic ? "box \(size.x)" : "\(size.x) × \(size.y) × \(size.z) voxels"
    return "\(edge), pixel size \(Format.rounded(pixelSize, digits: 5)) Å"
  }

  /// From the first voxel to the centre voxel, Å.
  private var half: Vector3 {
    Vector3(Double(size.x / 2), Double(size.y / 2), Double(size.z / 2)) * pixelSize
  }

  /// The centre of a map whose first voxel is at a place, Å.
  func centre(_ first: Vector3) -> Vector3 { first + half }

  /// Whether the first voxel is where centred maps have it: nowhere said, or half a box before zero.
  private var isCornerUsual: Bool { corner == .zero || isAboutZero }

  private var isAboutZero: Bool {
    let centre = centre(corner)
    return [centre.x, centre.y, centre.z].allSatisfy { abs($0) < 1.01 * pixelSize }
  }

  func isSampled(_ size: Int, _ pixelSize: Double) -> Bool {
    isCubic && self.size.x == size && abs(self.pixelSize / pixelSize - 1) < 0.001
  }

  /// The box of the first map that is whole, otherwise that of the particles.
  ///
  /// - Parameters:
  ///   - maps: in the order of the form; one at least.
  ///   - box: of the particles and its pixel size, Å: a map of that box is whole wherever its header
  ///     says that it begins.
  static func frame(of maps: [MapHeader], box: Sampling) -> Frame {
    for map in maps where map.isCubic {
      guard map.isCornerUsual || map.isSampled(box.size, box.pixelSize) else { continue }
      return Frame(
        path: map.path, grid: Sampling(size: map.size.x, pixelSize: map.pixelSize),
        centre: map.centre(map.corner))
    }
    return Frame(
      path: maps.first?.path ?? "", grid: box,
      centre: Vector3(repeating: Double(box.size / 2) * box.pixelSize))
  }

  /// Whether a cubic box may have been cut out of the frame anywhere.
  func isPerhapsPart(of frame: Frame) -> Bool {
    isCubic && corner == .zero && path != frame.path
      && Double(size.x + 1) * pixelSize < frame.grid.edge
  }

  func place(in frame: Frame) -> Place {
    if isCubic, isCornerUsual || isSampled(frame.grid.size, frame.grid.pixelSize) {
      return .centred
    }
    // A box that is not cubic says by its corner that zero is its centre, or where it was cut out.
    if isAboutZero { return .at(-half) }
    return corner == .zero ? .unknown : .at(corner - frame.centre)
  }
}

extension MRCHeader {
  /// Where the first voxel is, Å, along x, y and z: by the origin, or by the first indices where there
  /// is none.
  public var corner: Vector3 {
    if origin != .zero {
      return Vector3(Double(origin.x), Double(origin.y), Double(origin.z))
    }
    var corner = Vector3.zero
    for (index, axis) in [axes.x, axes.y, axes.z].enumerated() {
      corner[Int(axis) - 1] = Double(start[index]) * voxelSize[Int(axis) - 1]
    }
    return corner
  }
}
