import CKernels
import CryoEM
import Fourier
import Particles

/// The packed images of a body without what the bodies beside it add to them: one image at a time, made
/// when it is asked for. For a body that is alone these are the packed images themselves.
struct BodyImages: Sendable {
  var packed: PackedImages
  /// What fixes the quanta of each half-set's sums.
  var magnitudes: [ImageMagnitudes]
  /// What packs images, with the bodies that move beside this one; nil for a body that is alone.
  var packer: ImagePacker?

  /// The pixels of every image.
  var points: SamplingPoints { packed.points }

  /// How many times larger than the packed data those without the neighbours may be.
  var dataRoom: Double { packer == nil ? 1 : 4 }

  /// Gives the memory of the packed images back.
  mutating func drop() { packed = PackedImages(points: points, count: 0) }

  /// Buffers of one thread; nil for a body that is alone.
  func room() -> Room? { packer.map { Room(packer: $0) } }

  final class Room: Sendable {
    fileprivate let packing: ImagePacker.Workspace
    fileprivate let data: FFTBuffer<ComplexFloat>
    fileprivate let real: FFTBuffer<Float>
    fileprivate let imaginary: FFTBuffer<Float>

    fileprivate init(packer: ImagePacker) {
      packing = ImagePacker.Workspace(packer: packer)
      let count = packer.points.paddedCount
      data = FFTBuffer(count: count)
      (real, imaginary) = (FFTBuffer(count: count), FFTBuffer(count: count))
    }
  }

  /// An image as the kernels read it; valid until the room's next one.
  ///
  /// - Parameter centre: of the particle's window, pixels from the image's centre.
  func image(_ particle: Int, centre: SIMD2<Int32>, _ room: Room?) -> fulcrum_image {
    let whole = packed.image(particle)
    guard let packer, let room else { return whole }
    packer.packNeighbours(
      particle, centre: centre, room.packing, into: room.data)
    for index in 0..<packed.points.count {
      room.real[index] = whole.real[index] - room.data[index].x
      room.imaginary[index] = whole.imaginary[index] - room.data[index].y
    }
    return fulcrum_image(
      real: UnsafePointer(room.real.pointer), imaginary: UnsafePointer(room.imaginary.pointer),
      weight: whole.weight)
  }

  /// Takes an image that is in a scratch file out of the process's memory until it is looked at again.
  func release(_ particle: Int) { packed.release(particle) }

  /// The quanta of the sums of each half-set in an iteration: its own, so that the halves stay
  /// independent to the last digit.
  ///
  /// - Parameter factors: of the noise slots' pixels up to the band.
  func quanta(
    of particles: ParticleSet, _ state: RefinementState, factors: [FFTBuffer<Float>], band: Int
  ) -> [ExactSums.Quanta] {
    HalfSet.allCases.map { half in
      magnitudes[half.rawValue].packed.quanta(
        factors: largest(factors[particles.slots(of: half)], band: band),
        scale: state.largestScale(in: half, particles.halfSets)
      ).withDataRoom(dataRoom)
    }
  }

  /// The largest factor of each shell.
  private func largest(_ factors: ArraySlice<FFTBuffer<Float>>, band: Int) -> [Double] {
    var largest = [Double](repeating: 0, count: band + 1)
    for factor in factors {
      var index = 0
      for shell in 1...band {
        while index < points.shellEnds[shell] {
          largest[shell] = max(largest[shell], Double(factor.pointer[index]))
          index += 1
        }
      }
    }
    return largest
  }
}
