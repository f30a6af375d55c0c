/// One of the two halves of a gold-standard split.
public enum HalfSet: Int, Sendable, Hashable, CaseIterable, Codable {
  case a = 0
  case b = 1
}

/// Where a particle's image is.
public struct ImageLocation: Sendable, Hashable {
  /// Index into `ParticleSet.stacks`.
  public var stack: Int32
  /// Image of the stack, from 0.
  public var slice: Int32

  public init(stack: Int32, slice: Int32) {
    self.stack = stack
    self.slice = slice
  }
}

/// The particles of a refinement, one array per property, row by row as in the file they came from.
///
/// All arrays have `count` elements. The file itself, with every column that is not understood, is
/// kept by whoever read it and written back with the changed columns only.
public struct ParticleSet: Sendable {
  /// Paths of the image stacks, ready to be opened.
  public var stacks: [String]
  /// Where each particle's image is.
  public var images: [ImageLocation]
  /// The optics groups.
  public var optics: [OpticsGroup]
  /// Index of each particle's optics group.
  public var opticsIndices: [Int32]
  /// Poses as read: origins in Å.
  public var poses: [Pose]
  /// Defocus values and their company.
  public var defoci: [Defocus]
  /// The half-set of each particle; empty when the file has no split.
  public var halfSets: [HalfSet]
  /// Identity of the physical particle: copies of a symmetry expansion share it.
  public var sources: [UInt64]
  /// Index of the filament that each particle is a segment of, below zero for none; empty when the
  /// file knows of no filaments.
  public var filaments: [Int32]
  /// Where each particle was picked; empty when the file does not say.
  public var picks: [MicrographPick]
  /// Number of the family of each particle, as `families` finds them; empty where nobody has looked.
  public var families: [Int32]
  /// Factor for each image's data: −1 where the contrast is inverted (cryoSPARC's blob/sign).
  public var signs: [Float]

  public init(
    stacks: [String] = [], images: [ImageLocation] = [], optics: [OpticsGroup] = [],
    opticsIndices: [Int32] = [], poses: [Pose] = [], defoci: [Defocus] = [],
    halfSets: [HalfSet] = [], sources: [UInt64] = [], signs: [Float] = [],
    filaments: [Int32] = [], picks: [MicrographPick] = [], families: [Int32] = []
  ) {
    self.stacks = stacks
    self.images = images
    self.optics = optics
    self.opticsIndices = opticsIndices
    self.poses = poses
    self.defoci = defoci
    self.halfSets = halfSets
    self.sources = sources
    self.signs = signs
    self.filaments = filaments
    self.picks = picks
    self.families = families
  }

  /// Number of particles.
  public var count: Int { poses.count }
}
