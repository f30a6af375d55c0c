import CryoEM

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
  /// How strongly each particle shows in its image, as an earlier refinement found it, in any unit;
  /// empty where the file does not say. What the CTF's own scale says comes on top.
  public var scales: [Double]

  public init(
    stacks: [String] = [], images: [ImageLocation] = [], optics: [OpticsGroup] = [],
    opticsIndices: [Int32] = [], poses: [Pose] = [], defoci: [Defocus] = [],
    halfSets: [HalfSet] = [], sources: [UInt64] = [], signs: [Float] = [],
    scales: [Double] = [], filaments: [Int32] = [], picks: [MicrographPick] = [],
    families: [Int32] = []
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
    self.scales = scales
  }

  /// Number of particles.
  public var count: Int { poses.count }
}

extension ParticleSet {
  /// What a scale may be against the mean of all: beyond, an image's noise has been fitted.
  static let scaleRange = 0.05...20.0

  /// The scales with a mean of 1, within what is plausible; nil where there are none, or all are equal.
  public var relativeScales: [Double]? {
    let known = scales.filter { $0 > 0 && $0.isFinite }
    guard let least = known.min(), let most = known.max(), most > least || known.count < count
    else { return nil }
    let mean = known.reduce(0, +) / Double(known.count)
    let range = Self.scaleRange
    return scales.map {
      $0.isFinite ? min(max($0 / mean, range.lowerBound), range.upperBound) : 1
    }
  }

  /// Multiplies the scale of each particle's CTF by the particle's own, where the file states any.
  public mutating func applyScales() {
    guard let factors = relativeScales, factors.count == defoci.count else { return }
    for (index, factor) in factors.enumerated() { defoci[index].scale *= factor }
  }
}
