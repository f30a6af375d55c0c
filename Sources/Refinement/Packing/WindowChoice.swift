import CryoEM
import Fourier
import Glibc
import Ground

/// Finds the window that is kept of each image: the smallest that hardly changes how poses compare.
///
/// The CTF is applied before images are cut, so that a window loses only what the CTF's point spread
/// carries from the mask's projection beyond the window's edge (engine: sub-boxing). How much that is
/// depends on defocus, resolution and mask; it is measured on some particles.
struct WindowChoice: Sendable {
  let input: RefinementInput
  let transformer: ImageTransformer
  let survey: Survey
  let outside: [BoxModel]
  /// The largest by which a magnification stretches.
  let stretch: Double
  /// The symmetry of the reference.
  var symmetry = PointGroup.c1
  /// The images that cannot be used; those found here are added.
  var bad = BadImages(limit: 0, total: 1)

  /// The error that is accepted, in units of a log likelihood: between two poses that differ by two
  /// standard deviations of the posterior the log likelihood differs by 2.
  var accepted = 0.2
  /// Particles on which it is measured.
  static let sampleSize = 16

  /// A window, and what it costs.
  struct Choice: Sendable {
    let geometry: Geometry
    /// rms over particles and changes of pose; nil where the whole image is kept.
    let error: Double?
  }

  /// The smallest of windows of 1.5, 2 and 2.5 mask diameters whose error is accepted, or the box.
  func choose() -> Choice {
    let smallest = geometry(window: nil)
    let whole = Choice(geometry: geometry(window: smallest.box), error: nil)
    guard smallest.window < smallest.box else { return whole }
    let expected = changes(whole.geometry, steps: nil)
    for diameters in [1.5, 2, 2.5] {
      let extra = (diameters - 1.5) * smallest.maskDiameter
      let geometry = geometry(window: smallest.window + Int(extra))
      guard geometry.window < geometry.box else { break }
      let error = error(of: geometry, against: expected)
      if error <= accepted { return Choice(geometry: geometry, error: error) }
    }
    return whole
  }

  /// The error of a window.
  ///
  /// - Parameter expected: what whole images say.
  func error(of geometry: Geometry, against expected: [Changes]) -> Double {
    let found = changes(geometry, steps: expected.map(\.steps))
    let squares = zip(found, expected).flatMap { found, expected in
      zip(found.values, expected.values).map { ($0 - $1) * ($0 - $1) }
    }
    return squares.isEmpty ? 0 : (squares.reduce(0, +) / Double(squares.count)).squareRoot()
  }

  func geometry(window: Int?) -> Geometry {
    Geometry(
      box: input.images.boxSize, mask: input.mask, fulcrum: input.fulcrum,
      shiftExtent: input.settings.shiftExtent, stretch: stretch, symmetry: symmetry, window: window)
  }

  /// What the log likelihood of a particle does when its pose changes.
  struct Changes: Sendable {
    /// Two standard deviations of each of the five parameters.
    var steps: Vector5
    /// Change of the log likelihood for a step up and down each parameter.
    var values: [Double]
  }

  /// What a window says of evenly spaced particles.
  ///
  /// - Parameter steps: how far to move each; nil to find out.
  func changes(_ geometry: Geometry, steps: [Vector5]?) -> [Changes] {
    let count = input.particles.count
    let sample = stride(
      from: 0, to: count, by: max(1, (count + Self.sampleSize - 1) / Self.sampleSize)
    ).map { $0 }
    let settings = input.settings
    let band = geometry.shell(atResolution: settings.initialResolution)
    let points = SamplingPoints(window: geometry.window, maximumShell: band)
    let packer = ImagePacker(
      transformer: transformer, geometry: geometry, points: points, survey: survey,
      outside: outside, highpassShell: 0)
    let images = PackedImages(points: points, count: sample.count)
    let references = references(geometry, band: band)
    let ones = points.factorsOfOne(upTo: band)
    let workspaces = WorkspacePool { ImagePacker.Workspace(packer: packer) }
    return inParts(sample.count) { slots in
      let (slot, workspace) = (slots.lowerBound, workspaces.take())
      defer { workspaces.giveBack(workspace) }
      let particle = sample[slot]
      let centre = packer.windowCentre(of: particle)
      do throws(Problem) {
        if !bad.contains(particle) {
          try packer.pack(particle, centre: centre, into: images, slot: slot, workspace)
        }
      } catch { bad.add(particle, error, in: .packing) }
      guard !bad.contains(particle) else { return Changes(steps: Vector5(), values: []) }
      let half = input.particles.halfSets[particle].rawValue
      let magnification = packer.magnification(of: particle)
      let start = Alignment(
        input.particles.poses[particle], windowCentre: centre, geometry: geometry,
        magnification: magnification)
      var scorer = PoseScorer(
        reference: references[half], image: images.image(slot), points: points, factor: ones,
        geometry: geometry, magnification: magnification,
        prior: PosePrior(
          centre: start, fulcrum: geometry.fulcrum - geometry.centre,
          rotationExtent: .pi, shiftExtent: .infinity),
        scale: abs(survey.greyscales[half]))
      return changes(from: start, by: steps?[slot], band: band, &scorer)
    }
  }

  /// What an image says.
  private func changes(
    from start: Alignment, by steps: Vector5?, band: Int, _ scorer: inout PoseScorer
  ) -> Changes {
    let here = scorer.evaluate(start, band: band)
    let steps = steps ?? Self.twoDeviations(here.curvature)
    var values: [Double] = []
    for parameter in 0..<5 {
      for sign in [-1.0, 1.0] {
        var step = Vector5()
        step[parameter] = sign * steps[parameter]
        values.append(scorer.score(Polish.moved(start, by: step), band: band) - here.value)
      }
    }
    return Changes(steps: steps, values: values)
  }

  private static func twoDeviations(_ curvature: Matrix5) -> Vector5 {
    var steps = Vector5()
    for index in 0..<5 where curvature[index, index] > 0 {
      steps[index] = 2 / curvature[index, index].squareRoot()
    }
    return steps
  }

  private func references(_ geometry: Geometry, band: Int) -> [ReferenceGrid] {
    InitialReference(
      geometry: geometry, interpolation: .cubic, resolution: input.settings.initialResolution
    ).references(
      maps: input.mapsOfHalves,
      mask: CentredMask(input.mask, geometry: geometry),
      boxMask: input.mask, folds: 1, band: band)
  }
}
