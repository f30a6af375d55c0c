import CryoEM
import EMFiles
import Testing

@testable import Refinement

/// Refinements of images with an aberration, which their file names, with its switch on and off.
struct AberrationTests {
  /// An aberration and its switch. The coefficients are large: the boxes are small.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout OpticsGroup) -> Void
    let turnOff: @Sendable (inout RefinementSettings) -> Void
  }

  static let cases = [
    Case(testDescription: "ctf.correct", change: { _ in }, turnOff: { $0.correctCTF = false }),
    Case(
      testDescription: "ctf.tilt", change: { $0.beamTilt = Vector2(14, -9) },
      turnOff: { $0.useTilt = false }),
    Case(
      testDescription: "ctf.trefoil", change: { $0.oddZernike = [0, 0, 1500, 0, 0, -1100] },
      turnOff: { $0.useTrefoil = false }),
    Case(
      testDescription: "ctf.spherical",
      change: { $0.evenZernike = [0, 0, 0, 0, 0, 0, 9000, 0, 0] },
      turnOff: { $0.useSpherical = false }),
    Case(
      testDescription: "ctf.tetrafoil",
      change: { $0.evenZernike = [0, 0, 0, 0, 12000, 0, 0, 0, -15000] },
      turnOff: { $0.useTetrafoil = false }),
    Case(
      testDescription: "ctf.anisotropic_magnification",
      change: { $0.magnification = [1.07, 0.03, 0.02, 0.94] },
      turnOff: { $0.useAnisotropicMagnification = false }),
  ]

  /// With the term poses and map are as good as without an aberration; without it both are worse.
  private func body(_ aberration: Case) -> OffCentreBody {
    var body = OffCentreBody(count: 40, change: aberration.change)
    body.settings.referenceFolds = 1
    body.settings.noiseModel = .white
    (body.settings.windowInner, body.settings.windowOuter) = (2, 3)
    return body
  }

  @Test(arguments: cases)
  func theSearchNeedsTheTerm(_ aberration: Case) throws {
    var body = body(aberration)
    func error() throws -> Double {
      let prepared = try body.prepared()
      let geometry = prepared.context.frame.geometry
      let reference = body.reference(geometry)
      var state = prepared.state
      state.greyscale = [1, 1]
      let pass = prepared.context.searchPass(
        PoseSearch(
          plan: SearchPlan(
            geometry: geometry, band: 15, motion: radians(4), extent: 0,
            gyration: prepared.context.frame.gyration, finest: radians(0.1)),
          points: prepared.context.images.points, geometry: geometry, extents: (radians(20), 10)),
        band: 15, references: [reference, reference])
      let errors = try pass.run(state) { _ in }.enumerated().map { particle, found in
        degrees(found.pose.rotation.angle(to: body.images.poses[particle].rotation))
      }
      return errors.sorted()[20]
    }
    let on = try error()
    aberration.turnOff(&body.settings)
    let off = try error()
    #expect(on < 0.6 && off > 2 * on, "\(on) degrees on, \(off) off")
  }

  @Test(arguments: cases)
  func theReconstructionNeedsTheTerm(_ aberration: Case) throws {
    var body = body(aberration)
    (body.settings.rotationExtent, body.settings.shiftExtent) = (0, 0)
    body.settings.maximumIterations = 1
    let truth = body.images.body.map(size: 48, pixelSize: 3)
    func error() throws -> Double {
      let fsc = fourierShellCorrelation(
        try refine(body.input()) { _ in }.map, truth, mask: body.mask)
      return (4...14).reduce(0) { $0 + 1 - fsc[$1] } / 11
    }
    let on = try error()
    aberration.turnOff(&body.settings)
    let off = try error()
    #expect(on < 0.12 && off > 1.5 * on, "\(on) on, \(off) off")
  }
}
