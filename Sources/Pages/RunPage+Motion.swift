import CryoEM
import Ground
import Jobs
import Refinement
import Report
import Runs

/// What a run has learnt of how its body moves, on its page.
extension RunPage {
  static func addMotion(_ run: ReportedRun, level: Int, to page: inout PageDocument) {
    guard let motion = run.summary?.motion ?? run.last?.motion, let hinge = LearntHinge(motion),
      motion.hingeVoxel.count == 3
    else { return }
    func number(_ value: BodyMotion.Measured, _ decimals: Int) -> String {
      "\(Format.fixed(value.value, decimals)) ± \(Format.fixed(value.error, decimals))"
    }
    func rows(_ name: String, _ all: [BodyMotion.Principal], _ unit: String) -> [[String]] {
      all.enumerated().map { index, principal in
        [
          "\(name) \(index + 1)", number(principal.deviation, 2) + " " + unit,
          principal.direction.map { Format.fixed($0, 2) }.joined(separator: ", "),
        ]
      }
    }
    let axis =
      hinge.hasAxis
      ? "The first axis of rotation, whose direction is known to \(Format.fixed(motion.axisError, 0))°, has "
        + "\(Format.fixed(100 * motion.share.value, 0)) ± \(Format.fixed(100 * motion.share.error, 0))% of "
        + "the rotations' mean square, where a third is none preferred and all of it a hinge."
      : "No axis of rotation is preferred to the others."
    let place = (0..<3).map { number(motion.hinge[$0], 1) }.joined(separator: ", ")
    let voxel = motion.hingeVoxel.map { Format.fixed($0.value, 1) }.joined(separator: ", ")
    page.blocks += [
      .heading(level, "Motion"),
      .paragraph(
        "Learnt from the particles, with the noise of their poses taken out: it moves least at its hinge, "
          + "(\(place)) Å from the centre of the box, voxel (\(voxel)), "
          + "\(Format.fixed(motion.hingeDistance, 0)) Å from the fulcrum. \(axis) "
          + "\(Format.percent(motion.outliers)) of the particles do not follow this motion."),
      .table(
        [["motion", "standard deviation", "direction (x, y, z)"]]
          + rows("rotation", motion.rotations, "°") + rows("translation", motion.translations, "Å"),
        caption: "Principal axes of the motion about the hinge, in the frame of the maps."),
    ]
  }
}
