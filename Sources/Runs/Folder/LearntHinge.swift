import CryoEM
import Ground
import Motion
import Refinement
import Report

/// About what a region turns, as a run has learnt it: the point that moves least, and the axis about which it
/// turns most.
public struct LearntHinge: Sendable, Hashable {
  /// Å from the box centre, with standard errors.
  public var hinge: Vector3
  public var error: Vector3
  /// A unit vector in the frame of the maps, and how well its direction is known, degrees; 90 where none is
  /// preferred.
  public var axis: Vector3
  public var axisError: Double
  /// How far it turns about that, degrees (standard deviation), and with which standard error.
  public var turn: Double
  public var turnError: Double
  /// The region against which it moves; nil for against the consensus.
  public var against: String?

  /// - Parameter motion: nil where nothing was learnt.
  public init?(_ motion: BodyMotion?, against: String? = nil) {
    guard let motion, let first = motion.rotations.first, motion.hinge.count == 3,
      first.direction.count == 3
    else { return nil }
    let hinge = motion.hinge
    self.hinge = Vector3(hinge[0].value, hinge[1].value, hinge[2].value)
    error = Vector3(hinge[0].error, hinge[1].error, hinge[2].error)
    axis = Vector3(first.direction[0], first.direction[1], first.direction[2])
    axisError = motion.axisError
    (turn, turnError) = (first.deviation.value, first.deviation.error)
    self.against = against
    let numbers = (0..<3).flatMap { [self.hinge[$0], axis[$0]] }
    guard numbers.allSatisfy({ $0.isFinite && abs($0) < 1e6 }) else { return nil }
  }

  /// Beyond this the axis could as well be another one, degrees.
  public static let leastKnown = 60.0

  /// Whether one axis is told from the others.
  public var hasAxis: Bool { axisError < Self.leastKnown && turn > 0 }

  /// What is known of it, in a line.
  ///
  /// - Parameter voxel: the hinge as a voxel's index, and Å of a voxel.
  public func text(voxel: Vector3, pixelSize: Double) -> String {
    func three(_ place: Vector3, _ decimals: Int) -> String {
      (0..<3).map { Format.fixed(place[$0], decimals) }.joined(separator: ",")
    }
    let uncertain = (error * error).sum().squareRoot() / max(pixelSize, 1e-9)
    var text = "voxel \(three(voxel, 1)) ± \(Format.fixed(uncertain, 1))"
    text += "; turns \(Format.fixed(turn, 1)) ± \(Format.fixed(turnError, 1))°"
    text +=
      hasAxis
      ? " about \(three(axis, 2)) (to \(Format.fixed(axisError, 0))°)"
      : ", about no axis of its own"
    return text + (against.map { ", against \($0)" } ?? "")
  }
}

extension RunFolder {
  /// What a finished run has learnt of each of its regions, in their order: by the region's own prior, or by
  /// how it moves against the first.
  public func learntHinges(of regions: [FinishedRegion]) -> [LearntHinge?] {
    let joint = regions.count > 1 ? try? motion() : nil
    return regions.map { region in
      LearntHinge(region.summary.motion)
        ?? LearntHinge(
          joint?.motions.first { $0.name == region.name }?.motion, against: joint?.regions.first)
    }
  }
}
