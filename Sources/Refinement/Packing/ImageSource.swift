import CryoEM
import Ground

/// Where images come from.
public protocol ImageSource: Sendable {
  /// Pixels along an image's edge.
  var boxSize: Int { get }
  /// Reads particle `index` into `pixels`, boxSize² values, x fastest.
  ///
  /// - Throws: `Problem` naming the file and the image.
  func read(particle index: Int, into pixels: inout MutableSpan<Float>) throws(Problem)
  /// How messages name the image of a particle.
  func name(of index: Int) -> String
}

extension ImageSource {
  public func name(of index: Int) -> String { "the image of particle \(index + 1)" }
}

/// Images in memory, one after the other; for simulations and tests.
public struct ArraySource: ImageSource {
  public let boxSize: Int
  private let pixels: [Float]

  public init(boxSize: Int, pixels: [Float]) {
    self.boxSize = boxSize
    self.pixels = pixels
  }

  public func read(
    particle index: Int, into target: inout MutableSpan<Float>
  ) throws(Problem) {
    let size = boxSize * boxSize
    for pixel in 0..<size { target[pixel] = pixels[index * size + pixel] }
  }
}

/// The largest pixel or voxel whose transform still has a power in single precision.
public let largestPixel: Float = 1e12
