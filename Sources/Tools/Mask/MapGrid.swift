import CryoEM
import EMFiles
import Ground
import Jobs

/// The grid of a map's file, on which what is made of the map is written again.
public struct MapGrid: Sendable, Equatable {
  /// Voxels along an edge in the file, even or odd.
  public let fileSize: Int
  /// Å.
  public let pixelSize: Double
  /// Position of the first voxel, Å.
  public let origin: Vector3

  public init(size: Int, pixelSize: Double, origin: Vector3 = .zero) {
    (fileSize, self.pixelSize, self.origin) = (size, pixelSize, origin)
  }

  /// Reads a cubic map; one with an odd box gets a plane of zeros along each axis.
  ///
  /// - Throws: what `Volume(readingCubic:)` does.
  public static func read(_ path: String) throws(Problem) -> (map: Volume, grid: MapGrid) {
    let (map, header) = try Volume.readCubic(path, padsOddBoxes: true)
    return (
      map, MapGrid(size: header.size.x, pixelSize: map.pixelSize, origin: header.corner)
    )
  }

  /// Voxels along an edge as volumes have it: even.
  public var size: Int { fileSize + fileSize % 2 }

  /// Box and pixel size.
  public var sampling: Sampling { Sampling(size: size, pixelSize: pixelSize) }

  /// A point of the file's coordinates, in which models are, in Å from the box centre.
  public func centred(_ point: Vector3) -> Vector3 {
    point - origin - Vector3(repeating: Double(size / 2) * pixelSize)
      + Vector3(repeating: Double(size / 2 - fileSize / 2) * pixelSize)
  }

  /// Reads another map or mask of this grid.
  ///
  /// - Throws: a problem where it has another box or pixel size.
  public func readLike(_ path: String, reference: String) throws(Problem) -> Volume {
    var map = try Volume(readingCubic: path, padsOddBoxes: true)
    guard map.sampling.isLike(sampling) else {
      throw Problem(
        "\(path): \(map.sampling), but \(reference) has \(sampling)",
        whatToDo: "Give maps and masks of one box and pixel size.")
    }
    map.pixelSize = pixelSize
    return map
  }

  /// Writes a map or mask on this grid, whole or not at all.
  public func write(_ map: Volume, to path: String) throws(Problem) {
    let map = map.boxed(to: fileSize)
    try MRCVolume.write(
      map.voxels, size: SIMD3(repeating: fileSize), voxelSize: pixelSize,
      origin: SIMD3(Float(origin.x), Float(origin.y), Float(origin.z)), to: path)
  }
}
