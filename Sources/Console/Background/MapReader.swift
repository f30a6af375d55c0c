import CryoEM
import EMFiles
import Ground
import Viewing

/// A map of a shelf as it was read, made ready for pictures.
struct ReadMap: Sendable {
  var request: MapRequest
  var map: ViewedMap
  /// The level that shows the particle, and the range that colours by its values span.
  var usualLevel: Float
  var valueRange: ClosedRange<Double>
}

extension ReadMap {
  /// - Parameter centre: where the middle of the volume is from that of the whole box, Å.
  init(_ request: MapRequest, _ volume: Volume, centre: Vector3) {
    let map = ViewedMap(volume, centre: centre)
    self.init(
      request: request, map: map, usualLevel: LevelTable.usual(for: map.volume, map.levels),
      valueRange: MapReader.range(of: map.volume))
  }
}

/// Reads maps of any grid to be looked at.
enum MapReader {
  /// Voxels along an edge of maps that are shown; larger ones would need gigabytes.
  static let largestSize = 1024

  /// - Throws: what is wrong with a file, or that half-maps have different boxes.
  static func read(_ request: MapRequest) throws(Problem) -> ReadMap {
    guard let path = request.files.first else {
      throw Problem("there is no map", whatToDo: "Give a map.")
    }
    var file = try read(path, within: request.root)
    if request.files.count > 1 {
      let other = try read(request.files[1], within: request.root)
      guard other.size == file.size else {
        throw Problem(
          "\(path) and \(request.files[1]) have different boxes",
          whatToDo: "Give half-maps of one refinement.")
      }
      let isDifference = request.kind == .difference
      for index in file.voxels.indices {
        let (a, b) = (file.voxels[index], other.voxels[index])
        file.voxels[index] = isDifference ? a - b : 0.5 * (a + b)
      }
    }
    return ReadMap(request, volume(of: file), centre: centre(of: file, request))
  }

  private static func read(_ path: String, within root: String?) throws(Problem) -> MRCVolume {
    let file = try MRCVolume(path: path, within: root) { (header) throws(Problem) in
      let size = header.size
      guard max(size.x, size.y, size.z) <= largestSize, min(size.x, size.y, size.z) > 0 else {
        throw Problem(
          "\(path): \(size.x) × \(size.y) × \(size.z) voxels are too many to be shown",
          whatToDo: "Give a map of at most \(largestSize) voxels along an edge.")
      }
    }
    return file
  }

  /// The map in the middle of an even cube, the rest as empty as the map's mean; what is no number is
  /// taken for that, too.
  private static func volume(of file: MRCVolume) -> Volume {
    let size = file.size
    let longest = max(size.x, size.y, size.z)
    let pixel = file.voxelSize.x > 0 && file.voxelSize.x.isFinite ? file.voxelSize.x : 1
    let isCube = size.x == size.y && size.y == size.z && longest % 2 == 0
    if isCube, file.firstNonFinite == nil {
      return Volume(size: longest, pixelSize: pixel, voxels: file.voxels)
    }
    var (sum, count) = (0.0, 0.0)
    for value in file.voxels where value.isFinite {
      sum += Double(value)
      count += 1
    }
    let mean = count > 0 ? Float(sum / count) : 0
    let edge = max(2, longest + longest % 2)
    var volume = Volume(
      size: edge, pixelSize: pixel, voxels: [Float](repeating: mean, count: edge * edge * edge))
    // The voxel size/2 of the file becomes that of the cube.
    let corner = SIMD3(repeating: edge / 2) &- SIMD3(size.x / 2, size.y / 2, size.z / 2)
    var index = 0
    for z in 0..<size.z {
      for y in 0..<size.y {
        for x in 0..<size.x {
          let value = file.voxels[index]
          volume[corner.x + x, corner.y + y, corner.z + z] = value.isFinite ? value : mean
          index += 1
        }
      }
    }
    return volume
  }

  /// Where the middle of a part of a box lies from the middle of the whole, Å.
  private static func centre(of file: MRCVolume, _ request: MapRequest) -> Vector3 {
    guard let edge = request.wholeEdge, edge > 0 else { return .zero }
    let origin = file.header.origin
    let corner = Vector3(Double(origin.x), Double(origin.y), Double(origin.z))
    let size = Vector3(
      Double(file.size.x / 2), Double(file.size.y / 2), Double(file.size.z / 2))
    let centre = corner + size * file.voxelSize.x - Vector3(repeating: 0.5 * edge)
    // Headers of foreign files say anything.
    let isNear = (0..<3).allSatisfy { centre[$0].isFinite && abs(centre[$0]) < edge }
    return isNear ? centre : .zero
  }

  /// What nine tenths of the values that differ from the commonest one are between: outside of its mask a
  /// map of resolutions has one value.
  fileprivate static func range(of map: Volume) -> ClosedRange<Double> {
    let common = map.voxels.first ?? 0
    let step = max(1, map.voxels.count / 200_000)
    var values = stride(from: 0, to: map.voxels.count, by: step).map { map.voxels[$0] }
      .filter { $0 != common }
    values.sort()
    guard let low = values.first, let high = values.last, low < high else {
      return Double(common)...Double(common) + 1
    }
    let (first, last) = (values[values.count / 20], values[values.count * 19 / 20])
    return first < last ? Double(first)...Double(last) : Double(low)...Double(high)
  }
}
