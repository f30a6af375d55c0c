import Fourier

/// A cubic density map: `size`³ voxels, x fastest, the centre at index size/2 on each axis.
public struct Volume: Sendable, Equatable {
  /// Voxels along each edge, even.
  public let size: Int
  /// Edge of a voxel, Å.
  public var pixelSize: Double
  /// The densities, index (z · size + y) · size + x.
  public var voxels: [Float]

  /// Edge of the cube, Å: shell s of the map's transform has the frequency s / edge.
  public var edge: Double { Double(size) * pixelSize }

  public init(size: Int, pixelSize: Double, voxels: [Float]) {
    precondition(voxels.count == size * size * size)
    self.size = size
    self.pixelSize = pixelSize
    self.voxels = voxels
  }

  /// A volume of zeros.
  public init(size: Int, pixelSize: Double) {
    self.init(
      size: size, pixelSize: pixelSize,
      voxels: parallelArray(repeating: 0, count: size * size * size))
  }

  /// The density of a voxel.
  public subscript(x: Int, y: Int, z: Int) -> Float {
    get { voxels[(z * size + y) * size + x] }
    set { voxels[(z * size + y) * size + x] = newValue }
  }
}
