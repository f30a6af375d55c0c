import CryoEM
import EMFiles

/// Where images come from.
public protocol ImageSource: Sendable {
  /// Pixels along an image's edge.
  var boxSize: Int { get }
  /// Reads particle `index` into `pixels`, boxSize² values, x fastest.
  ///
  /// - Throws: `Problem` naming the file and the image.
  func read(particle index: Int, into pixels: UnsafeMutableBufferPointer<Float>) throws(Problem)
  /// How messages name the image of a particle.
  func name(of index: Int) -> String
}

extension ImageSource {
  public func name(of index: Int) -> String { "the image of particle \(index + 1)" }
}

/// Images in MRC stacks.
public struct StackSource: ImageSource {
  public let boxSize: Int
  private let stacks: [MRCStack]
  private let images: [ImageLocation]
  private let signs: [Float]

  /// Opens the stacks of a particle set; `paths` has one path for each of its stacks.
  ///
  /// - Throws: `Problem` naming the stack that cannot be opened.
  public init(particles: ParticleSet, paths: [String]) throws(Problem) {
    var opened: [MRCStack] = []
    let box = particles.optics.first?.imageSize ?? 0
    for path in paths {
      let stack = try MRCStack(path: path)
      guard stack.width == box, stack.height == box else {
        throw Problem(
          "\(path): the images have \(stack.width) × \(stack.height) pixels, not \(box) × \(box)",
          whatToDo: "Check that the stack belongs to the particle file.")
      }
      opened.append(stack)
    }
    stacks = opened
    images = particles.images
    signs = particles.signs
    boxSize = box
  }

  public func name(of index: Int) -> String {
    let location = images[index]
    return "\(stacks[Int(location.stack)].path), image \(location.slice + 1)"
  }

  public func read(
    particle index: Int, into pixels: UnsafeMutableBufferPointer<Float>
  ) throws(Problem) {
    let location = images[index]
    try stacks[Int(location.stack)].read(image: Int(location.slice), into: pixels)
    if !signs.isEmpty, signs[index] != 1 {
      for pixel in pixels.indices { pixels[pixel] *= signs[index] }
    }
  }
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
    particle index: Int, into target: UnsafeMutableBufferPointer<Float>
  ) throws(Problem) {
    let size = boxSize * boxSize
    for pixel in 0..<size { target[pixel] = pixels[index * size + pixel] }
  }
}
