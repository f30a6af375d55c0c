import CKernels
import CryoEM
import Fourier
import Ground

/// The bodies beside one, and what they add to its images.
struct Neighbours: Sendable {
  /// Points of the images' transform up to the highest shell that a neighbour has.
  let points: SamplingPoints
  private(set) var bodies: [Neighbour]
  /// What particles' CTFs are multiplied by in the images as they were loaded; empty for one.
  let imageScales: [Double]

  init(_ bodies: [Neighbour], box: Int, imageScales: [Double]) {
    self.bodies = bodies
    self.imageScales = imageScales
    points = SamplingPoints(window: box, maximumShell: bodies.map(\.shell).max() ?? 1)
  }

  /// Leaves the sums of the neighbours' projections in the room.
  ///
  /// - Parameter change: of the particle's defocus, Å, at which the CTF is taken that they are multiplied by.
  func sum(_ particle: Int, against change: Double, into room: Neighbour.Room) {
    room.clear()
    for body in bodies { body.add(particle, against: change, points: points, to: room) }
  }

  /// What a particle's CTF is multiplied by.
  func imageScale(of particle: Int) -> Double {
    imageScales.isEmpty ? 1 : imageScales[particle]
  }

  /// The same with the bodies where they are now.
  func placed(_ placements: [BodyPlacement]) -> Neighbours {
    var moved = self
    for index in bodies.indices { moved.bodies[index].placement = placements[index] }
    return moved
  }
}

/// The packed images of a body without what the bodies beside it add to them: one image at a time, made
/// when it is asked for. For a body that is alone these are the packed images themselves.
struct BodyImages: Sendable {
  let packed: PackedImages
  /// What packs images, with the neighbours; nil for a body that is alone.
  let packer: ImagePacker?
  let windowCentres: [SIMD2<Int32>]

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
  func image(_ particle: Int, _ room: Room?) -> fulcrum_image {
    let whole = packed.image(particle)
    guard let packer, let room else { return whole }
    packer.packNeighbours(
      particle, centre: windowCentres[particle], room.packing, into: room.data)
    for index in 0..<packed.points.count {
      room.real[index] = whole.real[index] - room.data[index].x
      room.imaginary[index] = whole.imaginary[index] - room.data[index].y
    }
    return fulcrum_image(
      real: UnsafePointer(room.real.pointer), imaginary: UnsafePointer(room.imaginary.pointer),
      weight: whole.weight)
  }
}
