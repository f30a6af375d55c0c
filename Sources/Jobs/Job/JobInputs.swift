import CryoEM

/// What a job says about files and about the fulcrum, with every path made absolute.
public struct JobInputs: Sendable, Equatable {
  public var particles: [String] = []
  public var passthrough: String?
  /// The part of the particles that is refined, above 0; 1 for all.
  public var fraction = 1.0
  /// The combined map; nil where the mean of the half-maps is to be taken.
  public var map: String?
  public var halfMapA: String?
  public var halfMapB: String?
  /// The mask; nil for none.
  public var mask: String?
  /// The folder from which image paths start.
  public var projectFolder = "."
  /// Where the fulcrum is, unless `fulcrumVoxel` says.
  public var fulcrumLocation = FulcrumLocation.mask_center
  /// The fulcrum in voxels from the corner of the box.
  public var fulcrumVoxel: Vector3?
  /// Whether new half-sets are drawn.
  public var resplit = false
  /// How near to each other two picks on a micrograph are taken for one particle's, Å; 0 for none.
  public var minimumSeparation = 20.0
  /// How many last iterations keep their maps.
  public var keepIterations = 2
  /// Whether particles are written with the defocus of the body.
  public var writesBodyDefocus = false

  /// The default locations of the fulcrum.
  public enum FulcrumLocation: String, Sendable, CaseIterable { case mask_center, box_center }
}
