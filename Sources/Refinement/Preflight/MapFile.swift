import CryoEM
import EMFiles

extension Volume {
  /// Reads a map: cubic, with an even box and cubic voxels, every density finite.
  ///
  /// - Parameter padsOddBoxes: whether a map with an odd box gets a plane of zeros along each axis,
  ///   its centre staying the centre; if not, it is refused.
  public init(readingCubic path: String, padsOddBoxes: Bool = false) throws(Problem) {
    // By the header, before a file of whatever size is read.
    let file = try MRCVolume(path: path) { (header) throws(Problem) in
      try Self.check(header, path: path, allowsOdd: padsOddBoxes)
    }
    let size = file.size
    let voxel = file.voxelSize
    if let index = file.firstNonFinite {
      let (x, y, z) = (index % size.x, index / size.x % size.x, index / (size.x * size.x))
      throw Problem(
        "\(path): the density of voxel \(x),\(y),\(z) is not a number",
        whatToDo: "Make the map again; NaN cannot be refined against.")
    }
    if let value = file.voxels.first(where: { abs($0) > ImageTransformer.largestPixel }) {
      throw Problem(
        "\(path): it has densities as large as \(value)",
        whatToDo: "Make the map again; nothing can be computed with them.")
    }
    self.init(size: size.x, pixelSize: voxel.x, voxels: file.voxels)
    if size.x % 2 != 0 { self = boxed(to: size.x + 1) }
  }

  /// Box and pixel size of a map by its header, checked like `init(readingCubic:)`.
  static func sampling(ofCubic path: String) throws(Problem) -> Sampling {
    var found: Sampling?
    do throws(Problem) {
      _ = try MRCVolume(path: path) { (header) throws(Problem) in
        try check(header, path: path, allowsOdd: false)
        found = Sampling(size: header.size.x, pixelSize: header.voxelSize.x)
        // That is all; no voxel is read.
        throw Problem("", whatToDo: "")
      }
    } catch { if found == nil { throw error } }
    return found ?? Sampling(size: 0, pixelSize: 0)
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

  /// In words.
  public var description: String {
    "box \(size), pixel size \(ParameterValue.shortest((pixelSize * 10000).rounded() / 10000)) Å"
  }

  /// Whether another map has the same box, and the same pixel size to a part in a thousand: headers
  /// are rounded.
  public func isLike(_ other: Sampling) -> Bool {
    size == other.size && hasPixelSize(other.pixelSize)
  }

  /// Whether the pixel size is this, to a part in a thousand.
  func hasPixelSize(_ other: Double) -> Bool { abs(pixelSize / other - 1) < 0.001 }
}
