/// Where a .cs file keeps what came from a STAR file and has no field of cryoSPARC's, or more digits than
/// one: the particles' columns and those of the table of optics, each under its name.
enum KeptColumns {
  static let particles = "relion/"
  static let optics = "relion_optics/"
  /// The table of a STAR file that says which fields a .cs file had.
  static let fieldTable = "cryosparc_fields"
}

/// Columns of a table of optics that say the pixel size of micrographs, the one that was picked first.
let micrographPixelSizeColumns = ["rlnMicrographPixelSize", "rlnMicrographOriginalPixelSize"]

/// What this program's refinements add, in STAR files and in .cs files.
public enum LocalRefinementColumn {
  /// The widths of the posterior, degrees about an axis and Å along one, and the particle's scale.
  public static let rotation = ("rlnLocalRotationStdDev", "local_refine/rotation_sd_deg")
  public static let shift = ("rlnLocalShiftStdDevAngst", "local_refine/shift_sd_A")
  public static let scale = ("rlnLocalScale", "local_refine/scale")

  static let all = [rotation, shift, scale]
}
