import CryoEM
import Ground

/// How evenly particles are seen from all sides, and how evenly their map is resolved.
public struct OrientationDiagnosis: Sendable {
  /// The number of particles, and of views by azimuth and elevation.
  public let particles: Int
  public let counts: ViewCounts
  /// nil without particles.
  public let views: ViewStatistics?
  /// nil without half-maps.
  public let cones: ConicalFSC?
  /// What is kept of the cones.
  public let statistics: ConeStatistics?
  /// Of the cones.
  public let mask: MeasuringMask?

  public init(_ input: OrientationInput, threads: Int) {
    let shared = Ground.scheduler(threads: threads)
    let made = input.pair.map { MeasuringMask(input.maskChoice, of: $0) }
    var cones: ConicalFSC?
    if let pair = input.pair, let made {
      cones = ConicalFSC(halfA: pair.a, halfB: pair.b, mask: made.volume, scheduler: shared)
    }
    (mask, self.cones, statistics) = (made, cones, cones?.statistics)
    particles = input.views.count
    // What a symmetric reference is seen from, all copies of it.
    counts = ViewCounts(
      input.views.lazy.flatMap { view in input.symmetry.operators.map { $0.applied(to: view) } })
    views = ViewStatistics(views: input.views, symmetry: input.symmetry, scheduler: shared)
  }

  /// The result in numbers.
  public var report: Report {
    var flags: [String] = []
    if let views, views.samplingCompensation < ViewStatistics.leastCompensation {
      flags.append("views are missing: SCF* under \(ViewStatistics.leastCompensation)")
    }
    if let statistics, statistics.isUneven {
      flags.append(
        "the resolution depends on direction: cFAR under \(ConeStatistics.leastAreaRatio)")
    }
    return Report(
      particles: particles, views: views,
      counts: Report.Counts(
        azimuths: ViewCounts.columns, elevations: ViewCounts.rows, particles: counts.counts),
      cones: cones.map { cones in
        Report.Cones(
          mask: mask?.description ?? "", areaRatio: statistics?.areaRatio ?? 0,
          evenAreaRatio: statistics?.evenAreaRatio,
          axes: cones.axes.map { [$0.x, $0.y, $0.z] }, areas: cones.areas,
          resolutions: statistics?.resolutions ?? [])
      }, flags: flags)
  }

  /// What `--json` prints.
  public struct Report: Encodable, Sendable {
    public var particles: Int
    public var views: ViewStatistics?
    public var counts: Counts
    public var cones: Cones?
    /// What should make one look.
    public var flags: [String]

    /// Views by azimuth (fastest) and elevation.
    public struct Counts: Encodable, Sendable {
      public var azimuths: Int, elevations: Int
      public var particles: [Int]
    }

    /// The conical FSC: cones of 20° about each axis, areas and resolutions to 0.143.
    public struct Cones: Encodable, Sendable {
      public var mask: String
      public var areaRatio: Double
      /// What 19 of 20 maps exceed that are alike in all directions.
      public var evenAreaRatio: Double?
      public var axes: [[Double]]
      public var areas: [Double]
      public var resolutions: [Double]
    }
  }
}
