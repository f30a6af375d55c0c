import CryoEM

/// Everything that a screen or a table can say about one iteration; stored as metrics.json.
///
/// Curves have one value per shell, index s for the spatial frequency s / (boxSize · pixelSize) 1/Å.
public struct IterationMetrics: Codable, Sendable, Equatable {
  /// Number of the iteration, from 1; 0 is the input as it came, and the final pass has the last
  /// number + 1.
  public var iteration: Int
  /// True for the final pass, whose curves are those of the final half-maps.
  public var isFinal: Bool?
  /// Box of the curves, pixels, and pixel size, Å.
  public var boxSize: Int
  public var pixelSize: Double
  /// Shell up to which poses were refined in this iteration; 0 for iteration 0.
  public var bandShell: Int
  /// The half-map FSC curves of the maps that this iteration made, as far as there is data; of
  /// iteration 0 those of the input's half-maps, where there are any.
  public var fsc: FSCReport
  /// Change in rotation, degrees, and in shift at the fulcrum, Å: against the start of the run and
  /// against the previous iteration.
  public var rotationFromStart: Histogram
  public var rotationFromPrevious: Histogram
  public var shiftFromStart: Histogram
  public var shiftFromPrevious: Histogram
  /// Share of particles within 1% of a search limit, 0…1.
  public var shareAtLimit: Double
  /// Median standard deviation of the poses' posteriors: degrees about an axis, Å along an axis.
  public var posteriorRotation: Double
  public var posteriorShift: Double
  /// Common motion of all particles that was taken out, per half-set: degrees and Å.
  public var driftRotation: [Double]
  public var driftShift: [Double]
  /// Grey scale of the reference per half-set, as fitted.
  public var greyscale: [Double]
  /// Particles per cell of azimuth (0…360°, `orientationAzimuths` columns, fastest) and elevation
  /// (−90…90°, rows).
  public var orientationAzimuths: Int
  public var orientationCounts: [Int]
  /// Noise variance per real component and shell, one array per half-set and optics group.
  public var noise: [[Double]]
  /// ln of the mean squared amplitude of the combined map per shell (Guinier plot).
  public var guinier: [Double]
  /// Per-particle scale, effective sample size of the posterior, and gain in log posterior over the
  /// input pose.
  public var scale: Histogram
  public var effectiveSampleSize: Histogram
  public var scoreGain: Histogram
  /// Evaluations of the posterior per particle.
  public var evaluationsPerParticle: Double
  /// Particles that were used, and that were skipped because of their images.
  public var particles: Int
  public var skipped: Int
  /// Wall-clock seconds per stage, by the stage's name, and CPU seconds of the whole iteration.
  public var seconds: [String: Double]
  public var cpuSeconds: Double
  /// How the body moves, where the prior learns it.
  public var motion: BodyMotion?
  /// How evenly the views lie; nil in runs of earlier versions.
  public var views: ViewStatistics?
  /// How evenly the final maps are resolved; of the final pass alone.
  public var cones: ConeStatistics?

  /// The iteration with whose poses the maps were made.
  public var poseIteration: Int { isFinal == true ? iteration - 1 : iteration }

  /// A histogram with equal bins from `lower` to `upper`; values beyond are in the outer bins.
  public struct Histogram: Codable, Sendable, Equatable {
    public var lower: Double
    public var upper: Double
    public var counts: [Int]
    public var median: Double
    public var percentile95: Double
    public var mean: Double
  }
}
