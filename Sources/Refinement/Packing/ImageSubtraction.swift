import CryoEM
import Fourier
import Ground
import Particles

/// Takes density out of whole images, in the grey values and the box in which they came.
///
/// What goes is the model that a refinement subtracts from its transforms: the projection of the map times
/// what is not kept, at the particle's pose, times the CTF with the phases of its odd aberrations, in
/// the image's own grey values. The image itself is neither windowed nor normalised.
public struct ImageSubtraction: Sendable {
  private let packer: ImagePacker
  private var transformer: ImageTransformer { packer.transformer }
  /// Pixels along the images' edge.
  public let box: Int
  /// Pixel size, Å.
  public let pixelSize: Double
  /// The share of the model that is subtracted, per shell of the box.
  public var shares: [Double] { packer.survey.outsideShare }

  /// - Parameters:
  ///   - input: the particles, their images and the map or half-maps; the mask says what is kept.
  ///   - scale: of the map in the images; nil to fit it, shell by shell, as a refinement does.
  ///   - tell: gets warnings and lines for the log.
  /// - Throws: `Problem` where a half-set has no usable image, or too many images are bad.
  public init(
    _ input: RefinementInput, scale: Double?,
    control: RefinementControl = RefinementControl(),
    tell: @escaping @Sendable (RefinementEvent) -> Void = { _ in },
    progress: @escaping @Sendable (Double) -> Void = { _ in }
  ) throws {
    var input = input
    input.settings.subtractOutside = true
    if scale != nil {
      // The images count as they are.
      input.settings.normalize = false
      input.settings.dataSign = .as_is
      input.settings.estimateGreyscale = false
    }
    var preparation = Preparation(input, control: control, events: tell)
    // What is taken away here is taken for good.
    preparation.modelPadding = 2
    let surveyed = try preparation.surveyed { progress($0 == 2 ? $1 : 0) }
    var survey = surveyed.survey
    if let scale { survey.outsideShare = survey.outsideShare.map { _ in scale } }
    (box, pixelSize) = (input.images.boxSize, input.map.pixelSize)
    let geometry = Geometry(
      box: box, pixelSize: pixelSize, window: box, period: box, centre: .zero, fulcrum: .zero,
      maskDiameter: Double(box),
      stretch: input.particles.stretch(isUsed: input.settings.useAnisotropicMagnification))
    packer = ImagePacker(
      transformer: surveyed.transformer, geometry: geometry,
      points: SamplingPoints(window: box, maximumShell: 1), survey: survey,
      outside: surveyed.outside, highpassShell: 0)
  }

  /// Memory of one thread.
  public final class Workspace: Sendable {
    let packing: ImagePacker.Workspace
    let model: FFTBuffer<Float>
    /// The image as it came, and then without the density.
    public let pixels: FFTBuffer<Float>

    fileprivate init(_ packer: ImagePacker) {
      packing = ImagePacker.Workspace(packer: packer)
      let count = packer.geometry.box * packer.geometry.box
      (model, pixels) = (FFTBuffer(count: count), FFTBuffer(count: count))
    }
  }

  public func workspace() -> Workspace { Workspace(packer) }

  /// Leaves an image without the density in the workspace's pixels, x fastest.
  ///
  /// - Throws: `Problem` naming the image that cannot be used.
  public func subtract(_ particle: Int, _ workspace: Workspace) throws(Problem) {
    let count = box * box
    let buffer = UnsafeMutableBufferPointer(start: workspace.pixels.pointer, count: count)
    var pixels = buffer.mutableSpan
    try transformer.source.read(particle: particle, into: &pixels)
    let image = workspace.packing.image
    try transformer.load(particle, into: image)
    let spectrum = image.spectrum
    spectrum.pointer.update(repeating: .zero, count: box * (box / 2 + 1))
    // Less than nothing: what is to be added.
    packer.subtractOutside(particle, workspace.packing)
    transformer.addPhase(of: particle, to: spectrum)
    transformer.centre(spectrum)
    mirrorFirstColumn(of: spectrum, box: box)
    transformer.transform.inverse(spectrum, into: workspace.model)
    // The model is that of the image as it was loaded.
    let scale = 1 / (Float(count) * image.factor)
    for index in 0..<count { workspace.pixels[index] += scale * workspace.model[index] }
  }

  /// The mean of the loaded image's background: what beyond its edge is likely.
  public func background(_ workspace: Workspace) -> Float {
    workspace.packing.image.background.mean
  }

  /// Where a point of the reference (Å from the box centre) appears in a particle's image, Å from the
  /// image's centre.
  public func position(of point: Vector3, particle: Int) -> Vector2 {
    let pose = transformer.particles.poses[particle]
    return packer.magnification(of: particle)
      .position(of: pose.rotation.projected(point)) - pose.origin
  }
}
