import CryoEM
import TestSupport

@testable import Refinement

extension TwoBodyRefinement {
  /// The motion that all poses have in common against the truth: degrees and Å at the small body's
  /// centre.
  func drift(of poses: [Pose]) -> (rotation: Double, shift: Double)? {
    let centre = simulation.phantom.small.centreOfMass
    var sums = FrameAnchor.Sums()
    for (truth, pose) in zip(simulation.smallPoses, poses) {
      sums.add(
        start: Alignment(rotation: truth.rotation, position: truth.position(of: centre)),
        now: Alignment(rotation: pose.rotation, position: pose.position(of: centre)))
    }
    return sums.anchor.map {
      (degrees($0.rotation.angle), ($0.translation * $0.translation).sum().squareRoot())
    }
  }
}
