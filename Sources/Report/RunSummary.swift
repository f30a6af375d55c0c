import CryoEM
import Ground
import Jobs
import Refinement

/// The outcome of a refinement: final/summary.json.
public struct RunSummary: Codable, Sendable, Equatable {
  public var converged: Bool
  /// Iterations done.
  public var iterations: Int
  /// Resolution inside the mask (corrected FSC 0.143), Å, of the input and of the result, measured alike:
  /// on half-maps in the images' box, inside the mask of the job. Without half-maps in the input, of its
  /// images reconstructed at their first poses.
  public var resolutionBefore: Double
  public var resolutionAfter: Double
  /// Resolution of the result where the corrected FSC falls under 0.5, Å.
  public var resolutionAtHalf: Double
  /// The corrected FSC at the finest shell, where it never falls under 0.143 and so says nothing; nil
  /// where it falls.
  public var fscEnd: Double?
  /// Median change in pose against the input: degrees, and Å at the fulcrum.
  public var medianRotation: Double
  public var medianShift: Double
  /// Share of particles at a search limit, 0…1.
  public var shareAtLimit: Double
  public var particles: Int
  /// What part of the file's particles they are; nil for all.
  public var part: ParticlePart?
  /// Images that could not be used, and the first thousand of them by name; nil where all could.
  public var skipped: Int
  public var badImages: [String]?
  /// How the body moves, where the prior learnt it; also in motion.json.
  public var motion: BodyMotion?
  /// What the body's height does to its defocus, and how that is known; nil where nothing was asked.
  public var bodyDefocus: BodyDefocusFinding?
  /// B factor of the sharpened map, Å².
  public var bFactor: Double
  /// The sampling compensation factor SCF* of the views, and the conical FSC area ratio of the final
  /// half-maps; nil in runs of earlier versions.
  public var samplingCompensation: Double?
  public var conicalAreaRatio: Double?
  /// What chance leaves of it in maps that are alike in all directions.
  public var conicalEvenAreaRatio: Double?
  /// The fulcrum, Å from the box centre.
  public var fulcrum: [Double]
  /// The same as a point; nil where it is none.
  public var fulcrumPoint: Vector3? {
    fulcrum.count == 3 ? Vector3(fulcrum[0], fulcrum[1], fulcrum[2]) : nil
  }
  /// The same as x,y,z in voxels of the final maps, from the corner; nil in runs of earlier versions.
  public var fulcrumVoxel: [Double]?
  /// Seconds on the clock and of the processors.
  public var seconds: Double
  public var cpuSeconds: Double
  /// The outcome in a sentence.
  public var verdict: String
  /// What the rules object to; nil in runs of older versions.
  public var verdicts: [Verdict]?
  /// The regions that were refined together, in their order; nil for one.
  public var regions: [Region]?

  /// The outcome of one of several regions; its own summary says more.
  public struct Region: Codable, Sendable, Equatable {
    public var name: String
    public var resolutionBefore: Double
    public var resolutionAfter: Double
    public var medianRotation: Double
    public var medianShift: Double
    public var shareAtLimit: Double

    public init(
      name: String, resolutionBefore: Double, resolutionAfter: Double, medianRotation: Double,
      medianShift: Double, shareAtLimit: Double
    ) {
      self.name = name
      (self.resolutionBefore, self.resolutionAfter) = (resolutionBefore, resolutionAfter)
      (self.medianRotation, self.medianShift) = (medianRotation, medianShift)
      self.shareAtLimit = shareAtLimit
    }
  }

  public init(
    converged: Bool, iterations: Int, resolutionBefore: Double, resolutionAfter: Double,
    resolutionAtHalf: Double, fscEnd: Double? = nil, medianRotation: Double, medianShift: Double,
    shareAtLimit: Double, particles: Int, skipped: Int, badImages: [String]? = nil,
    motion: BodyMotion? = nil, bFactor: Double, samplingCompensation: Double? = nil,
    conicalAreaRatio: Double? = nil, conicalEvenAreaRatio: Double? = nil, fulcrum: [Double],
    fulcrumVoxel: [Double]? = nil,
    seconds: Double, cpuSeconds: Double, verdict: String, verdicts: [Verdict]? = nil
  ) {
    self.converged = converged
    self.iterations = iterations
    self.resolutionBefore = resolutionBefore
    self.resolutionAfter = resolutionAfter
    self.resolutionAtHalf = resolutionAtHalf
    self.fscEnd = fscEnd
    self.medianRotation = medianRotation
    self.medianShift = medianShift
    self.shareAtLimit = shareAtLimit
    self.particles = particles
    self.skipped = skipped
    self.badImages = badImages
    self.motion = motion
    self.bFactor = bFactor
    self.samplingCompensation = samplingCompensation
    self.conicalAreaRatio = conicalAreaRatio
    self.conicalEvenAreaRatio = conicalEvenAreaRatio
    self.fulcrum = fulcrum
    self.fulcrumVoxel = fulcrumVoxel
    self.seconds = seconds
    self.cpuSeconds = cpuSeconds
    self.verdict = verdict
    self.verdicts = verdicts
  }

  /// The sentence: "converged at iteration 6: 3.21 → 2.94 Å inside the mask, 0.4% of particles at the
  /// search limit".
  public static func verdict(
    converged: Bool, iterations: Int, before: Double, after: Double, shareAtLimit: Double,
    fscEnd: Double? = nil, part: ParticlePart? = nil
  ) -> String {
    let end = converged ? "converged at iteration" : "not converged at iteration"
    let ofWhat = part.map { " on \($0.text)" } ?? ""
    let from = before.isFinite ? Format.fixed(before, 2) : "?"
    return "\(end) \(iterations)\(ofWhat): \(from) → \(Format.resolution(after)) inside the mask, "
      + limitText(shareAtLimit)
      + (fscEnd.map { "; " + neverFalls(to: $0) } ?? "")
  }

  /// The share of particles at a search limit, as the sentence has it.
  static func limitText(_ share: Double) -> String {
    "\(Format.percent(share)) of particles at the search limit"
  }

  /// What is said of an FSC that never falls under 0.143, with its value at the finest shell.
  public static func neverFalls(to end: Double) -> String {
    "the FSC NEVER FALLS (\(Format.fixed(end, 2)) at the finest shell) and gives no resolution: the "
      + "halves share particles, or the pixels are too coarse"
  }
}
