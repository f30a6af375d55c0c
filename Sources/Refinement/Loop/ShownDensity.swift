import CryoEM
import Fourier
import Ground

/// The density of a body within its mask as the images have shown it so far, of each half: what is
/// subtracted from the images of the bodies beside it.
///
/// A checkpoint holds it, as nothing else says what the poses of the last search are to be subtracted with.
struct ShownDensity: Sendable {
  /// Voxels along the edge of the cube about the body's centre; its edge is the geometry's period.
  let size: Int
  /// The highest shell of the window up to which it is known.
  let band: Int
  /// The rows of voxels that are not zero, four numbers each: z, y, first x, end of x.
  private var extents: [Int32]
  /// The voxels of the rows, one behind the other, of each half.
  private(set) var halves: [[Float]]

  init(_ rows: VoxelRows, band: Int, halves: [[Float]]) {
    size = rows.size
    self.band = band
    self.halves = halves
    extents = rows.rows.flatMap {
      [Int32($0.z), Int32($0.y), Int32($0.x.lowerBound), Int32($0.x.upperBound)]
    }
  }

  /// Where the voxels are.
  var rows: VoxelRows {
    VoxelRows(
      size: size,
      of: stride(from: 0, to: extents.count, by: 4).map { row in
        let numbers = extents[row..<row + 4].map { Int($0) }
        return (numbers[0], numbers[1], numbers[2]..<numbers[3])
      })
  }

  /// Whether rows and voxels belong together.
  var isConsistent: Bool {
    guard size > 0, band > 0, extents.count % 4 == 0, halves.count == 2 else { return false }
    var count = 0
    for row in stride(from: 0, to: extents.count, by: 4) {
      let inside = Int32(0)..<Int32(size)
      let (first, end) = (extents[row + 2], extents[row + 3])
      guard inside.contains(extents[row]), inside.contains(extents[row + 1]), first >= 0,
        first < end, end <= Int32(size)
      else { return false }
      count += Int(end - first)
    }
    return halves.allSatisfy { $0.count == count }
  }
}

extension ShownDensity: Columned {
  mutating func move(_ columns: inout Columns) {
    columns.move("shown.rows", &extents)
    columns.move("shown.voxels", &halves)
  }
}

extension ShownDensity {
  /// What the input's maps show: weighted by what the halves have in common outside of rounding, and
  /// masked.
  ///
  /// - Parameter mask: on a cube of `geometry.period`³ voxels.
  init(input: RefinementInput, geometry: Geometry, mask: CentredMask) {
    let box = geometry.box
    let maps = input.mapsOfHalves
    var weights = [Double](repeating: 1, count: box / 2)
    if input.halfMaps != nil {
      weights = fourierShellCorrelation(maps[0], maps[1], mask: input.mask)
        .map { min(max($0, 0), 1) }
    }
    let end = weights.indices.dropFirst(3).first { weights[$0] < 0.1 } ?? box / 2 - 1
    let last = min(end + 2, box / 2 - 1)
    let halves = maps.map { map in
      mask.masked(
        CentredMap(geometry: geometry).moved(map) {
          $0 <= last && $0 < weights.count ? weights[$0] : 0
        })
    }
    let shell = Int((Double(last) * Double(geometry.window) / Double(box)).rounded(.up))
    self.init(mask.rows, band: min(geometry.maximumShell, max(1, shell)), halves: halves)
  }
}
