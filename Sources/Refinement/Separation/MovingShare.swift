import CryoEM
import Ground
import Fourier
import Glibc

/// Which share of the density at each place about a body moves with it: 1 where all does, 0 where what is seen
/// stays where the particle started, as a neighbour within the mask's edge does.
struct MovingShare: Sendable, Codable {
  /// Its values on a cube; empty where all density counts as the body's.
  private(set) var values: [Float]
  /// The cube's edge, Å, and its centre, Å from the box centre.
  private let edge: Double, centre: Vector3

  /// All density moves.
  static let all = MovingShare(values: [], edge: 0, centre: .zero)

  private init(values: [Float], edge: Double, centre: Vector3) {
    (self.values, self.edge, self.centre) = (values, edge, centre)
  }

  /// - Parameters:
  ///   - share: of each voxel.
  ///   - centre: of its cube, Å from the box centre.
  init(_ share: Volume, centre: Vector3) {
    self.init(values: share.voxels, edge: share.edge, centre: centre)
  }

  var isAll: Bool { values.isEmpty }

  /// Voxels along the cube's edge.
  private var size: Int { Int(cbrt(Double(values.count)).rounded()) }

  /// Whether the values are those of a cube.
  var isConsistent: Bool { size * size * size == values.count }

  /// A mask about its own centre times the share.
  func times(_ mask: CentredMask) -> CentredMask {
    guard !isAll else { return mask }
    let shares = Volume(
      size: mask.volume.size, pixelSize: mask.volume.pixelSize,
      voxels: CentredMap.interpolated(values, from: size, to: mask.volume.size))
    return CentredMask(mask.volume * shares)
  }

  /// A mask in the images' box times the share.
  func times(_ mask: Volume) -> Volume {
    guard !isAll else { return mask }
    let shares = Volume(size: size, pixelSize: edge / Double(size), voxels: values)
    let (box, half) = (mask.size, Vector3(repeating: Double(mask.size / 2)))
    var product = mask
    product.voxels.withUnsafeMutableBufferPointer { voxels in
      nonisolated(unsafe) let voxels = voxels
      inParallel(box, chunk: 2) { planes in
        for index in planes.lowerBound * box * box..<planes.upperBound * box * box
        where voxels[index] > 0 {
          let voxel = Vector3(
            Double(index % box), Double(index / box % box), Double(index / (box * box)))
          let position = mask.pixelSize * (voxel - half)
          voxels[index] *= shares.linear(at: shares.index(of: position - centre))
        }
      }
    }
    return product
  }
}

extension MovingShare: Columned {
  mutating func move(_ columns: inout Columns) { columns.move("moving", &values) }
}
