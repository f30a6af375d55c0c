import CryoEM
import Fourier
import Glibc
import Particles
import Phantoms
import TestSupport
import Testing

@testable import Refinement

struct SurveyTests {
  private let body = Phantom.random(blobs: 30, radius: 20, width: 3, seed: 2)

  /// White noise of deviation σ per pixel has the variance N²σ²/2 per real component, whether or not the
  /// images are windowed.
  @Test(arguments: [false, true])
  func findsTheNoise(windowed: Bool) throws {
    // Hardly any signal.
    let images = PaintedImages(count: 120, body: body, sigma: 4000)
    let survey = try images.survey(windowed: windowed, model: .symmetric)
    let expected = 0.5 * 48 * 48 * 4000 * 4000
    for half in 0..<2 {
      for shell in 3..<24 {
        // Some 60 · π · shell samples.
        let ratio = survey.noise[half][shell] / expected
        #expect(abs(ratio - 1) < 0.12, "half \(half), shell \(shell): \(ratio)")
      }
      let mean = survey.noise[half][3..<24].reduce(0, +) / 21
      #expect(abs(mean / expected - 1) < 0.03, "half \(half): \(mean / expected)")
    }
  }

  @Test func whiteNoiseIsOneValue() throws {
    let images = PaintedImages(count: 20, body: body, sigma: 500)
    let survey = try images.survey(model: .white)
    #expect(Set(survey.noise[0][1..<24]).count == 1)
    #expect(survey.noise[0][1] != survey.noise[1][1])
    #expect(survey.noise[0][1] > 0)
  }

  /// The grey scale of the data over the map, and its sign.
  @Test(arguments: [1.0, -1, 3.5, -0.2])
  func findsSignAndGreyscale(gain: Double) throws {
    let images = PaintedImages(count: 60, body: body, sigma: 5).changed {
      for index in $0.indices { $0[index] *= Float(gain) }
    }
    let survey = try images.survey()
    #expect(abs(survey.greyscale / gain - 1) < 0.03, "\(survey.greyscale)")
  }

  /// A half-set without particles has the other's noise.
  @Test func emptyHalvesBorrowNoise() throws {
    let images = PaintedImages(count: 20, body: body, sigma: 100)
    var particles = images.particles
    particles.halfSets = [HalfSet](repeating: .a, count: 20)
    let transformer = ImageTransformer(
      source: ArraySource(boxSize: 48, pixels: images.pixels), particles: particles,
      switches: .init(), windowInner: 2, windowOuter: 3)
    let survey = try Survey(
      transformer: transformer, map: images.model(of: body), outside: [], threads: 1,
      sampleSize: 250, model: .symmetric, bad: BadImages(limit: 0, total: 20))
    #expect(survey.noise[1] == survey.noise[0] && survey.noise[0][5] > 0)
  }

  /// A sample is spread evenly and the same for any number of threads.
  @Test func threadsSurveyAlike() throws {
    let images = PaintedImages(count: 200, box: 32, body: body, sigma: 100)
    let surveys = try [1, 3].map { threads in
      try Survey(
        transformer: images.transformer(windowed: true), map: images.model(of: body), outside: [],
        threads: threads, sampleSize: 80, model: .symmetric,
        bad: BadImages(limit: 0, total: 200))
    }
    #expect(surveys[0].noise == surveys[1].noise)
    #expect(surveys[0].greyscale == surveys[1].greyscale)
  }
}

struct BoxModelTests {
  /// Projections up to the last shell of the box, where the grid has the least room.
  @Test func projectsUpToTheRim() {
    let body = Phantom.random(blobs: 30, radius: 14, width: 3.5, seed: 2)
    let images = PaintedImages(count: 5, box: 32, body: body)
    let model = images.model(of: body, maximumShell: 15)
    let count = model.points.paddedCount
    let (real, imaginary) = (FFTBuffer<Float>(count: count), FFTBuffer<Float>(count: count))
    for pose in images.poses {
      model.project(pose, magnification: [1, 0, 0, 1], real: real, imaginary: imaginary)
      let exact = PhantomProjector(body, boxSize: 32, pixelSize: 3).transform(at: pose)
      let inner = model.points.count(upTo: 13)
      let (found, expected) = (
        (0..<inner).map { ComplexFloat(real[$0], imaginary[$0]) },
        (0..<inner).map { exact[Int(model.points.spectrumIndices[$0])] }
      )
      #expect(relativeError(found, expected) < 0.01)
      // Nothing from beyond the grid: values at the rim are small, as the object's are.
      let size = expected.map(\.squaredModulus).max() ?? 0
      for index in inner..<model.points.count {
        let value = ComplexFloat(real[index], imaginary[index])
        #expect(value.squaredModulus < 1e-2 * size)
      }
    }
  }

  /// Density far from the centre, against its transform: in the room that refinements have for what they
  /// subtract it is right to half a per cent up to the box's edge, with more room better.
  @Test(arguments: [0.3, 0.4, 0.45], [1.5, 2])
  func densityFarOutIsProjected(distance: Double, padding: Double) {
    let (box, pixelSize) = (48, 3.0)
    let direction = Vector3(0.6, -0.64, 0.48)
    let blob = GaussianBlob(
      position: distance * Double(box) * pixelSize * direction, width: 4.5, weight: 1000)
    let phantom = Phantom(blobs: [blob])
    let model = BoxModel(
      map: phantom.map(size: box, pixelSize: pixelSize), maximumShell: 12,
      points: SamplingPoints(window: box, maximumShell: 12), padding: padding)
    let count = model.points.paddedCount
    let (real, imaginary) = (FFTBuffer<Float>(count: count), FFTBuffer<Float>(count: count))
    var worst = 0.0
    for pose in PaintedImages(count: 4, box: box, body: phantom).poses {
      model.project(pose, magnification: [1, 0, 0, 1], real: real, imaginary: imaginary)
      let exact = PhantomProjector(phantom, boxSize: box, pixelSize: pixelSize).transform(at: pose)
      let found = (0..<model.points.count).map { ComplexFloat(real[$0], imaginary[$0]) }
      let expected = model.points.spectrumIndices.map { exact[Int($0)] }
      worst = max(worst, Double(relativeError(found, Array(expected[..<found.count]))))
    }
    #expect(worst < (padding == 2 ? 0.002 : 0.006), "\(worst)")
  }

  /// Every point of every view is inside the grid, also where a magnification stretches them.
  @Test(arguments: [32, 36, 48, 50, 64], [[1, 0, 0, 1], [1.12, 0.05, -0.03, 0.95]])
  func hasRoomForAllPoints(box: Int, magnification: [Double]) {
    let model = BoxModel(
      map: Volume(size: box, pixelSize: 2), maximumShell: box / 2 - 1,
      points: SamplingPoints(window: box, maximumShell: box / 2 - 1),
      stretch: Magnification(magnification).stretch)
    let farthest =
      model.points.indices.map {
        let (x, y) = (Double(model.points.kx[$0]), Double(model.points.ky[$0]))
        return hypot(
          magnification[0] * x + magnification[1] * y, magnification[2] * x + magnification[3] * y)
      }.max() ?? 0
    #expect(Double(farthest) * model.oversampling < Double(model.grid.radius) + 1)
  }
}
