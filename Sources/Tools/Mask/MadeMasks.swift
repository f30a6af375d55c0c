import CryoEM
import Ground

/// The masks that were made, and what there is to say of them.
public struct MadeMasks: Sendable {
  /// A mask and the region that it is about.
  public struct Mask: Sendable {
    public var mask: Volume
    public var report: MaskReport
    /// Protein in the region itself, without what it is grown by, kDa.
    public var regionMass: Double
  }

  public let grid: MapGrid
  public internal(set) var masks: [Mask] = []
  /// Nil where no map was cut.
  public internal(set) var threshold: FoundThreshold?
  /// All connected pieces of the region, the largest first.
  public internal(set) var pieces: [RegionPieces.Piece] = []
  public internal(set) var shape = MaskShape(extend: 0, edge: 0)
  /// Of the half-maps without a mask, Å.
  public internal(set) var measuredResolution: Double?
  /// Low-pass of the map that was parted, Å; nil for one mask.
  public internal(set) var segmentLowPass: Double?
  /// Atoms of the model that were taken.
  public internal(set) var atomCount: Int?
  public internal(set) var warnings: [Problem] = []

  init(grid: MapGrid) { self.grid = grid }

  mutating func add(_ region: Region, _ mask: Volume) {
    masks.append(
      Mask(
        mask: mask, report: MaskReport(of: mask),
        regionMass: MaskReport.mass(ofVolume: region.volume)))
  }

  /// Warnings about the masks, each with the mask's number where there are several.
  ///
  /// - Parameter resolution: that is expected, Å; nil where nobody has said it.
  public func advice(resolution: Double?) -> [Problem] {
    var list = warnings
    for (index, mask) in masks.enumerated() where !shape.inverts {
      let advice = mask.report.advice(
        resolution: resolution ?? measuredResolution, pixelSize: grid.pixelSize)
      for var problem in advice {
        if masks.count > 1 { problem.what = "body \(index + 1): " + problem.what }
        list.append(problem)
      }
    }
    return list
  }

  /// The result as `--json` prints it.
  public func summary(files: [String], advice: [Problem]) -> MaskSummary {
    MaskSummary(
      threshold: threshold.map { Double($0.density) }, thresholdFrom: threshold?.how,
      noise: threshold?.noise?.deviation, resolution: measuredResolution, atoms: atomCount,
      extend: shape.extend, edge: shape.edge, pieceCount: pieces.count,
      pieces: pieces.prefix(10).map { piece in
        let volume = Double(piece.count) * grid.pixelSize * grid.pixelSize * grid.pixelSize
        return .init(
          mass: MaskReport.mass(ofVolume: volume), volume: volume,
          centre: [piece.centre.x, piece.centre.y, piece.centre.z])
      },
      masks: zip(files, masks).map { file, mask in
        let report = mask.report
        return .init(
          file: file, mass: report.enclosedMass, volume: report.volume,
          regionMass: mask.regionMass, softness: report.softness, diameter: report.diameter,
          centre: [report.centre.x, report.centre.y, report.centre.z],
          touchesSphere: report.touchesSphere)
      },
      advice: advice.map { "\($0.what). \($0.whatToDo)" })
  }
}

/// What `fulcrum mask --json` prints. Lengths in Å, masses in kDa, softness in voxels, centres in Å from
/// the box centre.
public struct MaskSummary: Encodable, Sendable {
  public struct Piece: Encodable, Sendable {
    public let mass: Double, volume: Double, centre: [Double]
  }
  public struct Mask: Encodable, Sendable {
    public let file: String
    public let mass: Double, volume: Double, regionMass: Double
    public let softness: Double, diameter: Double
    public let centre: [Double]
    public let touchesSphere: Bool
  }

  public let threshold: Double?
  public let thresholdFrom: String?
  public let noise: Double?
  public let resolution: Double?
  public let atoms: Int?
  public let extend: Double, edge: Double
  public let pieceCount: Int
  public let pieces: [Piece]
  public let masks: [Mask]
  public let advice: [String]
}
