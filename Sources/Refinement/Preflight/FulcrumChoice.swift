import CryoEM
import EMFiles

/// Where the fulcrum of a job is.
struct FulcrumChoice {
  /// Å from the box centre.
  let position: Vector3

  /// The fulcrum that the job names, or its mask's centre; nil, with a problem, for a mask without one.
  ///
  /// Coordinates are voxels of the files that were given, as viewers show them, whatever the particles'
  /// box is. Whether they are inside is a finding of the job's data.
  init?(inputs: JobInputs, maps: CheckedMaps, findings: inout FindingList) {
    let grid = maps.frame.grid
    if let voxel = inputs.fulcrumVoxel {
      position = grid.position(ofIndex: voxel)
    } else if inputs.mask == nil || inputs.fulcrumLocation == .box_center {
      position = .zero
    } else if let centre = maps.mask.centreOfMass {
      position = centre
    } else {
      findings.error(
        [Parameter.input.mask.key], "\(inputs.mask ?? ""): the mask has no centre",
        "Give a mask that is 1 inside the region.")
      return nil
    }
    let voxel = position / grid.pixelSize + Vector3(repeating: Double(grid.size / 2))
    findings.note(
      "Fulcrum: voxel \(Self.text(voxel)) of \(FilePath.name(of: maps.frame.path)) "
        + "(box \(grid.size)), \(Self.text(position)) Å from the centre.")
  }

  private static func text(_ point: Vector3) -> String {
    [point.x, point.y, point.z]
      // Never -0.
      .map { ParameterValue.shortest(($0 * 100).rounded() / 100 + 0) }.joined(separator: ", ")
  }
}
