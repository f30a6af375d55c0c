import CryoEM

/// How a refinement is to be done: the parameters of a job after validation, in the engine's units
/// (Å, radians), with every default resolved.
///
/// Made from a `Job`; the engine reads nothing else about what the user asked for.
public struct RefinementSettings: Sendable, Equatable, Codable {
  /// Hard limit of the change in rotation, radians.
  public var rotationExtent = radians(20)
  /// Hard limit of the change in shift at the fulcrum, Å.
  public var shiftExtent = 10.0
  /// Finest spacing of the rotation search grid, radians.
  public var alignmentResolution = radians(0.1)
  /// Whether extents and priors are centred on the last iteration's poses instead of the input's.
  public var recenterRotations = false, recenterShifts = false
  /// Resolution that the search never goes beyond, Å; nil for the FSC's 0.143 crossing.
  public var maximumResolution: Double?
  /// Whether every particle is searched on an exhaustive grid.
  public var exhaustiveSearch = false
  /// Whether the Gaussian prior is used, and its standard deviations (radians, Å).
  public var priorEnabled = false
  public var priorRotation = radians(15), priorShift = 7.0
  /// Whether the prior keeps those or learns the motion, beginning with them.
  public var priorModel = PriorModel.learned
  /// Low-pass resolution of the first reference, Å.
  public var initialResolution = 12.0
  /// The halves share shells below this resolution, Å.
  public var splitResolution = 20.0
  /// Passes after convergence.
  public var extraPasses = 0
  /// Iterations at most.
  public var maximumIterations = 20
  /// Whether poses are marginalised in the reconstruction.
  public var marginalize = true
  /// Whether each particle has its own scale.
  public var minimizeScale = false
  /// Whether the grey scale of the reference is estimated again each iteration.
  public var estimateGreyscale = true
  /// Symmetry about the box centre, for example "C1", "D7".
  public var symmetry = "C1"
  /// Whether the reference is clipped at zero.
  public var enforceNonnegativity = false
  /// Which share of the reference's negative density is kept otherwise, 0…1.
  public var negativeDensity = 0.5
  /// Cross-fitted references: folds of each half-set; 1 turns them off.
  public var referenceFolds = 4
  /// Whether the common motion of all particles is taken out each iteration.
  public var anchorFrame = true
  /// Whether the density outside the mask is subtracted from the images.
  public var subtractOutside = false
  /// Seed of everything random.
  public var randomSeed: UInt64 = 0
  /// Window applied to the images: flat to `windowInner`, zero at `windowOuter`, both as a fraction
  /// of half the box.
  public var windowInner = 0.85, windowOuter = 0.99
  /// Whether every image is brought to one deviation of its background.
  public var normalize = true
  /// Whether the scales that the particle file states are used.
  public var useScales = true
  /// Whether density in the mask that does not move with the body is looked for and taken out, where what lies
  /// outside the mask is.
  public var excludesStanding = true
  /// How the sign of the data is found.
  public var dataSign = DataSign.auto
  /// High-pass resolution, Å.
  public var highpass: Double?
  /// Whether the CTF is corrected, and which aberrations are used where the input has them.
  public var correctCTF = true
  public var useTilt = true, useTrefoil = true, useSpherical = true, useTetrafoil = true
  public var useAnisotropicMagnification = true
  /// Whether the body is imaged at the defocus of its own height, and of which hand the data are.
  public var bodyDefocus = BodyDefocusMode.auto
  /// Whether each particle's defocus is refined, and the standard deviation of its prior, Å.
  public var refineDefocus = false, defocusDeviation = 200.0
  /// Whether the last reconstruction takes the Ewald sphere for what it is, and of which hand the data
  /// are.
  public var ewald = EwaldMode.auto
  /// How noise is modelled.
  public var noiseModel = NoiseModel.symmetric
  /// What masks the reference.
  public var mask = MaskMode.staticMask
  /// Dynamic mask: threshold as a fraction of the maximum, distances and start resolution in Å.
  public var maskThreshold = 0.2, maskNear = 3.0, maskFar = 12.0, maskStartResolution = 12.0
  public var maskAbsolute = false
  /// Non-uniform regularisation.
  public var nonuniform = NonuniformSettings()
  /// Share of the images that may be bad, 0…1; with more the refinement gives up.
  public var badImageShare = 0.01
  /// Worker threads.
  public var threads = 1
  /// Folder for packed images when they do not fit in memory.
  public var cacheDirectory: String?
  /// Memory that the refinement may use, bytes.
  public var memoryLimit: Int?
  /// B factor of the sharpened map, Å²; nil for the Guinier estimate.
  public var sharpenBFactor: Double?

  public init() {}

  /// Whether the prior is learnt: only of bodies that may turn and move.
  var learnsMotion: Bool {
    priorEnabled && priorModel == .learned && rotationExtent > 0 && shiftExtent > 0
  }

  /// What negative density of the references is multiplied by.
  var negativeShare: Float { enforceNonnegativity ? 0 : Float(negativeDensity) }

  /// +1 or −1 where the body's height is taken off or put onto its defocus from the beginning, 0 where
  /// it is not.
  var givenDefocusSign: Int {
    guard correctCTF else { return 0 }
    return bodyDefocus == .on ? 1 : bodyDefocus == .inverted ? -1 : 0
  }

  /// The sign of the particles' contrast.
  public enum DataSign: String, Sendable, Codable, CaseIterable { case auto, as_is, inverted }
  /// The defocus of the body: the particle's, or less (`on`) or more (`inverted`) by the body's height
  /// along the beam, or what the images say.
  public enum BodyDefocusMode: String, Sendable, Codable, CaseIterable {
    case auto, off, on, inverted
  }
  /// The Ewald sphere of the last reconstruction: planes (`off`), or curved with the hand of `on` or
  /// `inverted`, as the body's defocus has them, or with the hand that the run knows of that.
  public enum EwaldMode: String, Sendable, Codable, CaseIterable { case auto, off, on, inverted }
  /// Whether the prior is what a user expects or what the particles do.
  public enum PriorModel: String, Sendable, Codable, CaseIterable { case fixed, learned }
  /// How noise is modelled: per shell, one value for all shells, or per shell and direction.
  public enum NoiseModel: String, Sendable, Codable, CaseIterable {
    case symmetric, white, coloured
  }
  /// What masks the reference.
  public enum MaskMode: String, Sendable, Codable, CaseIterable {
    case staticMask = "static"
    case dynamic, none
  }
  /// Non-uniform regularisation of the reference.
  public struct NonuniformSettings: Sendable, Equatable, Codable {
    public var enabled = true
    public var filter = Filter.butterworth
    public var order = 8
    public var awf = 1.5
    public init() {}
    public enum Filter: String, Sendable, Codable, CaseIterable {
      case butterworth, gaussian, rectangular
    }
  }
}
