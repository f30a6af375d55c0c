import CryoEM

/// Advice about a symmetry and the mask that it is used with.
func checkSymmetry(
  _ group: PointGroup, mask: Volume, hasMask: Bool, _ findings: inout FindingList
) {
  guard group.order > 1, hasMask else { return }
  // Reading copies off the voxels alone costs a soft mask some per cent.
  let asymmetry = group.asymmetry(of: mask)
  guard asymmetry > 0.15 else { return }
  findings.warning(
    [Parameter.refinement.symmetry.key, Parameter.input.mask.key],
    "\(Parameter.refinement.symmetry) = \(group.name): the mask does not have this symmetry about the box centre, "
      + "it differs from its copies by \(Int((100 * asymmetry).rounded()))%",
    "Give a mask of the whole symmetric region; for one subunit expand the particles by the symmetry "
      + "(fulcrum expand IN --symmetry \(group.name) -o OUT) and leave it C1.")
}
