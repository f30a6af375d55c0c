import CKernels
import CryoEM
import Fourier

/// Finds the best pose of a particle: grid where the plan has one, polish from band to band, and the
/// posterior about the result.
struct PoseSearch: Sendable {
  let plan: SearchPlan
  let points: SamplingPoints
  let geometry: Geometry
  let polish: Polish
  /// The polish of bands under the full one, which only has to reach the next band's basin.
  private let coarse = Polish(maximumSteps: 6, tolerance: 0.3)
  /// Rotations of the grid, the identity among them.
  private let grid: [Rotation]
  private let lattice: ShiftLattice?

  /// - Parameters:
  ///   - extents: hard limits of rotation (radians) and shift (Å).
  init(
    plan: SearchPlan, points: SamplingPoints, geometry: Geometry,
    extents: (rotation: Double, shift: Double), polish: Polish = Polish()
  ) {
    self.plan = plan
    self.points = points
    self.geometry = geometry
    self.polish = polish
    if let spacing = plan.gridSpacing, extents.rotation > 0 {
      grid = Rotation.ball(extent: extents.rotation, spacing: spacing)
      lattice = ShiftLattice(
        points: points, geometry: geometry, band: plan.bands[0], extent: extents.shift,
        finest: 0.1)
    } else {
      grid = []
      lattice = nil
    }
  }

  /// Buffers of one thread; nil where the plan has no grid.
  func workspace() -> ShiftLattice.Workspace? {
    lattice.map { ShiftLattice.Workspace(points: points, band: $0.band, width: $0.width) }
  }

  /// The result for one particle.
  struct Found: Sendable {
    var pose: Alignment
    var evaluation: PoseEvaluation
    /// Log posterior gained over the pose that the search began with.
    var gain: Double
  }

  /// The best pose found from `current`; never one with a lower posterior than `current` has.
  ///
  /// A pose that a learnt prior thinks far-fetched is where a wider prior has misled it: the search
  /// begins where the prior expects it, too.
  func search(
    from current: Alignment, scorer: inout PoseScorer, workspace: ShiftLattice.Workspace?
  ) -> Found {
    var candidates = [current]
    if let expected = scorer.prior.expected(insteadOf: current) { candidates.append(expected) }
    if let workspace, let lattice {
      candidates += gridCandidates(scorer: &scorer, lattice: lattice, workspace: workspace)
    }
    for band in plan.bands.dropLast() {
      candidates = climbed(candidates, band: band, scorer: &scorer)
    }
    let band = plan.bands.last ?? points.maximumShell
    var best: (pose: Alignment, evaluation: PoseEvaluation, start: Double)?
    for candidate in candidates {
      let found = polish.climb(from: candidate, band: band, scorer: &scorer)
      if found.evaluation.value > best?.evaluation.value ?? -.infinity { best = found }
    }
    // A climb never ends below where it began; only one that began elsewhere can.
    let began = candidates.count == 1 && candidates[0] == current
    let start = began ? best?.start ?? -.infinity : scorer.score(current, band: band)
    guard let best, best.evaluation.value >= start else {
      return Found(
        pose: current, evaluation: scorer.evaluate(current, band: band), gain: 0)
    }
    return Found(pose: best.pose, evaluation: best.evaluation, gain: best.evaluation.value - start)
  }

  /// Candidates polished at a band, those too unlikely and those that met in one maximum dropped.
  private func climbed(
    _ candidates: [Alignment], band: Int, scorer: inout PoseScorer
  ) -> [Alignment] {
    if candidates.count == 1 {
      return [coarse.climb(from: candidates[0], band: band, scorer: &scorer).pose]
    }
    let found = candidates.map { coarse.climb(from: $0, band: band, scorer: &scorer) }
      .sorted { $0.evaluation.value > $1.evaluation.value }
    var kept: [Alignment] = []
    guard let best = found.first else { return [] }
    let distinct = 0.3 * 1.5 / (2 * .pi) * Double(geometry.window) / Double(band * 16)
    for candidate in found where best.evaluation.value - candidate.evaluation.value < plan.logOdds {
      if kept.allSatisfy({ $0.rotation.angle(to: candidate.pose.rotation) > distinct }) {
        kept.append(candidate.pose)
      }
    }
    return kept
  }

  /// The best poses of the grid.
  private func gridCandidates(
    scorer: inout PoseScorer, lattice: ShiftLattice, workspace: ShiftLattice.Workspace
  ) -> [Alignment] {
    let centre = scorer.prior.centre
    var scored: [(pose: Alignment, value: Double)] = []
    for turn in grid {
      let rotation = centre.rotation * turn
      // The rotation is about the fulcrum: the origin moves along with it.
      let carried =
        scorer.prior.fulcrumPosition(centre) - scorer.prior.projectedFulcrum(rotation)
      let power = scorer.scan(
        rotation, about: carried, lattice: lattice, workspace: workspace)
      var best: (pose: Alignment, value: Double)?
      for index in 0..<lattice.width * lattice.width {
        let pose = Alignment(
          rotation: rotation, position: carried + lattice.shift(index))
        let away = pose.position - carried
        guard (away * away).sum() <= scorer.prior.shiftExtent * scorer.prior.shiftExtent + 1e-9
        else { continue }
        let value =
          scorer.scale * Double(workspace.scores[index])
          - 0.5 * scorer.scale * scorer.scale * power + scorer.prior.logDensity(of: pose)
        if value > best?.value ?? -.infinity { best = (pose, value) }
      }
      if let best { scored.append(best) }
    }
    scored.sort { $0.value > $1.value }
    guard let top = scored.first else { return [] }
    return scored.prefix(plan.candidates).filter { top.value - $0.value < plan.logOdds }
      .map(\.pose)
  }
}
