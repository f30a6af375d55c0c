import CryoEM
import Fourier
import Testing

@testable import Refinement

struct ShiftLatticeTests {
  /// Every shift's score is that of the slow way: one score per shift.
  @Test(arguments: [6, 9, 15])
  func equalsScoringEachShift(band: Int) {
    let body = SmallBody()
    let truth = randomAlignments(1)[0]
    let images = body.packed([truth], gain: 0.01, noise: true)
    var scorer = body.scorer(body.reference(), images, prior: body.openPrior(about: truth))
    let lattice = ShiftLattice(
      points: body.points, geometry: body.geometry, band: band, extent: 7, finest: 0.1)
    #expect(lattice.reach >= 1)
    #expect(lattice.step * Double(lattice.reach) == 7)
    let workspace = ShiftLattice.Workspace(points: body.points, band: band, width: lattice.width)
    let rotation = truth.rotation * Rotation(rotationVector: Vector3(0.05, 0.02, -0.03))
    let centre = truth.position + Vector2(1, 2)
    // Used twice: nothing is left over from another slice.
    _ = scorer.scan(truth.rotation, about: .zero, lattice: lattice, workspace: workspace)
    let power = scorer.scan(rotation, about: centre, lattice: lattice, workspace: workspace)
    var exact = PoseScorer(
      reference: scorer.reference, image: scorer.image, points: body.points,
      factor: body.points.factors(
        perShell: [Double](repeating: 1, count: body.points.maximumShell + 1), band: band),
      geometry: body.geometry, magnification: [1, 0, 0, 1], prior: scorer.prior, scale: 1)
    let norm = power.squareRoot()
    for index in 0..<lattice.width * lattice.width {
      let pose = Alignment(rotation: rotation, position: centre + lattice.shift(index))
      let sums = exact.sums(pose, band: band)
      #expect(abs(Double(workspace.scores[index]) - sums.cross) < 2e-4 * norm)
    }
    // The scores differ from shift to shift by more than the tolerance.
    let scores = (0..<lattice.width * lattice.width).map { Double(workspace.scores[$0]) }
    #expect((scores.max() ?? 0) - (scores.min() ?? 0) > 0.05 * norm)
  }

  @Test func coversTheSquareEvenly() {
    let body = SmallBody()
    let lattice = ShiftLattice(
      points: body.points, geometry: body.geometry, band: 10, extent: 6, finest: 0.1)
    #expect(lattice.shift(0) == Vector2(-6, -6))
    #expect(lattice.shift(lattice.width * lattice.width - 1) == Vector2(6, 6))
    #expect(lattice.shift(lattice.width * lattice.width / 2) == .zero)
    #expect(lattice.step <= body.geometry.resolution(ofShell: 10) / 4)
    let still = ShiftLattice(
      points: body.points, geometry: body.geometry, band: 10, extent: 0, finest: 0.1)
    #expect(still.width == 1 && still.shift(0) == .zero)
  }
}
