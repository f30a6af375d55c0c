import CryoEM
import Fourier
import Ground

/// The references of a search.
extension ReferenceMaker {
  /// What all references of an iteration have in common.
  private struct Common: Sendable {
    let reconstruction: Reconstruction
    let regularisation: Regularisation
    /// Mean weights per shell of each half, and the curve of the half-maps.
    let means: [[Double]], fsc: [Double]
    /// Highest shell of the references, and that up to which the halves share.
    let lastShell: Int, split: Int
    let plan: IterationPlan

    /// Leaves the density of some parts of a half's sums in the workspace.
    ///
    /// - Parameters:
    ///   - others: the sums of the other half.
    ///   - places: as `LocalWienerFilter.apply` gives them.
    func makeDensity(
      _ parts: [Accumulator], of half: Int, others: [Accumulator],
      in workspace: CubeTransform.Workspace, _ room: LocalWienerFilter.Room?,
      places: FFTBuffer<Float>?
    ) {
      reconstruction.divide(
        Reconstruction.Quotient(
          parts: parts, shared: others, sharedShells: split,
          regularisation: ReferenceMaker.regularisation(
            fsc, means: means[half], last: lastShell, floor: 1e-3)),
        into: workspace.spectrum)
      regularisation.density(
        in: workspace, of: reconstruction.cube, radius: lastShell + 1,
        insertedBy: parts[0].interpolation, isSymmetrised: reconstruction.isSymmetrised, room,
        places: places)
    }
  }

  /// The filtered, masked references, on a cube no finer than they need.
  func references(
    _ sums: [[Accumulator]], means: [[Double]], fsc: [Double], lastShell: Int, split: Int,
    band: Int, inserted: Int, mask choice: MaskChoice,
    progress: @escaping @Sendable (Double, Part) -> Void
  ) -> (references: [ReferenceGrid], filtered: [Double]?, shown: ShownDensity?) {
    let plan = IterationPlan(frame.geometry, band: band, inserted: inserted)
    let size = plan.referenceSize(lastShell: lastShell)
    let (rows, mask) = rowsOfMask(choice, size: size)
    let reconstruction = Reconstruction(
      geometry: frame.geometry, radius: sums[0][0].radius, size: size, rows: rows)
    let filter = nonuniformFilter(
      fsc: fsc, lastShell: lastShell, split: split, interpolation: sums[0][0].interpolation,
      reconstruction: reconstruction, mask: mask)
    progress(1, .filter)
    let common = Common(
      reconstruction: reconstruction,
      regularisation: Regularisation(
        filter: filter, negativeShare: settings.negativeShare, mask: mask),
      means: means, fsc: fsc, lastShell: lastShell, split: split, plan: plan)
    // What the log says of the filter is of the first reference.
    let places = filter.map { _ in FFTBuffer<Float>(count: rows.count) }
    let (references, shown) = made(sums, common, places: places, progress: progress)
    let edge = Double(frame.geometry.period) * frame.geometry.pixelSize
    return (
      references,
      filter.flatMap { filter in
        places.map { filter.quantiles([0.1, 0.5, 0.9], of: $0).map { edge / $0 } }
      },
      shown.isEmpty ? nil : ShownDensity(rows, band: band, halves: shown)
    )
  }

  /// The grids of all halves and folds, and, where other bodies look on, the densities of the halves.
  private func made(
    _ sums: [[Accumulator]], _ common: Common, places: FFTBuffer<Float>?,
    progress: @escaping @Sendable (Double, Part) -> Void
  ) -> (grids: [ReferenceGrid], shown: [[Float]]) {
    let folds = frame.foldCount
    let cube = common.reconstruction.cube
    let references = Collected<ReferenceGrid>(count: 2 * folds)
    let radius = common.plan.referenceRadius
    let spectrumRadius = common.plan.spectrumRadius(lastShell: common.lastShell)
    let workspaces = WorkspacePool {
      (cube.workspace(radius: spectrumRadius), common.regularisation.room(cube))
    }
    // Other bodies see the density of all folds.
    let wholes = isSeen ? 2 : 0
    let shown = Collected<[Float]>(count: wholes)
    let counter = Counter()
    parallelFor(count: 2 * folds + wholes, chunk: 1, threads: settings.threads) {
      range, _ in
      let (workspace, room) = workspaces.take()
      defer { workspaces.giveBack((workspace, room)) }
      for slot in range {
        let isWhole = slot >= 2 * folds
        let half = isWhole ? slot - 2 * folds : slot / folds
        var parts = sums[half]
        // A fold's reference is made without its own images; with one fold there are no others.
        if folds > 1, !isWhole { parts.remove(at: slot % folds) }
        common.makeDensity(
          parts, of: half, others: sums[1 - half], in: workspace, room,
          places: slot == 0 ? places : nil)
        if isWhole {
          shown[half] = (0..<cube.rows.count).map { workspace.real[$0] }
          continue
        }
        let grid = ReferenceGrid(radius: radius, interpolation: .ofReferences)
        cube.fill(grid, from: workspace)
        references[slot] = grid
        progress(Double(counter.add(1)) / Double(2 * folds), .references)
      }
    }
    return (references.filled, shown.filled)
  }

  /// The voxels of the references' mask on a cube, and its values there.
  private func rowsOfMask(_ choice: MaskChoice, size: Int) -> (VoxelRows, [Float]) {
    guard choice.isDynamic else {
      let known = referenceMasks.mask(size: size)
      return (known.rows, known.rows.values(of: known.mask.voxels))
    }
    let voxels = CentredMap.interpolated(choice.mask.voxels, from: choice.mask.size, to: size)
    let rows = VoxelRows(of: voxels, size: size)
    return (rows, rows.values(of: voxels))
  }
}
