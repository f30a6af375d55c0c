import CryoEM
import Fourier
import Glibc
import Phantoms
import TestSupport
import Testing

@testable import Ground
@testable import Refinement

struct PackingTests {
  private let body = Phantom.random(blobs: 30, radius: 20, width: 3, seed: 2)

  /// With the whole box as window the data are C·Y/σ² and the weights C²/σ², Y by the direct sum over
  /// the pixels.
  @Test func theWholeBoxIsTheFormula() throws {
    let images = PaintedImages(count: 3, body: body, sigma: 30)
    let survey = try images.survey(model: .symmetric)
    let packed = try images.pack(images.geometry(window: 48), survey: survey)
    #expect(packed.windowCentres.allSatisfy { $0 == .zero })
    for particle in 0..<3 {
      let (data, weights) = (packed.images.data(particle), packed.images.weights(particle))
      let ctf = ContrastTransferFunction(optics: images.optics, defocus: images.defoci[particle])
      for index in stride(from: particle, to: data.count, by: 41) {
        let points = packed.images.points
        let (x, y) = (Double(points.kx[index]), Double(points.ky[index]))
        var sum = SIMD2<Double>.zero
        for pixel in 0..<48 * 48 {
          let angle =
            -2 * Double.pi * (x * Double(pixel % 48 - 24) + y * Double(pixel / 48 - 24)) / 48
          sum += Double(images.pixels[particle * 48 * 48 + pixel]) * SIMD2(cos(angle), sin(angle))
        }
        let noise = survey.noise[particle % 2][Int(points.shells[index])]
        let c = ctf.value(at: images.frequency(Int(x), Int(y)))
        let expected = sum * c / noise
        let difference = SIMD2<Double>(data[index]) - expected
        #expect((difference * difference).sum().squareRoot() < 1e-3 / noise.squareRoot())
        #expect(abs(Double(weights[index]) - c * c / noise) < 1e-4 / noise)
      }
    }
  }

  /// Log-likelihood differences in a window agree with those in the whole box: engine.md §4.
  @Test func windowsKeepLikelihoodDifferences() throws {
    let centre = Vector3(14, -9, 6)
    let offCentre = body.moved(rotation: .identity, about: .zero, shift: centre)
    let sigma = 6.0
    let images = PaintedImages(count: 6, box: 64, body: offCentre, sigma: sigma, seed: 5)
    var survey = try images.survey()
    survey.noise = [[Double]](
      repeating: [Double](repeating: 0.5 * 64 * 64 * sigma * sigma, count: 33), count: 2)
    let whole = try differences(images, centre, window: 64, survey)
    let spread = whole.map { abs($0) }.max() ?? 0
    #expect(spread > 15 && spread < 300, "spread \(spread)")
    // The body's diameter is some 20 pixels.
    var errors: [Double] = []
    for window in [32, 40] {
      let part = try differences(images, centre, window: window, survey)
      let squares = zip(part, whole).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      errors.append((squares / Double(whole.count)).squareRoot())
    }
    let scale = spread / 30
    #expect(errors[0] < 0.05 * scale && errors[1] < 0.02 * scale, "\(errors) of \(spread)")
  }

