import EMFiles
import Ground
import Particles
import Refinement

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
    particle index: Int, into pixels: inout MutableSpan<Float>
  ) throws(Problem) {
    let location = images[index]
    try stacks[Int(location.stack)].read(image: Int(location.slice), into: &pixels)
    if !signs.isEmpty, signs[index] != 1 {
      for pixel in pixels.indices { pixels[pixel] *= signs[index] }
    }
  }
}
