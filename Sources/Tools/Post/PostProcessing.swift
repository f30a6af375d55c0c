import CryoEM
import Ground
import Refinement
import Runs

/// What `fulcrum post` makes of two half-maps: what the end of a refinement makes of its own.
public struct PostProcessing: Sendable {
  public let measures: FinalMeasures
  /// The mask of the curves.
  public let mask: MeasuringMask
  /// The mean of the half-maps weighted by the FSC, and the same with the B factor.
  public let map: Volume
  public let sharpened: Volume
  /// The resolution of each voxel of the mask, Å, and the map filtered by it.
  public let localResolution: Volume
  public let locallyFiltered: Volume

  /// How to go about it.
  public struct Options: Sendable {
    /// Å²; nil for the Guinier estimate.
    public var bFactor: Double?
    /// Of the random phases; that of a run for its numbers.
    public var seed: UInt64 = 0
    public var threads = Machine.current.cores

    public init() {}
  }

  /// - Parameters:
  ///   - combined: the map of both halves, weighted by the FSC; nil for their mean, weighted by shell.
  ///   - progress: told the step and which share of the work is done.
  public init(
    _ pair: HalfMapPair, mask: MeasuringMask, options: Options,
    combined: ((FSCReport) -> Volume)? = nil,
    progress: (String, Double) -> Void = { _, _ in }
  ) {
    var settings = RefinementSettings()
    settings.randomSeed = options.seed
    settings.threads = options.threads
    settings.sharpenBFactor = options.bFactor
    settings.splitResolution = max(settings.splitResolution, 3 * pair.a.pixelSize)
    self.mask = mask
    progress("FSC curves", 0)
    measures = FinalMeasures(
      halfA: pair.a, halfB: pair.b, mask: mask.volume, settings: settings
    ) { progress("B factor", 0.3) }
    progress("Sharpening", 0.4)
    map = combined?(measures.fsc) ?? measures.filteredMean
    sharpened = measures.sharpened(map)
    progress("Local resolution", 0.5)
    localResolution = measures.localResolution()
    progress("Local filter", 0.85)
    locallyFiltered = measures.locallyFiltered(by: localResolution)
  }

  /// Writes maps, curves and numbers.
  public func write(into folder: ToolFolder) throws(Problem) {
    for (name, volume) in [
      ("map.mrc", map), ("map_sharp.mrc", sharpened), ("mask_fsc.mrc", mask.volume),
      ("local_resolution.mrc", localResolution), ("map_local.mrc", locallyFiltered),
    ] { try volume.write(to: try folder.file(name)) }
    let fsc = measures.fsc
    let table = FSCTable(report: fsc, edge: map.edge)
    try AtomicFile.write(table.tsv, to: try folder.file("fsc.tsv"))
    try AtomicFile.write(table.star(bFactor: measures.bFactor), to: try folder.file("fsc.star"))
    try AtomicFile.write(table.xml, to: try folder.file("fsc.xml"))
    try AtomicFile.write(JSONFile.text(summary) + "\n", to: try folder.file("summary.json"))
  }

  /// The numbers.
  public var summary: Summary {
    let fsc = measures.fsc
    return Summary(
      mask: mask.description, box: map.size, pixelSize: map.pixelSize,
      resolution143: fsc.resolution143, resolution50: fsc.resolution50,
      fscEnd: fsc.endAboveThreshold, bFactor: measures.bFactor,
      guinierCorrelation: measures.guinier?.correlation,
      localResolution: localQuantiles, fsc: fsc)
  }

  /// The local resolutions of 5%, half and 95% of the voxels in the mask, Å.
  private var localQuantiles: [Double] {
    let inside = zip(localResolution.voxels, mask.volume.voxels)
      .filter { $0.1 >= 0.5 }.map { Double($0.0) }.sorted()
    guard let last = inside.indices.last else { return [] }
    return [0.05, 0.5, 0.95].map { inside[Int($0 * Double(last))] }
  }

  /// summary.json of the folder.
  public struct Summary: Codable, Sendable {
    /// Inside what the curves were measured.
    public var mask: String
    /// Voxels along an edge, and their size, Å.
    public var box: Int
    public var pixelSize: Double
    /// Where the corrected curve falls under 0.143 and 0.5, Å.
    public var resolution143: Double
    public var resolution50: Double
    /// The corrected curve at the finest shell, where it never falls under 0.143.
    public var fscEnd: Double?
    /// Å², and the correlation of the Guinier plot behind it.
    public var bFactor: Double
    public var guinierCorrelation: Double?
    /// Of 5%, half and 95% of the voxels in the mask, Å.
    public var localResolution: [Double]
    public var fsc: FSCReport
  }
}