  /// Log likelihoods of some poses about the truth, relative to the truth's.
  private func differences(
    _ images: PaintedImages, _ centre: Vector3, window: Int, _ survey: Survey
  ) throws -> [Double] {
    let geometry = images.geometry(window: window, centre: centre, period: 72)
    let packed = try images.pack(geometry, survey: survey)
    let points = packed.images.points
    let reference = SmallBody.grid(
      of: body.map(size: 72, pixelSize: images.pixelSize).voxels, period: 72,
      radius: geometry.clampedGridRadius(ofShell: geometry.maximumShell), .cubic)
    // One smooth band for all windows, in shells of the whole box, so that no rim is cut differently.
    let band = points.maximumShell
    let factor = FFTBuffer<Float>(count: points.paddedCount)
    for index in points.indices {
      let shell = hypot(Double(points.kx[index]), Double(points.ky[index])) * 64 / Double(window)
      factor[index] = Float(raisedCosine(shell, from: 14, to: 26))
    }
    var generator = SeededGenerator(seed: 77)
    return images.poses.indices.flatMap { particle -> [Double] in
      let pose = images.poses[particle]
      let window = packed.windowCentres[particle]
      let truth = Alignment(
        rotation: pose.rotation,
        position: pose.position(of: centre)
          - Vector2(Double(window.x), Double(window.y)) * images.pixelSize)
      var scorer = PoseScorer(
        reference: reference, image: packed.images.image(particle), points: points,
        factor: factor, geometry: geometry, magnification: [1, 0, 0, 1],
        prior: PosePrior(
          centre: truth, fulcrum: .zero,
          rotationExtent: 1, shiftExtent: 20), scale: 1)
      let best = scorer.score(truth, band: band)
      return (0..<6).map { _ in
        let turn = radians(4) * generator.normalVector3()
        let other = Alignment(
          rotation: truth.rotation * Rotation(rotationVector: turn),
          position: truth.position + 1.5 * generator.normalVector2())
        return scorer.score(other, band: band) - best
      }
    }
  }

  /// The window follows the projected mask centre to the nearest pixel.
  @Test func windowsLieAboutTheProjectedCentre() throws {
    let centre = Vector3(14, -9, 6)
    let images = PaintedImages(count: 10, body: body, sigma: 10)
    let packed = try images.pack(
      images.geometry(window: 24, centre: centre), survey: try images.survey())
    for (pose, window) in zip(images.poses, packed.windowCentres) {
      let position = pose.position(of: centre) / images.pixelSize
      #expect(abs(Double(window.x) - position.x) <= 0.5)
      #expect(abs(Double(window.y) - position.y) <= 0.5)
    }
  }

  /// A window that reaches over the image's edge holds nothing there, not the opposite side.
  @Test func windowsDoNotWrapRound() throws {
    let box = 48
    let images = PaintedImages(count: 1, body: body, sigma: 1).changed { pixels in
      for index in pixels.indices { pixels[index] = 0 }
      // A smooth spot near the left edge.
      for y in 0..<box {
        for x in 0..<box {
          let square = Double((x - 5) * (x - 5) + (y - 24) * (y - 24))
          pixels[y * box + x] = Float(1000 * exp(-square / 8))
        }
      }
    }
    var survey = try images.survey()
    survey.noise = [[Double]](repeating: [Double](repeating: 1, count: 25), count: 2)
    var switches = ContrastTransferFunction.Switches()
    switches.ctf = false
    let transformer = ImageTransformer(
      source: ArraySource(boxSize: box, pixels: images.pixels), particles: images.particles,
      switches: switches, windowInner: 2, windowOuter: 3)
    let geometry = images.geometry(window: 24)
    let packer = ImagePacker(
      transformer: transformer, geometry: geometry,
      points: SamplingPoints(window: 24, maximumShell: 11), survey: survey, outside: [],
      highpassShell: 0)
    func power(_ centre: SIMD2<Int32>) throws -> Float {
      let packed = PackedImages(points: packer.points, count: 1)
      let workspace = ImagePacker.Workspace(packer: packer)
      try packer.pack(0, centre: centre, into: packed, slot: 0, workspace)
      return packed.data(0).reduce(0) { $0 + $1.squaredModulus }
    }
    let held = try power(SIMD2(-18, 0))
    // The same pixels, seen as if the image went on to the right; and off the image altogether.
    // A little is left: the image's mean is gone.
    #expect(try power(SIMD2(18, 0)) < 0.02 * held)
    #expect(try power(SIMD2(30, 0)) < 0.02 * held)
    #expect(try power(SIMD2(200, -100)) == 0)
    // Noise is only where there are pixels.
    #expect(transformer.noiseShare(ofCrop: 24, about: [SIMD2(0, 0)]) == 1)
    #expect(transformer.noiseShare(ofCrop: 24, about: [SIMD2(24, 0)]) == 0.5)
    #expect(transformer.noiseShare(ofCrop: 24, about: [SIMD2(24, -24)]) == 0.25)
    #expect(transformer.noiseShare(ofCrop: 24, about: [SIMD2(99, 0)]) == 0)
  }

