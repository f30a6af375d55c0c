import EMFiles
import Ground
import Jobs
import Runs

/// Reads slices of a run's maps.
enum SliceReader {
  static func slices(_ request: SliceRequest) -> SliceSet {
    let folder = RunFolder(request.folder)
    let place = request.iteration.map(folder.iterationPath) ?? folder.finalPath
    let (a, b) = (place + "/half_map_a.mrc", place + "/half_map_b.mrc")
    var result = SliceSet(request: request, planes: [], centre: .zero, pixelSize: 1)
    do {
      let volume: MRCVolume
      switch request.source {
      case .halfA: volume = try read(a, within: folder.root)
      case .halfB: volume = try read(b, within: folder.root)
      case .map: volume = try combined(a, b, of: folder, scale: 0.5, sign: 1)
      case .difference: volume = try combined(a, b, of: folder, scale: 1, sign: -1)
      }
      let size = volume.size
      guard size.x == size.y, size.y == size.z, size.x > 0 else {
        result.problem = "The map is not a cube"
        return result
      }
      let mask = mask(of: folder, beside: place, for: volume)
      let centre = centre(of: mask, size: size.x) ?? SIMD3(size.x / 2, size.y / 2, size.z / 2)
      for axis in 0..<3 {
        result.centre[axis] = min(max(0, centre[axis] + request.step), size.x - 1)
      }
      result.pixelSize = volume.voxelSize.x
      result.planes = (0..<3).map {
        plane($0, of: volume.voxels, mask: mask, size: size.x, at: result.centre)
      }
      result.projections = (0..<3).map {
        projection($0, of: volume.voxels, mask: mask, size: size.x)
      }
    } catch { result.problem = error.what }
    return result
  }

  /// Reads a map of a size that screens show; one of a foreign run folder may have any.
  private static func read(
    _ path: String, within root: String? = nil
  ) throws(Problem) -> MRCVolume {
    try MRCVolume(path: path, within: root) { (header) throws(Problem) in
      let size = header.size
      guard max(size.x, size.y, size.z) <= 1024 else {
        throw Problem("The map is too large to be shown", whatToDo: "Look at \(path).")
      }
    }
  }

  /// The sums along an axis, turned as the slices along it are; the mask's shadow where it is not empty
  /// along the line.
  static func projection(_ axis: Int, of voxels: [Float], mask: [Float]?, size: Int) -> Plane {
    let axes = CrossHair.axes(of: axis)
    var plane = Plane(width: size, height: size, values: [])
    // Distances between neighbours along x, y and z.
    let strides = [1, size, size * size]
    let (across, up, through) = (
      strides[axes.across], strides[axes.up], strides[axes.through]
    )
    func gathered(_ voxels: [Float], _ add: (Float, Float) -> Float) -> [Float] {
      var result = [Float](repeating: 0, count: size * size)
      for row in 0..<size {
        for column in 0..<size {
          var index = column * across + (size - 1 - row) * up
          var sum: Float = 0
          for _ in 0..<size {
            sum = add(sum, voxels[index])
            index += through
          }
          result[row * size + column] = sum
        }
      }
      return result
    }
    plane.values = gathered(voxels) { $0 + $1 }
    if let mask { plane.mask = gathered(mask) { max($0, $1) } }
    return plane
  }

  private static func combined(
    _ a: String, _ b: String, of folder: RunFolder, scale: Float, sign: Float
  ) throws(Problem) -> MRCVolume {
    var first = try read(a, within: folder.root)
    let second = try read(b, within: folder.root)
    guard first.size == second.size else {
      throw Problem("the half-maps have different boxes", whatToDo: "Look at \(a) and \(b).")
    }
    for index in first.voxels.indices {
      first.voxels[index] = scale * (first.voxels[index] + sign * second.voxels[index])
    }
    return first
  }

  /// The values of the run's mask at the voxels of a map, which may hold a part of the box only: its
  /// header says where its first voxel is. Nil where there is no mask of the same sampling.
  private static func mask(
    of folder: RunFolder, beside place: String, for map: MRCVolume
  ) -> [Float]? {
    // An iteration's own mask is of its maps' box; a run that goes on has no other yet.
    let places: [(path: String?, root: String?)] = [
      (folder.finalPath + "/mask.mrc", folder.path),
      ((try? folder.job())?[Parameter.input.mask], nil), (place + "/mask.mrc", folder.path),
    ]
    for place in places {
      guard let path = place.path, let mask = try? read(path, within: place.root) else { continue }
      if mask.size == map.size { return mask.voxels }
      let step = map.voxelSize.x
      guard step > 0, abs(mask.voxelSize.x - step) < 0.01 * step else { continue }
      let origin = map.header.origin
      return part(
        of: mask, size: map.size.x,
        from: SIMD3(
          voxels(Double(origin.x) / step), voxels(Double(origin.y) / step),
          voxels(Double(origin.z) / step)))
    }
    return nil
  }

  /// A distance in whole voxels, no farther than any box reaches.
  private static func voxels(_ distance: Double) -> Int {
    distance.isFinite ? Int(min(max(distance.rounded(), -1e6), 1e6)) : 1_000_000
  }

  /// A cube out of a volume; zero where it reaches beyond.
  static func part(of volume: MRCVolume, size: Int, from corner: SIMD3<Int>) -> [Float] {
    var part = [Float](repeating: 0, count: size * size * size)
    let whole = volume.size
    for z in 0..<size where (0..<whole.z).contains(z + corner.z) {
      for y in 0..<size where (0..<whole.y).contains(y + corner.y) {
        let row = ((z + corner.z) * whole.y + y + corner.y) * whole.x
        for x in 0..<size where (0..<whole.x).contains(x + corner.x) {
          part[(z * size + y) * size + x] = volume.voxels[row + x + corner.x]
        }
      }
    }
    return part
  }

  /// The voxel nearest to the mask's centre of mass.
  private static func centre(of mask: [Float]?, size: Int) -> SIMD3<Int>? {
    guard let mask else { return nil }
    var sum = SIMD4<Double>(0, 0, 0, 0)
    var index = 0
    for z in 0..<size {
      for y in 0..<size {
        for x in 0..<size {
          let weight = Double(max(0, mask[index]))
          if weight > 0 { sum += weight * SIMD4(Double(x), Double(y), Double(z), 1) }
          index += 1
        }
      }
    }
    guard sum.w > 0, sum.x.isFinite, sum.y.isFinite, sum.z.isFinite else { return nil }
    func voxel(_ value: Double) -> Int { min(size - 1, max(0, Int((value / sum.w).rounded()))) }
    return SIMD3(voxel(sum.x), voxel(sum.y), voxel(sum.z))
  }

  /// A plane through a voxel: 0 along z, 1 along y, 2 along x. The first row is the top, with the
  /// largest coordinate.
  static func plane(
    _ axis: Int, of voxels: [Float], mask: [Float]?, size: Int, at centre: SIMD3<Int>
  ) -> Plane {
    let axes = CrossHair.axes(of: axis)
    var plane = Plane(width: size, height: size, values: [])
    plane.values.reserveCapacity(size * size)
    for row in 0..<size {
      for column in 0..<size {
        var place = centre
        place[axes.across] = column
        place[axes.up] = size - 1 - row
        let index = (place.z * size + place.y) * size + place.x
        plane.values.append(voxels[index])
        if let mask { plane.mask.append(mask[index]) }
      }
    }
    return plane
  }
}
