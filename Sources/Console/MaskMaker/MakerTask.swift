import CryoEM
import Ground
import Tools

/// A step of the mask maker that takes longer than a key may.
enum MakerTask: Sendable {
  /// Filters the map to a resolution (Å; 0 for none) and judges its noise.
  case filter(Volume, lowPass: Double)
  /// Finds the pieces above a threshold.
  case pieces(Volume, threshold: Float)
  /// Makes the soft mask.
  case preview(MaskSketch, RegionPieces)
  /// Writes the mask on the grid of a map's file.
  case save(MaskSketch, RegionPieces, map: String, path: String, replacing: Bool, isUsed: Bool)

  /// Of steps of a kind only the last one that was asked for counts.
  enum Kind: Sendable { case filter, pieces, preview, save }

  var kind: Kind {
    switch self {
    case .filter: .filter
    case .pieces: .pieces
    case .preview: .preview
    case .save: .save
    }
  }

  /// What comes of a step.
  enum Result: Sendable {
    case filtered(FilteredMap)
    case pieces(RegionPieces, threshold: Float)
    case preview(Volume, MaskReport, of: MaskSketch)
    case saved(path: String, isUsed: Bool)
    /// There is something of that name already.
    case exists(path: String, isUsed: Bool)
  }

  /// Does the step.
  func done() throws -> Result {
    switch self {
    case .filter(let map, let lowPass): return .filtered(FilteredMap(map, lowPass: lowPass))
    case .pieces(let map, let threshold):
      return .pieces(
        RegionPieces(of: Region(of: map, threshold: threshold)), threshold: threshold)
    case .preview(let sketch, let pieces):
      let mask = sketch.mask(of: pieces)
      return .preview(mask, MaskReport(of: mask), of: sketch)
    case .save(let sketch, let pieces, let map, let path, let replacing, let isUsed):
      if !replacing, (try? InputFile(path: path)) != nil {
        return .exists(path: path, isUsed: isUsed)
      }
      let output = try ToolOutput(path, replacing: replacing, inputs: [map])
      let grid = try MapGrid.read(map).grid
      try output.makeFolders()
      try grid.write(sketch.mask(of: pieces), to: path)
      try ToolRecord(command: ["fulcrum"], inputs: [map], facts: sketch.facts)
        .write(beside: output)
      return .saved(path: path, isUsed: isUsed)
    }
  }
}

/// A map without detail, and what a threshold in it means.
struct FilteredMap: Sendable {
  /// Å; 0 for none.
  let lowPass: Double
  let map: Volume
  let minimum: Float, maximum: Float
  /// Nil for a map without noise outside.
  let noise: BackgroundNoise?
  /// At 1% false discoveries, or between two classes of density.
  let automatic: Float
  /// How many voxels have at least the density of each step from the minimum to the maximum.
  private let counts: [Int]

  init(_ original: Volume, lowPass: Double) {
    self.lowPass = lowPass
    let map = lowPass > 0 ? original.lowPassed(to: lowPass) : original
    self.map = map
    let (low, high) = (map.minimum, map.maximum)
    (minimum, maximum) = (low, high)
    let noise = BackgroundNoise(outside: map)
    self.noise = noise
    automatic =
      noise?.threshold(of: map, rate: 0.01, testing: .yekutieli) ?? map.classThreshold ?? high
    var counts = [Int](repeating: 0, count: Self.steps + 1)
    let scale = high > low ? Float(Self.steps) / (high - low) : 0
    for value in map.voxels { counts[min(Self.steps, Int((value - low) * scale))] += 1 }
    for step in (0..<Self.steps).reversed() { counts[step] += counts[step + 1] }
    self.counts = counts
  }

  private static let steps = 4096

  /// The place of a density between the minimum and the maximum.
  func share(of density: Float) -> Double {
    maximum > minimum
      ? min(max(Double(density - minimum) / Double(maximum - minimum), 0), 1) : 0
  }

  /// Protein in everything above a density, kDa.
  func mass(above density: Float) -> Double {
    let step = Int((share(of: density) * Double(Self.steps)).rounded())
    let voxel = map.pixelSize * map.pixelSize * map.pixelSize
    return MaskReport.mass(ofVolume: Double(counts[step]) * voxel)
  }
}