  /// What is subtracted is gone: the packed data are those of images without it.
  @Test(arguments: [Float(1), -1], [false, true])
  func subtractionLeavesTheBody(contrast: Float, windowed: Bool) throws {
    let other = Phantom.random(blobs: 50, radius: 17, width: 3, seed: 9)
      .moved(rotation: .identity, about: .zero, shift: Vector3(0, 8, 38))
    let inside = body.moved(rotation: .identity, about: .zero, shift: Vector3(0, 0, -20))
    let both = PaintedImages(count: 12, body: inside, other: other, seed: 4)
      .changed { for index in $0.indices { $0[index] *= contrast } }
    let alone = PaintedImages(count: 12, body: inside, seed: 4)
    let outside = [BoxModel](repeating: both.model(of: other), count: 2)
    let survey = try both.survey(windowed: windowed, outside: outside)
    let geometry = both.geometry(window: 48)
    let expected = try alone.pack(geometry, survey: survey, windowed: windowed).images
    let subtracted = try both.pack(
      geometry, survey: survey, outside: outside, windowed: windowed, sign: contrast
    ).images
    let untouched = try both.pack(
      geometry, survey: survey, windowed: windowed, sign: contrast
    ).images
    // The share is a regression: the bodies' projections overlap and correlate a little by chance.
    let band = subtracted.points.count(upTo: 18)
    for particle in 0..<12 {
      let truth = Array(expected.data(particle).prefix(band))
      let error = relativeError(Array(subtracted.data(particle).prefix(band)), truth)
      let before = relativeError(Array(untouched.data(particle).prefix(band)), truth)
      #expect(error < 0.25 * before && error < 0.35, "\(error) from \(before)")
    }
    let shares = (3...18).map { survey.outsideShare[$0] * Double(contrast) }
    #expect(shares.allSatisfy { $0 > 0.7 && $0 < 1.21 }, "\(shares)")
  }

  /// Images multiplied by their CTF give the same packed data.
  @Test func premultipliedImagesPackAlike() throws {
    let plain = PaintedImages(count: 8, body: body, sigma: 25)
    var optics = plain.optics
    optics.isPremultiplied = true
    var multiplied = PaintedImages(count: 8, body: body, optics: optics, sigma: 0)
    multiplied = multiplied.changed { pixels in
      for particle in 0..<8 {
        let range = particle * 48 * 48..<(particle + 1) * 48 * 48
        let transform = RealTransform(shape: [48, 48])
        var spectrum = transform.forward(Array(plain.pixels[range]))
        let ctf = ContrastTransferFunction(optics: plain.optics, defocus: plain.defoci[particle])
        for index in spectrum.indices {
          let k = plain.frequency(index % 25, signedFrequency(index / 25, size: 48))
          spectrum[index] *= Float(ctf.value(at: k))
        }
        pixels.replaceSubrange(range, with: transform.inverse(spectrum))
      }
    }
    let (one, other) = (try plain.survey(), try multiplied.survey())
    // The noise before the multiplication is found in both.
    #expect(abs(other.noise[0][10] / one.noise[0][10] - 1) < 0.1)
    for window in [48, 30] {
      let expected = try plain.pack(plain.geometry(window: window), survey: one)
      let found = try multiplied.pack(multiplied.geometry(window: window), survey: one)
      for particle in 0..<8 {
        let error = relativeError(found.images.data(particle), expected.images.data(particle))
        #expect(error < 1e-4)
        let worst =
          zip(found.images.weights(particle), expected.images.weights(particle))
          .map { abs($0 - $1) }.max() ?? 1
        #expect(worst < 1e-4 * (expected.images.weights(particle).max() ?? 0))
      }
    }
  }

