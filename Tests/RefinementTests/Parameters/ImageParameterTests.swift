import EMFiles
import Fourier
import Phantoms
import TestSupport
import Testing

@testable import Refinement

/// What is done to images before anything is searched.
struct ImageParameterTests {
  private let body = Phantom.random(blobs: 30, radius: 20, width: 3, seed: 2)

  /// image.highpass: shells below it have neither data nor weight, all others what they had.
  @Test func lowFrequenciesAreLeftOut() throws {
    let images = PaintedImages(count: 4, body: body, sigma: 10)
    let survey = try images.survey()
    let geometry = images.geometry(window: 48)
    func packed(_ shell: Int) throws -> PackedImages {
      let points = SamplingPoints(window: 48, maximumShell: geometry.maximumShell)
      return try ImagePacker(
        transformer: images.transformer(), geometry: geometry, points: points, survey: survey,
        outside: [], highpassShell: shell
      ).pack(
        threads: 1, bad: BadImages(limit: 0, total: 4), control: RefinementControl()
      ) { _ in }.images
    }
    let (all, high) = (try packed(0), try packed(6))
    for image in 0..<4 {
      let (a, b) = (all.planes(image), high.planes(image))
      for index in all.points.indices {
        let isLow = all.points.shells[index] < 6
        #expect(b.weight[index] == (isLow ? 0 : a.weight[index]))
        #expect(b.real[index] == (isLow ? 0 : a.real[index]))
      }
    }
  }

  /// The shell that a high-pass resolution means, through a whole preparation.
  @Test func theHighpassIsInAngstroms() throws {
    var body = OffCentreBody(count: 6, sigma: 5)
    body.settings.maximumResolution = nil
    let all = try body.prepared().context
    // 144 Å of box: shells up to 3 are coarser than 40 Å.
    body.settings.highpass = 40
    let high = try body.prepared().context
    let points = all.images.points
    let ratio = Double(all.frame.geometry.window) / 48
    func weight(_ context: RunContext, _ shells: ClosedRange<Double>) -> Double {
      points.indices.reduce(0.0) {
        shells.contains(Double(points.shells[$1]) / ratio)
          ? $0 + Double(context.images.packed.planes(0).weight[$1]) : $0
      }
    }
    #expect(weight(high, 0...2.5) < 0.3 * weight(all, 0...2.5))
    #expect(weight(high, 7...20) > 0.9 * weight(all, 7...20))
  }

  /// image.window_inner, image.window_outer: a neighbour beyond the outer radius is not seen, one
  /// inside the inner radius is.
  @Test func windowsHideNeighbours() throws {
    let clean = PaintedImages(count: 1, body: body)
    func error(at x: Int, inner: Double, outer: Double) throws -> Double {
      let spotted = clean.changed { pixels in
        for dy in -1...1 { for dx in -1...1 { pixels[(24 + dy) * 48 + x + dx] += 4000 } }
      }
      func transform(_ images: PaintedImages) throws -> [ComplexFloat] {
        let transformer = ImageTransformer(
          source: ArraySource(boxSize: 48, pixels: images.pixels), particles: images.particles,
          switches: .init(), windowInner: inner, windowOuter: outer)
        let workspace = ImageTransformer.Workspace(box: 48)
        _ = try transformer.load(0, into: workspace)
        return workspace.spectrum.array
      }
      return relativeError(try transform(spotted), try transform(clean))
    }
    // Pixel 45 is at 0.875 of half the box, pixel 30 at 0.25.
    let hidden = try error(at: 45, inner: 0.5, outer: 0.8)
    let seen = try error(at: 45, inner: 0.95, outer: 0.99)
    let inside = try error(at: 30, inner: 0.5, outer: 0.8)
    #expect(hidden < 0.1 * seen && inside > 5 * hidden, "\(hidden) \(seen) \(inside)")
  }

  /// refinement.initial_resolution: nothing finer is in the first references, everything coarser is.
  @Test func theFirstReferenceIsLowPassed() throws {
    let body = OffCentreBody(count: 2)
    let geometry = Geometry(
      box: 48, mask: body.mask, fulcrum: body.centre, shiftExtent: 5)
    let mask = CentredMask(body.mask, geometry: geometry)
    let map = body.images.body.map(size: 48, pixelSize: 3)
    func power(_ resolution: Double, _ shells: ClosedRange<Double>) -> Double {
      let grid = InitialReference(
        geometry: geometry, interpolation: .cubic, resolution: resolution
      ).references(
        maps: [map, map], mask: mask, boxMask: body.mask, folds: 1,
        band: geometry.maximumShell)[0]
      // Shells of the images' box, 144 Å.
      let scale = 48 / Double(geometry.period)
      var sum = 0.0
      ShellTable(radius: grid.radius, oversampling: 1, shells: grid.radius)
        .forEach(radius: grid.radius) { index, shell in
          if shells.contains(Double(shell) * scale) {
            sum += Double(grid.samples[index].squaredModulus)
          }
        }
      return sum
    }
    let (sharp, soft) = (9.0, 24.0)
    #expect(power(soft, 9...16) < 0.02 * power(sharp, 9...16))
    #expect(abs(power(soft, 1...3) / power(sharp, 1...3) - 1) < 0.05)
  }
}
