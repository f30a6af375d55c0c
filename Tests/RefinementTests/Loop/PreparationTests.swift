import CryoEM
import Testing

@testable import Ground
@testable import Refinement

struct PreparationTests {
  /// Poses in the frame of the window and the mask's centre are those that explain the images, also
  /// where the magnification is anisotropic and the mask far from the centre.
  @Test(arguments: [Magnification.identity, [1.06, 0.02, -0.03, 0.95]])
  func startsWhereTheImagesAre(magnification: Magnification) throws {
    var body = OffCentreBody(count: 8, magnification: magnification)
    body.settings.noiseModel = .white
    (body.settings.windowInner, body.settings.windowOuter) = (2, 3)
    let prepared = try body.prepared()
    let context = prepared.context
    #expect(context.frame.geometry.window < context.frame.geometry.box)
    let reference = body.reference(context.frame.geometry)
    let band = 12
    let factor = context.images.points.ones
    for particle in 0..<8 {
      let start = prepared.state.start[particle]
      var scorer = PoseScorer(
        reference: reference, image: context.images.packed.image(particle),
        points: context.images.points,
        factor: factor, geometry: context.frame.geometry,
        magnification: context.frame.magnification(of: particle),
        prior: context.frame.prior(of: particle, prepared.state, context.settings), scale: 1)
      let found = Polish(maximumSteps: 10, tolerance: 1e-3)
        .climb(from: start, band: band, scorer: &scorer).pose
      let away = found.position - start.position
      #expect((away * away).sum().squareRoot() < 0.15, "particle \(particle)")
      #expect(degrees(found.rotation.angle(to: start.rotation)) < 0.5)
      // Back to where it came from.
      let pose = context.frame.pose(start, of: particle)
      let difference = pose.origin - body.images.poses[particle].origin
      #expect((difference * difference).sum().squareRoot() < 1e-9)
    }
  }

  /// A turn about the fulcrum leaves it where it appears in the image.
  @Test func theFulcrumStaysUnderMagnification() throws {
    var body = OffCentreBody(count: 4, magnification: [1.06, 0.02, -0.03, 0.95])
    body.settings.recenterRotations = true
    let prepared = try body.prepared()
    var state = prepared.state
    let turn = Rotation(rotationVector: Vector3(0.1, -0.05, 0.2))
    for particle in 0..<4 {
      let prior = prepared.context.frame.prior(of: particle, state, prepared.context.settings)
      let step = 1e-5
      for axis in 0..<5 {
        var vector = Vector5()
        vector[axis] = step
        let moved = Polish.moved(state.poses[particle], by: vector)
        let change =
          (prior.fulcrumPosition(moved) - prior.fulcrumPosition(state.poses[particle])) / step
        let error = change - prior.shiftDerivatives(at: state.poses[particle])[axis]
        #expect((error * error).sum().squareRoot() < 1e-3)
      }
      // Re-centred rotations turn about the fulcrum.
      let held = prior.fulcrumPosition(prior.centre)
      state.poses[particle].rotation = state.poses[particle].rotation * turn
      let turned = prepared.context.frame.prior(of: particle, state, prepared.context.settings)
      let away = turned.fulcrumPosition(turned.centre) - held
      #expect((away * away).sum().squareRoot() < 1e-9)
    }
  }

  /// A half-set without a usable image is a problem that says so.
  @Test(arguments: [[0], [1], [0, 1]])
  func halvesWithoutImagesAreRefused(halves: [Int]) throws {
    var body = OffCentreBody(count: 12, sigma: 5)
    body.settings.badImageShare = 1
    let size = 48 * 48
    let broken = body.images.changed { pixels in
      for particle in 0..<12 where halves.contains(particle % 2) {
        pixels[particle * size + 7] = .nan
      }
    }
    let problem = #expect(throws: Problem.self) {
      _ = try OffCentreBody(body, images: broken).prepared()
    }
    let expected =
      halves.count == 2 ? "either half-set" : halves == [0] ? "half-set a" : "half-set b"
    #expect(problem?.what.contains(expected) == true, "\(problem?.what ?? "")")
  }
}

struct SearchPassTests {
  private func away(_ prior: PosePrior, _ pose: Alignment) -> (angle: Double, shift: Double) {
    let (rotation, shift) = prior.change(of: pose)
    return ((rotation * rotation).sum().squareRoot(), (shift * shift).sum().squareRoot())
  }

  /// A pose that lies outside the extents, as taking out the common motion may leave it, comes back.
  @Test func searchesStayWithinTheExtents() throws {
    var body = OffCentreBody(count: 10, sigma: 2)
    body.settings.rotationExtent = radians(2)
    body.settings.shiftExtent = 1.5
    body.settings.referenceFolds = 1
    let turn = Rotation(rotationVector: Vector3(0, radians(6), 0))
    let wrong = body.images.poses.map {
      $0.moved(rotation: turn, shift: Vector2(3, 0), about: body.centre)
    }
    let prepared = try body.prepared(poses: wrong)
    var state = prepared.state
    // The truth, out of the extents about where the particles started.
    state.poses = body.images.poses.indices.map {
      prepared.context.frame.alignment(body.images.poses[$0], of: $0)
    }
    let geometry = prepared.context.frame.geometry
    let plan = SearchPlan(
      geometry: geometry, band: 12, motion: radians(2), extent: 0, gyration: 5,
      finest: radians(0.1))
    let reference = body.reference(geometry)
    let outcomes = try prepared.context.searchPass(
      PoseSearch(
        plan: plan, points: prepared.context.images.points, geometry: geometry,
        extents: (radians(2), 1.5)),
      band: 12, references: [reference, reference]
    ).run(state) { _ in }
    for (particle, outcome) in outcomes.enumerated() {
      let (angle, shift) = away(
        prepared.context.frame.prior(of: particle, state, prepared.context.settings), outcome.pose)
      #expect(angle <= radians(2) * (1 + 1e-9) && shift <= 1.5 * (1 + 1e-9))
      #expect(outcome.isAtLimit)
    }
  }
}