  /// Images whose phases were flipped give the same packed data.
  @Test func flippedImagesPackAlike() throws {
    let plain = PaintedImages(count: 8, body: body, sigma: 25)
    var flipped = plain.changed { pixels in
      for particle in 0..<8 {
        let range = particle * 48 * 48..<(particle + 1) * 48 * 48
        let transform = RealTransform(shape: [48, 48])
        var spectrum = transform.forward(Array(plain.pixels[range]))
        let ctf = ContrastTransferFunction(optics: plain.optics, defocus: plain.defoci[particle])
        for index in spectrum.indices {
          let k = plain.frequency(index % 25, signedFrequency(index / 25, size: 48))
          spectrum[index] *= ctf.value(at: k) < 0 ? -1 : 1
        }
        pixels.replaceSubrange(range, with: transform.inverse(spectrum))
      }
    }
    flipped.optics.isPhaseFlipped = true
    let survey = try plain.survey()
    let geometry = plain.geometry(window: 48)
    let (expected, found) = (
      try plain.pack(geometry, survey: survey), try flipped.pack(geometry, survey: survey)
    )
    for particle in 0..<8 {
      #expect(
        relativeError(found.images.data(particle), expected.images.data(particle)) < 1e-3)
    }
    flipped.optics.isPhaseFlipped = false
    let ignored = try flipped.pack(geometry, survey: survey)
    #expect(relativeError(ignored.images.data(0), expected.images.data(0)) > 0.3)
  }

  /// The phase of odd aberrations is taken out of the data.
  @Test func oddAberrationsAreTakenOut() throws {
    var tilted = PaintedImages(count: 1, body: body).optics
    tilted.beamTilt = Vector2(0.8, -0.5)
    tilted.oddZernike = [0, 0, 500, -400, 0, 0]
    let crooked = PaintedImages(count: 4, body: body, optics: tilted)
    let straight = PaintedImages(count: 4, body: body)
    let survey = try straight.survey()
    let geometry = straight.geometry(window: 48)
    let (found, expected) = (
      try crooked.pack(geometry, survey: survey).images,
      try straight.pack(geometry, survey: survey).images
    )
    for particle in 0..<4 {
      #expect(relativeError(found.data(particle), expected.data(particle)) < 1e-3)
    }
    // The aberrations matter at all.
    let error = relativeError(crooked.signal(of: 0), straight.signal(of: 0))
    #expect(error > 0.1)
  }

  @Test func imagesWithHolesAreSkipped() throws {
    let images = PaintedImages(count: 40, body: body, sigma: 10).changed {
      $0[3 * 48 * 48 + 100] = .nan
      $0[38 * 48 * 48] = .infinity
    }
    let bad = BadImages(limit: 2, total: 40)
    let survey = try images.survey(bad: bad)
    #expect(survey.noise.allSatisfy { $0.allSatisfy(\.isFinite) })
    let packed = try images.pack(images.geometry(window: 30), survey: survey, bad: bad)
    #expect(bad.all.map(\.particle) == [3, 38])
    for particle in 0..<40 {
      let sum = packed.images.data(particle).reduce(ComplexFloat.zero, +)
      #expect(sum.x.isFinite && sum.y.isFinite)
    }
  }

  /// The same bytes from any number of threads.
  @Test func threadsPackAlike() throws {
    let images = PaintedImages(count: 70, box: 32, body: body, sigma: 10)
    let survey = try images.survey()
    let geometry = images.geometry(window: 24)
    let (one, three) = (
      try images.pack(geometry, survey: survey, threads: 1).images,
      try images.pack(geometry, survey: survey, threads: 3).images
    )
    #expect((0..<70).allSatisfy { one.data($0) == three.data($0) })
    #expect((0..<70).allSatisfy { one.weights($0) == three.weights($0) })
  }
}
