import CryoEM

/// Which bands and grids a search goes through, from how far particles may have moved.
///
/// The polish finds the maximum from |ω| · 2π ρ r / N ≲ 1.5 rad away, with ρ the rms radius of the masked
/// density and r the band: a wide search starts at a low band, where the basin is wide.
struct SearchPlan: Sendable, Equatable {
  /// Bands of the polish, rising to the full band.
  var bands: [Int]
  /// Spacing of the rotation grid at the first band, radians; nil where the polish needs no grid.
  var gridSpacing: Double?
  /// Candidates kept after the grid.
  var candidates = 4
  /// Candidates whose log posterior is lower than the best's by more are dropped.
  var logOdds = 8.0

  /// - Parameters:
  ///   - motion: rotation that particles are likely to have made since their start, radians.
  ///   - extent: rotation that they can have made, radians.
  ///   - gyration: rms radius of the masked density about the centre, pixels.
  ///   - finest: finest grid spacing asked for, radians.
  init(
    geometry: Geometry, band: Int, motion: Double, extent: Double, gyration: Double,
    finest: Double, lowestShell: Int = 4
  ) {
    let basinAtShellOne = 1.5 * Double(geometry.window) / (2 * .pi * max(gyration, 1))
    let widest = Int(basinAtShellOne / max(motion, 1e-4))
    var first = min(band, max(lowestShell, widest))
    // A first band just under the full one costs an evaluation and widens nothing.
    if Double(first) > 0.75 * Double(band) { first = band }
    bands = [first]
    while let last = bands.last, last < band {
      let next = Int(Double(last) * 1.7)
      bands.append(Double(next) > 0.75 * Double(band) ? band : next)
    }
    let basin = basinAtShellOne / Double(first)
    gridSpacing = extent > 1.5 * basin ? max(1.5 * basin, finest) : nil
  }

  /// The exhaustive search: one band and a grid so fine that the polish cannot miss.
  init(exhaustive geometry: Geometry, band: Int, gyration: Double, finest: Double) {
    bands = [band]
    let basin = 1.5 * Double(geometry.window) / (2 * .pi * max(gyration, 1)) / Double(band)
    gridSpacing = max(basin, finest)
    candidates = 12
    logOdds = 20
  }
}
