import CryoEM
import EMFiles
import Ground
import Refinement

extension Volume {
  /// Reads a map: cubic, with an even box and cubic voxels, every density finite.
  ///
  /// - Parameter padsOddBoxes: whether a map with an odd box gets a plane of zeros along each axis,
  ///   its centre staying the centre; if not, it is refused.
  public init(readingCubic path: String, padsOddBoxes: Bool = false) throws(Problem) {
    self = try Self.readCubic(path, padsOddBoxes: padsOddBoxes).map
  }

  /// The same with the header of the file, which says where the map lies.
  public static func readCubic(
    _ path: String, padsOddBoxes: Bool = false
  ) throws(Problem) -> (map: Volume, header: MRCHeader) {
    // By the header, before a file of whatever size is read.
    let file = try MRCVolume(path: path) { (header) throws(Problem) in
      try check(header, path: path, allowsOdd: padsOddBoxes)
    }
    let size = file.size
    try checkDensities(file, path: path)
    let map = Volume(size: size.x, pixelSize: file.voxelSize.x, voxels: file.voxels)
    return (size.x % 2 == 0 ? map : map.boxed(to: size.x + 1), file.header)
  }

  /// Every density must be a number with which something can be computed.
  static func checkDensities(_ file: MRCVolume, path: String) throws(Problem) {
    if let index = file.firstNonFinite {
      let size = file.size
      let (x, y, z) = (index % size.x, index / size.x % size.y, index / (size.x * size.y))
      throw Problem(
        "\(path): the density of voxel \(x),\(y),\(z) is not a number",
        whatToDo: "Make the map again; NaN cannot be refined against.")
    }
    if let value = file.voxels.first(where: { abs($0) > largestPixel }) {
      throw Problem(
        "\(path): it has densities as large as \(value)",
        whatToDo: "Make the map again; nothing can be computed with them.")
    }
  }

  private static func check(
    _ header: MRCHeader, path: String, allowsOdd: Bool
  ) throws(Problem) {
    let size = header.size
    guard size.x == size.y, size.y == size.z else {
      throw Problem(
        "\(path): the map has \(size.x) × \(size.y) × \(size.z) voxels",
        whatToDo: "Give a cubic map, as refinements write it.")
    }
    guard size.x % 2 == 0 || allowsOdd, size.x >= 8 else {
      throw Problem(
        "\(path): the box has \(size.x) voxels along an edge",
        whatToDo: "Give a map with \(allowsOdd ? "a" : "an even") box of at least 8 voxels.")
    }
    try checkVoxels(header, path: path)
  }

  /// Voxels must be cubes of a size that there is.
  static func checkVoxels(_ header: MRCHeader, path: String) throws(Problem) {
    let voxel = header.voxelSize
    guard voxel.x >= 1e-2, voxel.x <= 1e3, abs(voxel.y / voxel.x - 1) < 0.001,
      abs(voxel.z / voxel.x - 1) < 0.001
    else {
      throw Problem(
        "\(path): the voxels are \(voxel.x) × \(voxel.y) × \(voxel.z) Å",
        whatToDo: "Set the pixel size in the file's header, the same along each axis.")
    }
  }

  /// Box and pixel size.
  public var sampling: Sampling { Sampling(size: size, pixelSize: pixelSize) }
}

/// Box and pixel size of a map.
public struct Sampling: Sendable, Equatable, CustomStringConvertible {
  /// Voxels along an edge.
  public let size: Int
  /// Å.
  public let pixelSize: Double

  public init(size: Int, pixelSize: Double) {
    self.size = size
    self.pixelSize = pixelSize
  }

  /// In words.
  public var description: String {
    "box \(size), pixel size \(Format.shortest((pixelSize * 10000).rounded() / 10000)) Å"
  }

  /// Whether another map has the same box, and the same pixel size to a part in a thousand: headers
  /// are rounded.
  public func isLike(_ other: Sampling) -> Bool {
    size == other.size && hasPixelSize(other.pixelSize)
  }

  /// Length of an edge, Å.
  var edge: Double { Double(size) * pixelSize }

  /// The place of a voxel index from the corner, Å from the centre voxel.
  func position(ofIndex index: Vector3) -> Vector3 {
    (index - Vector3(repeating: Double(size / 2))) * pixelSize
  }

  /// Whether the pixel size is this, to a part in a thousand.
  func hasPixelSize(_ other: Double) -> Bool { abs(pixelSize / other - 1) < 0.001 }
}
