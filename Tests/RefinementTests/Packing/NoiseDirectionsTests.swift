import Fourier
import Glibc
import Phantoms
import TestSupport
import Testing

@testable import Ground
@testable import Refinement

/// Noise that depends on direction.
struct NoiseDirectionsTests {
  private let body = Phantom.random(blobs: 30, radius: 20, width: 3, seed: 2)

  /// The filter that makes white noise coloured: its square is the variance.
  private func gain(_ x: Double, _ y: Double) -> Double {
    let angle = atan2(y, x)
    return (1 + 0.8 * cos(2 * (angle - 0.7))).squareRoot()
  }

  /// Images with coloured noise.
  private func images(_ other: PaintedImages, sigma: Double) -> PaintedImages {
    let box = other.box
    let transform = RealTransform(shape: [box, box])
    var generator = SeededGenerator(seed: 8)
    return other.changed { pixels in
      for image in 0..<other.poses.count {
        var noise = transform.forward(
          (0..<box * box).map { _ in Float(sigma * generator.normal()) })
        for index in noise.indices {
          let (x, y) = (index % (box / 2 + 1), signedFrequency(index / (box / 2 + 1), size: box))
          noise[index] *= Float(gain(Double(x), Double(y)))
        }
        for (index, value) in transform.inverse(noise).enumerated() {
          pixels[image * box * box + index] += value
        }
      }
    }
  }

  @Test func positionsGoRoundOncePerHalfTurn() {
    let sectors = Float(NoiseDirections.sectors)
    #expect(NoiseDirections.position(1, 0) == 0)
    #expect(abs(NoiseDirections.position(0, 1) - sectors / 2) < 1e-5)
    for (x, y) in [(3.0, 1.0), (2, -5), (-1, -4), (1e-9, -1)] {
      let (here, there) = (NoiseDirections.position(x, y), NoiseDirections.position(-x, -y))
      #expect(abs(here - there) < 1e-4 && here >= 0 && here < sectors)
    }
    #expect(NoiseDirections.position(1, -1e-12) < sectors)
  }

  /// The survey finds how much of the noise lies in which direction.
  @Test func theSurveyFindsDirections() throws {
    let images = images(PaintedImages(count: 120, body: body), sigma: 4000)
    let survey = try images.survey(model: .coloured)
    #expect(try images.survey(model: .symmetric).noiseDirections.isEmpty)
    for half in 0..<2 {
      for shell in [8, 14, 20] {
        for angle in stride(from: 0.0, to: .pi, by: 0.3) {
          let position = NoiseDirections.position(cos(angle), sin(angle))
          let found = survey.noiseDirections[half].ratio(shell: shell, position: position)
          let truth = pow(gain(cos(angle), sin(angle)), 2)
          #expect(abs(found - truth) < 0.4, "\(half) \(shell) \(angle): \(found) of \(truth)")
        }
      }
    }
  }

  /// Packed data have the same noise in all directions, relative to their weight.
  @Test(arguments: [48, 32])
  func packingWhitens(window: Int) throws {
    let images = images(PaintedImages(count: 120, body: body), sigma: 4000)
    for model in [RefinementSettings.NoiseModel.coloured, .symmetric] {
      let survey = try images.survey(model: model)
      let packed = try images.pack(images.geometry(window: window), survey: survey)
      var (along, across) = (SIMD2<Double>.zero, SIMD2<Double>.zero)
      let points = packed.images.points
      for image in 0..<120 {
        let planes = packed.images.planes(image)
        for index in points.indices where points.shells[index] > 4 {
          let power = Double(
            planes.real[index] * planes.real[index]
              + planes.imaginary[index] * planes.imaginary[index])
          let sums = SIMD2(power, 2 * Double(planes.weight[index]))
          let variance = pow(gain(Double(points.kx[index]), Double(points.ky[index])), 2)
          if variance > 1.5 { along += sums } else if variance < 0.5 { across += sums }
        }
      }
      let ratio = (along.x / along.y) / (across.x / across.y)
      if model == .coloured {
        #expect(abs(ratio - 1) < (window == 48 ? 0.2 : 0.35), "\(ratio)")
      } else {
        #expect(ratio > 3, "\(ratio)")
      }
    }
  }

  /// Residuals after a search tell what the survey, which took the noise for symmetric, left.
  @Test func residualsTellDirections() throws {
    let plain = OffCentreBody(count: 120)
    var body = OffCentreBody(plain, images: images(plain.images, sigma: 40))
    body.settings.referenceFolds = 1
    body.settings.noiseModel = .coloured
    let prepared = try body.prepared()
    let context = prepared.context
    let reference = body.reference(context.frame.geometry)
    var state = prepared.state
    state.greyscale = [1, 1]
    let update = context.noiseUpdate([reference, reference], band: 14)
    let found = try update.measure(state, on: context.sample(ofEachSlot: 1000))
    // Packed by the survey's directions, little is left.
    for angle in stride(from: 0.0, to: .pi, by: 0.3) {
      let position = NoiseDirections.position(cos(angle), sin(angle))
      let ratio = found.noiseDirections[0].ratio(shell: 10, position: position)
      #expect(abs(ratio - 1) < 0.3, "\(angle): \(ratio)")
    }
    // Packed as if the noise were symmetric, all of it.
    body.settings.noiseModel = .symmetric
    let blind = try body.prepared()
    var context2 = blind.context
    context2.settings.noiseModel = .coloured
    var state2 = blind.state
    state2.greyscale = [1, 1]
    state2.noiseDirections = state.noiseDirections
    let late = try context2.noiseUpdate([reference, reference], band: 14)
      .measure(state2, on: context2.sample(ofEachSlot: 1000))
    for angle in stride(from: 0.0, to: .pi, by: 0.3) {
      let position = NoiseDirections.position(cos(angle), sin(angle))
      let ratio = late.noiseDirections[1].ratio(shell: 10, position: position)
      let truth = pow(gain(cos(angle), sin(angle)), 2)
      #expect(abs(ratio - truth) < 0.35, "\(angle): \(ratio) of \(truth)")
    }
    // The factors of the next search follow.
    state2.noiseDirections = late.noiseDirections
    let factors = state2.factors(of: context2.images.points, band: 14)
    let points = context2.images.points
    let ends = (points.shellEnds[9]..<points.shellEnds[10]).map { index in
      (gain(Double(points.kx[index]), Double(points.ky[index])), factors[0][index])
    }.sorted { $0.0 < $1.0 }
    #expect(ends[0].1 > 3 * ends[ends.count - 1].1)
  }

  /// Both dependences multiply, in shells of different width.
  @Test func dependencesMultiply() {
    var (a, b) = (NoiseDirections(shells: 20), NoiseDirections(shells: 10))
    func set(_ directions: inout NoiseDirections, _ value: Double) {
      var sums = NoiseDirections.Sums(shells: directions.shells)
      for shell in 0..<directions.shells {
        for sector in 0..<NoiseDirections.sectors {
          for _ in 0..<1000 {
            sums.add(
              shell: shell, position: Float(sector), power: sector == 3 ? value : 1, expected: 1)
          }
        }
      }
      sums.measured(into: &directions)
    }
    set(&a, 2)
    set(&b, 3)
    let product = a.times(b, shellScale: 0.5)
    func contrast(_ directions: NoiseDirections, _ shell: Int) -> Double {
      directions.ratio(shell: shell, position: 3) / directions.ratio(shell: shell, position: 8)
    }
    #expect(abs(contrast(a, 7) - 2) < 0.1 && abs(contrast(product, 14) - 6) < 0.4)
    #expect(product.shells == 20)
  }
}
