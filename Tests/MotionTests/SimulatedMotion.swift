import CryoEM
import Ground

@testable import Motion

/// Particles in random views whose regions move against the first one as it is drawn, with what images of
/// known noise say of every pose.
struct SimulatedMotion {
  /// Noise of a pose: degrees about each axis, and Å along each axis of the image.
  var rotationNoise = 2.0
  var shiftNoise = 1.5
  /// How far the poses that are found are drawn towards the first region's, as by a prior: 0 not at all.
  var hold = 0.4
  var seed: UInt64 = 5
  var shapes: [RegionShape] = [
    RegionShape(volume: 9e5, centre: Vector3(-30, -7, 1), scatter: Self.ball(1500)),
    RegionShape(volume: 5e5, centre: Vector3(60, 2, 27), scatter: Self.ball(900)),
  ]

  static func ball(_ square: Double) -> [Vector3] {
    [Vector3(square, 0, 0), Vector3(0, square, 0), Vector3(0, 0, square)]
  }

  /// A turn w about a hinge that moves by t: rotation vector, and the translation of a point.
  static func translation(of point: Vector3, turn: Vector3, hinge: Vector3, moved: Vector3)
    -> Vector3
  {
    Rotation(rotationVector: turn).applied(to: point - hinge) + hinge + moved - point
  }

  /// - Parameter motion: rotation vectors (radians) and translations of the fulcra (Å) of all regions
  ///   but the first; the fulcra are the regions' centres.
  func regions(
    _ count: Int, motion: (inout SeededGenerator) -> [(Vector3, Vector3)]
  ) -> (regions: [MovingRegion], truth: [[(Vector3, Vector3)]]) {
    var generator = SeededGenerator(seed: seed)
    var regions = shapes.enumerated().map {
      MovingRegion(
        name: "region\($0)", fulcrum: $1.centre, shape: $1, poses: [], evidence: [])
    }
    var truth: [[(Vector3, Vector3)]] = []
    for _ in 0..<count {
      let held = Pose(
        rotation: .random(using: &generator), origin: generator.normalVector2() * 3)
      let moves = motion(&generator)
      truth.append(moves)
      for index in regions.indices {
        let fulcrum = regions[index].fulcrum
        let (turn, shift) = index == 0 ? (.zero, .zero) : moves[index - 1]
        let pose = Pose(
          rotation: held.rotation * Rotation(rotationVector: turn), placing: fulcrum,
          at: held.position(of: fulcrum + shift))
        let (found, evidence) = observed(pose, fulcrum, &generator)
        regions[index].poses.append(found)
        regions[index].evidence.append(evidence)
      }
    }
    return (regions, truth)
  }

  /// The pose that is found of a true one, and what its image says.
  private func observed(
    _ pose: Pose, _ fulcrum: Vector3, _ generator: inout SeededGenerator
  ) -> (Pose, PoseEvidence) {
    var evidence = PoseEvidence()
    // Poses are known better about the viewing direction.
    let (wide, narrow) = (radians(rotationNoise), radians(0.6 * rotationNoise))
    let direction = pose.rotation.row2
    let turned =
      pose.rotation.lifted(generator.normalVector2()) * wide
      + direction * (narrow * generator.normal())
    let shifted = generator.normalVector2() * shiftNoise
    var next = 0
    for row in 0..<5 {
      for column in row..<5 {
        var value = 0.0
        if row < 3, column < 3 {
          value =
            (row == column ? 1 / (wide * wide) : 0)
            + direction[row] * direction[column] * (1 / (narrow * narrow) - 1 / (wide * wide))
        } else if row == column {
          value = 1 / (shiftNoise * shiftNoise)
        }
        evidence.information[next] = Float(value)
        next += 1
      }
    }
    // The maximum of the likelihood is off by the noise; the pose that is written by part of it.
    let kept = 1 - hold
    let found = Pose(
      rotation: pose.rotation * Rotation(rotationVector: turned * kept), placing: fulcrum,
      at: pose.position(of: fulcrum) + shifted * kept)
    let change = [turned.x, turned.y, turned.z, shifted.x, shifted.y]
    for row in 0..<5 {
      evidence.slope[row] = Float(
        (0..<5).reduce(0.0) { $0 + evidence.information(row, $1) * change[$1] * hold })
    }
    return (found, evidence)
  }
}
