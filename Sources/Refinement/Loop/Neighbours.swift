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
