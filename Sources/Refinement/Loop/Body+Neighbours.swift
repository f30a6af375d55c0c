import CryoEM
import Fourier
import Ground

/// What a body is to the bodies beside it.
extension Body {
  /// Where the body is now.
  var placement: BodyPlacement { BodyPlacement(context, state) }

  /// The body as another one's images show it.
  ///
  /// - Parameters:
  ///   - looking: the index of the other one.
  ///   - shares: which body the density counts for.
  func neighbour(seenBy looking: Int, _ shares: MaskShares) -> Neighbour? {
    guard let shown = loop.shown else { return nil }
    let geometry = frame.geometry
    let rows = shown.rows
    let factors = shares.factors(seenBy: looking, at: rows, of: geometry)
    let radius = geometry.clampedGridRadius(ofShell: shown.band)
    let cube = CubeTransform(rows, period: geometry.period)
    let workspace = cube.workspace(radius: CubeTransform.spectrumRadius(ofGrid: radius))
    let grids = shown.halves.map { voxels in
      workspace.real.copy(from: factors.map { zip(voxels, $0).map { $0 * $1 } } ?? voxels)
      let grid = ReferenceGrid(radius: radius, interpolation: .ofReferences)
      cube.fill(grid, from: workspace)
      return grid
    }
    return seen(as: grids, band: shown.band)
  }

  /// The body where it is, as it is seen in whole images.
  ///
  /// - Parameters:
  ///   - grids: of each half, or of each half and fold.
  ///   - band: that they hold, shell of the window.
  func seen(as grids: [ReferenceGrid], band: Int) -> Neighbour {
    let (geometry, box) = (frame.geometry, frame.geometry.box)
    let reach = (Double(band) + 0.5) * Double(box) / Double(geometry.window) - 0.5
    return Neighbour(
      grids: grids, folds: grids.count > 2 ? frame.folds : [],
      oversampling: Double(geometry.period) / Double(box),
      shell: max(1, min(Int(reach), box / 2 - 1)), placement: placement)
  }

  /// Takes the bodies that move beside this one for what is not its own in the images.
  mutating func meet(_ neighbours: [Neighbour]) {
    pack(
      beside: Neighbours(neighbours, box: frame.geometry.box, imageScales: imageScales))
  }

  /// Lets what packs the images now know the neighbours.
  mutating func pack(beside neighbours: Neighbours?) {
    guard let neighbours else { return }
    context.images.packer = packer(sign: state.bodyDefocus.sign, at: frame.particles.poses)
    context.images.packer?.neighbours = neighbours
  }

  /// Takes them to be where they are now.
  mutating func follow(_ placements: [BodyPlacement]) {
    guard let known = context.images.packer?.neighbours else { return }
    context.images.packer?.neighbours = known.placed(placements)
  }
}
