import CryoEM
import Ground

extension CheckedMaps {
  /// The fulcrum that a job names, or its mask's centre, Å from the box centre.
  ///
  /// Coordinates are voxels of the files that were given, as viewers show them, whatever the particles'
  /// box is. Whether they are inside is a finding of the job's data.
  ///
  /// - Throws: a problem for a mask without a centre.
  func fulcrum(_ inputs: JobInputs) throws(Problem) -> Vector3 {
    if let voxel = inputs.fulcrumVoxel { return frame.grid.position(ofIndex: voxel) }
    guard let path = inputs.mask, inputs.fulcrumLocation == .mask_center else { return .zero }
    if let centre = mask.centreOfMass { return centre }
    throw Problem(
      "\(path): the mask has no centre", whatToDo: "Give a mask that is 1 inside the region.")
  }

  /// Where a fulcrum is, in words: in voxels of the files and in Å.
  func place(of fulcrum: Vector3) -> String {
    let grid = frame.grid
    let voxel = fulcrum / grid.pixelSize + Vector3(repeating: Double(grid.size / 2))
    return "Fulcrum: voxel \(Self.text(voxel)) of \(FilePath.name(of: frame.path)) "
      + "(box \(grid.size)), \(Self.text(fulcrum)) Å from the centre."
  }

  private static func text(_ point: Vector3) -> String {
    [point.x, point.y, point.z]
      // Never -0.
      .map { Format.shortest(($0 * 100).rounded() / 100 + 0) }.joined(separator: ", ")
  }
}
