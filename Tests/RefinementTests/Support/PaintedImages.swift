import CryoEM
import EMFiles
import Fourier
import Particles
import Phantoms

@testable import Ground
@testable import Refinement

/// Images of phantoms in their own box, as a stack would hold them, with all that packing them needs.
struct PaintedImages {
  let box: Int
  let pixelSize: Double
  /// The body to refine, and whatever else is in the images.
  let body: Phantom
  let other: Phantom?
  let poses: [Pose]
  let defoci: [Defocus]
  var optics: OpticsGroup
  /// Standard deviation of a pixel's noise.
  let sigma: Double
  private(set) var pixels: [Float] = []

  /// - Parameters:
  ///   - optics: pixel size and box are replaced.
  ///   - spread: standard deviation of the origins, Å.
  ///   - defocus: range of the mean defocus, Å.
  init(
    count: Int, box: Int = 48, pixelSize: Double = 3, body: Phantom, other: Phantom? = nil,
    optics: OpticsGroup? = nil, sigma: Double = 0, spread: Double = 2, seed: UInt64 = 1,
    defocus: Range<Double> = 5_000..<9_000
  ) {
    self.box = box
    self.pixelSize = pixelSize
    self.body = body
    self.other = other
    self.sigma = sigma
    var group =
      optics
      ?? OpticsGroup(
        voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1, pixelSize: pixelSize,
        imageSize: box)
    (group.pixelSize, group.imageSize) = (pixelSize, box)
    self.optics = group
    var generator = SeededGenerator(seed: seed)
    poses = (0..<count).map { _ in
      Pose(rotation: .random(using: &generator), origin: spread * generator.normalVector2())
    }
    defoci = (0..<count).map { _ in
      let mean = generator.uniform(defocus.lowerBound, defocus.upperBound)
      return Defocus(u: mean + 200, v: mean - 200, angle: generator.uniform(0, 3))
    }
    for particle in 0..<count {
      let clean = PhantomProjector.image(of: signal(of: particle), boxSize: box)
      pixels += clean.map { $0 + Float(sigma * generator.normal()) }
    }
  }

  /// The noise-free transform of an image, of the body alone if asked for.
  func signal(of particle: Int, bodyOnly: Bool = false) -> [ComplexFloat] {
    let phantom = bodyOnly ? body : other.map { body + $0 } ?? body
    var transform = PhantomProjector(
      phantom, boxSize: box, pixelSize: pixelSize, magnification: optics.magnification
    ).transform(at: poses[particle])
    let ctf = ContrastTransferFunction(optics: optics, defocus: defoci[particle])
    let width = box / 2 + 1
    for index in transform.indices {
      let k = frequency(index % width, signedFrequency(index / width, size: box))
      var factor = ComplexFloat(Float(ctf.value(at: k)), 0).times(.unit(angle: ctf.phase(at: k)))
      if optics.isPremultiplied { factor *= Float(ctf.value(at: k)) }
      transform[index] = transform[index].times(factor)
    }
    return transform
  }

  /// A pixel of the transform in 1/Å.
  func frequency(_ x: Int, _ y: Int) -> Vector2 {
    Vector2(Double(x), Double(y)) / (Double(box) * pixelSize)
  }

  /// The same images after a change of their pixels.
  func changed(_ change: (inout [Float]) -> Void) -> PaintedImages {
    var copy = self
    change(&copy.pixels)
    return copy
  }

  var particles: ParticleSet {
    let count = poses.count
    return ParticleSet(
      stacks: ["images"], images: (0..<count).map { ImageLocation(stack: 0, slice: Int32($0)) },
      optics: [optics], opticsIndices: [Int32](repeating: 0, count: count), poses: poses,
      defoci: defoci, halfSets: (0..<count).map { $0 % 2 == 0 ? .a : .b },
      sources: (0..<count).map { UInt64($0) }, signs: [Float](repeating: 1, count: count))
  }

  /// A transformer with a window, or without one.
  func transformer(windowed: Bool = false) -> ImageTransformer {
    ImageTransformer(
      source: ArraySource(boxSize: box, pixels: pixels), particles: particles,
      switches: ContrastTransferFunction.Switches(), windowInner: windowed ? 0.85 : 2,
      windowOuter: windowed ? 0.99 : 3)
  }

  /// A model of an object in the images' box, for surveys and subtraction.
  func model(of phantom: Phantom, maximumShell: Int? = nil) -> BoxModel {
    let shell = maximumShell ?? box / 2 - 3
    return BoxModel(
      map: phantom.map(size: box, pixelSize: pixelSize), maximumShell: shell,
      points: SamplingPoints(window: box, maximumShell: shell))
  }

  func survey(
    windowed: Bool = false, outside: [BoxModel] = [],
    model: RefinementSettings.NoiseModel = .white, bad: BadImages = BadImages(limit: 0, total: 1)
  ) throws -> Survey {
    try Survey(
      transformer: transformer(windowed: windowed),
      map: self.model(of: other.map { body + $0 } ?? body, maximumShell: box / 4),
      outside: outside, threads: 2, sampleSize: 250, model: model, bad: bad)
  }

  /// The geometry for the body, with a window of so many pixels.
  func geometry(window: Int, centre: Vector3 = .zero, period: Int = 48) -> Geometry {
    Geometry(
      box: box, pixelSize: pixelSize, window: window, period: period, centre: centre,
      fulcrum: .zero, maskDiameter: 20)
  }

  /// Packs all images.
  func pack(
    _ geometry: Geometry, survey: Survey, outside: [BoxModel] = [], windowed: Bool = false,
    sign: Float = 1, threads: Int = 2, bad: BadImages = BadImages(limit: 0, total: 1)
  ) throws -> ImagePacker.Result {
    var transformer = transformer(windowed: windowed)
    transformer.factors = [sign, sign]
    let packer = ImagePacker(
      transformer: transformer, geometry: geometry,
      points: SamplingPoints(window: geometry.window, maximumShell: geometry.maximumShell),
      survey: survey.multiplied(by: [Double(sign), Double(sign)]), outside: outside,
      highpassShell: 0)
    return try packer.pack(threads: threads, bad: bad, control: RefinementControl()) { _ in }
  }
}

extension PackedImages {
  /// The data of an image at all points.
  func data(_ index: Int) -> [ComplexFloat] {
    let planes = planes(index)
    return points.indices.map { ComplexFloat(planes.real[$0], planes.imaginary[$0]) }
  }

  /// The weights of an image at all points.
  func weights(_ index: Int) -> [Float] {
    let planes = planes(index)
    return points.indices.map { planes.weight[$0] }
  }
}
