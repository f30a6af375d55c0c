import CryoEM
import Fourier

/// The references of the first search: the input's half-maps, weighted by their FSC, low-passed to the
/// initial resolution, masked.
struct InitialReference: Sendable {
  let geometry: Geometry
  let interpolation: Interpolation
  /// Resolution of the low-pass, Å.
  let resolution: Double

  /// One grid for each half; `folds` entries of a half share it.
  ///
  /// - Parameters:
  ///   - maps: the half-maps in the images' box, or one map twice.
  ///   - mask: on a cube of `geometry.period`³ voxels.
  ///   - band: highest shell of the window that a search will ask for.
  func references(
    maps: [Volume], mask: CentredMask, boxMask: Volume, folds: Int, band: Int
  ) -> [ReferenceGrid] {
    let weights = shellWeights(maps, mask: boxMask)
    let radius = geometry.clampedGridRadius(ofShell: band)
    let cube = CubeTransform(mask.rows, period: geometry.period)
    return maps.flatMap { map -> [ReferenceGrid] in
      let workspace = cube.workspace(radius: CubeTransform.spectrumRadius(ofGrid: radius))
      let density = CentredMap(geometry: geometry).moved(map) { shell in
        shell < weights.count ? weights[shell] : 0
      }
      workspace.real.copy(from: mask.masked(density))
      let grid = ReferenceGrid(radius: radius, interpolation: interpolation)
      cube.fill(grid, from: workspace)
      return Array(repeating: grid, count: folds)
    }
  }

  /// Wiener weight of a half-map (its FSC with the other) and a cosine edge of four shells.
  private func shellWeights(_ maps: [Volume], mask: Volume) -> [Double] {
    let box = geometry.box
    let cutOff = geometry.boxEdge / resolution
    var fsc = [Double](repeating: 1, count: box / 2)
    if maps.count == 2, maps[0] != maps[1] {
      // Only what is near the mask counts, in fewer shells than those of the box.
      let centred = CentredMap(geometry: geometry)
      let curve = fourierShellCorrelation(
        centred.cut(maps[0]), centred.cut(maps[1]), mask: centred.cut(mask))
      fsc = curve.resampled(fromSize: centred.cutSize, to: box, shells: box / 2).values
    }
    return (0..<box / 2).map { shell in
      let edge = raisedCosine(Double(shell), from: cutOff - 2, to: cutOff + 2)
      return edge * (shell < 2 ? 1 : min(max(fsc[shell], 0), 1))
    }
  }
}
