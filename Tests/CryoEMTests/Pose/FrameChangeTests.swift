import CryoEM
import Glibc
import Ground
import Phantoms
import TestSupport
import Testing

struct FrameChangeTests {
  private let change = FrameChange(
    rotation: Rotation(rot: 40, tilt: 75, psi: 200), centre: Vector3(12, -30, 7))

  private func length(_ v: Vector3) -> Double { (v * v).sum().squareRoot() }

  @Test func everythingAppearsWhereItDid() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<20 {
      let pose = Pose(
        rotation: .random(using: &generator),
        origin: Vector2(generator.uniform(-9, 9), generator.uniform(-9, 9)))
      let moved = pose.moved(by: change)
      let point = Vector3(
        generator.uniform(-50, 50), generator.uniform(-50, 50), generator.uniform(-50, 50))
      let (old, new) = (pose.position(of: point), moved.position(of: change.new(point)))
      #expect(((old - new) * (old - new)).sum() < 1e-18)
      // Heights above the new centre are those above the old one, less its own.
      let difference = pose.height(of: point) - pose.height(of: change.centre)
      #expect(abs(moved.height(of: change.new(point)) - difference) < 1e-9)
    }
  }

  @Test func changesAreInvertedAndFollowEachOther() {
    let other = FrameChange(rotation: Rotation(rot: -3, tilt: 20, psi: 9), centre: Vector3(1, 2, 3))
    let point = Vector3(5, -8, 21)
    #expect(length(change.old(change.new(point)) - point) < 1e-9)
    #expect(length(change.inverse.new(change.new(point)) - point) < 1e-9)
    #expect(length(change.followed(by: other).new(point) - other.new(change.new(point))) < 1e-9)
  }
}

struct MovedMapTests {
  private let phantom = Phantom.random(blobs: 25, radius: 22, width: 4, seed: 5)

  private func error(_ a: Volume, _ b: Volume) -> Double {
    let difference = (a - b).voxels.reduce(0) { $0 + Double($1 * $1) }
    return (difference / b.voxels.reduce(0) { $0 + Double($1 * $1) }).squareRoot()
  }

  /// The phantom itself, each of its blobs moved: the direct formula.
  private func exact(_ change: FrameChange, size: Int) -> Volume {
    var moved = phantom
    for index in moved.blobs.indices {
      moved.blobs[index].position = change.new(moved.blobs[index].position)
    }
    return moved.map(size: size, pixelSize: 2)
  }

  @Test(arguments: [
    FrameChange(rotation: Rotation(rot: 31, tilt: 64, psi: 140), centre: Vector3(3.3, -4.1, 2.2)),
    FrameChange(centre: Vector3(7.7, -3.2, 1.1)),
    FrameChange(rotation: Rotation(rot: 0, tilt: 0, psi: 90), centre: .zero),
  ])
  func theMapIsWhatThePhantomIsThere(change: FrameChange) {
    let map = phantom.map(size: 44, pixelSize: 2)
    let expected = exact(change, size: 44)
    #expect(error(map.moved(by: change), expected) < 4e-3)
    // Linearly it would be this much worse.
    #expect(error(map.movedAsMask(by: change), expected) < 0.2)
    #expect(error(map, expected) > 0.3)
  }

  @Test func noThreadChangesTheResult() {
    let map = phantom.map(size: 32, pixelSize: 2)
    let change = FrameChange(rotation: Rotation(rot: 9, tilt: 8, psi: 7), centre: Vector3(1, 2, 3))
    #expect(map.moved(by: change) == map.moved(by: change, scheduler(threads: 3)))
  }

  /// A quarter turn carries voxels onto voxels.
  @Test func aMaskStaysBetweenItsValues() {
    let mask = Volume.sphere(
      size: 32, pixelSize: 2, radius: 8, outerRadius: 14, centre: Vector3(10, 0, 4))
    let turned = mask.movedAsMask(by: FrameChange(rotation: Rotation(rot: 0, tilt: 0, psi: 90)))
    let other = Volume.sphere(
      size: 32, pixelSize: 2, radius: 8, outerRadius: 14,
      centre: FrameChange(rotation: Rotation(rot: 0, tilt: 0, psi: 90)).new(Vector3(10, 0, 4)))
    #expect(error(turned, other) < 1e-3)
    let any = mask.movedAsMask(by: FrameChange(rotation: Rotation(rot: 7, tilt: 31, psi: 3)))
    #expect(any.minimum >= 0 && any.maximum <= 1)
  }

  @Test func aSplineGoesThroughItsVoxels() {
    let map = noiseMap(size: 12, seed: 4)
    let spline = CubicSpline(of: map)
    for (x, y, z) in [(0, 0, 0), (3, 4, 5), (11, 11, 11), (6, 0, 11)] {
      let value = spline.value(at: Vector3(Double(x), Double(y), Double(z)))
      #expect(abs(value - map[x, y, z]) < 1e-5)
    }
    #expect(spline.value(at: Vector3(40, 0, 0)) == 0)
  }
}
