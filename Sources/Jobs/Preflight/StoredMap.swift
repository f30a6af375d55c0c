import CryoEM
import EMFiles
import Ground

/// A map as its file holds it, in whatever box.
struct StoredMap {
  let header: MapHeader
  private(set) var voxels: [Float]
  private var size: SIMD3<Int> { header.size }

  /// Reads a map with cubic voxels, every density finite.
  ///
  /// - Parameter key: of the parameter that names it.
  init(key: String, path: String) throws(Problem) {
    // By the header, before a file of whatever size is read.
    let file = try MRCVolume(path: path) { (header) throws(Problem) in
      try MapHeader.check(header, path: path)
    }
    try Volume.checkDensities(file, path: path)
    header = MapHeader(key: key, path: path, header: file.header)
    voxels = file.voxels
  }

  /// The map in a cubic box of its own pixel size, the centre of the frame at the centre.
  ///
  /// - Parameters:
  ///   - place: where it lies; a part between the voxels of the box is interpolated linearly.
  ///   - extent: what a part of a map is laid into, Å.
  func volume(_ place: MapHeader.Place, extent: Double) -> Volume {
    switch place {
    case .centred, .unknown:
      let edge = size.x + size.x % 2
      let offset = Double(edge / 2 - size.x / 2)
      return pasted(Vector3(offset, offset, offset), edge: edge)
    case .at(let first):
      let edge = 2 * Int((extent / header.pixelSize / 2).rounded(.up))
      let half = Double(edge / 2)
      return pasted(first / header.pixelSize + Vector3(half, half, half), edge: edge)
    }
  }

  /// The voxels in a box of zeros, the first one at an index.
  private func pasted(_ first: Vector3, edge: Int) -> Volume {
    if header.isCubic, edge == size.x, first == .zero {
      return Volume(size: edge, pixelSize: header.pixelSize, voxels: voxels)
    }
    var result = Volume(size: edge, pixelSize: header.pixelSize)
    // Voxels and their shares along each axis; positions in files are rounded.
    func shares(_ value: Double) -> [(step: Int, share: Float)] {
      let limited = min(max(value, -1e6), 1e6)
      let nearest = limited.rounded()
      if abs(limited - nearest) < 0.02 { return [(Int(nearest), 1)] }
      let below = limited.rounded(.down)
      return [(Int(below), Float(1 - limited + below)), (Int(below) + 1, Float(limited - below))]
    }
    let box = 0..<edge
    for (dz, shareZ) in shares(first.z) {
      for z in (dz..<dz + size.z).clamped(to: box) {
        for (dy, shareY) in shares(first.y) {
          for y in (dy..<dy + size.y).clamped(to: box) {
            let row = ((z - dz) * size.y + y - dy) * size.x
            for (dx, shareX) in shares(first.x) {
              let share = shareX * shareY * shareZ
              for x in (dx..<dx + size.x).clamped(to: box) {
                result.voxels[(z * edge + y) * edge + x] += share * voxels[row + x - dx]
              }
            }
          }
        }
      }
    }
    return result
  }

  /// Limits the values to a range.
  mutating func clip(to range: ClosedRange<Float>) {
    for index in voxels.indices {
      voxels[index] = min(max(voxels[index], range.lowerBound), range.upperBound)
    }
  }

  /// Whether every voxel has one value.
  var isConstant: Bool { voxels.allSatisfy { $0 == voxels[0] } }
}
