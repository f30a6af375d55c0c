import CryoEM
import Particles

/// At which defocus the body in each image was imaged, and what lies outside the mask.
///
/// What is at a height z above the plane to which a particle's defocus belongs, along the third axis of
/// the image, is imaged at a defocus that is less by z, or more where the hand of the data is the other
/// one (Russo & Henderson, Ultramicroscopy 187, 26, 2018). That plane is taken to go through the box
/// centre. Where the particles' own defocus is refined, all of a particle has its change.
struct BodyDefocus: Sendable, Equatable {
  /// What is added to both values of the defocus for the body, Å, by particle.
  var body: [Double]
  /// The same for what is around it.
  var rest: [Double]

  /// - Parameters:
  ///   - sign: +1 where the height is taken off the defocus, −1 for the other hand, 0 for neither.
  ///   - centres: of the body and the rest in the frame of the poses.
  ///   - start: the poses of the particles as wholes, which are those of the rest.
  ///   - now: the poses of the body.
  ///   - changes: of the particles' own defocus; empty for none.
  init(
    sign: Int, centres: BodyCentres, start: [Pose], now: [Pose], changes: [DefocusChange] = []
  ) {
    let sign = Double(sign)
    body = zip(start, now).map { -sign * centres.height(start: $0.rotation, now: $1.rotation) }
    rest = start.map { -sign * ($0.rotation.row2 * centres.rest).sum() }
    for (particle, found) in changes.enumerated() {
      body[particle] += found.change
      rest[particle] += found.change
    }
  }

  /// The same; nil where heights say nothing and nothing was found of the particles' own: body and rest are
  /// then at the defocus of the input.
  static func known(
    sign: Int, centres: BodyCentres, start: [Pose], now: [Pose], changes: [DefocusChange]
  ) -> BodyDefocus? {
    sign == 0 && changes.isEmpty
      ? nil : BodyDefocus(sign: sign, centres: centres, start: start, now: now, changes: changes)
  }
}

/// What is added to both values of a particle's defocus, Å, where that is refined, and how well it is known:
/// the standard deviation of its posterior.
struct DefocusChange: PlainData, Equatable {
  var change = 0.0, deviation = 0.0
}

/// Where body and rest are in the frame of the poses, Å from the box centre.
struct BodyCentres: Sendable, Equatable {
  /// The body's centre of mass, by its mask, and the fulcrum about which it moves.
  var body: Vector3
  var fulcrum: Vector3
  /// The centre of mass of the density outside the mask.
  var rest: Vector3

  /// How far the body is above the plane of the box centre, Å: its fulcrum is held by the particle, and
  /// what the body turns about it is seen in its own pose.
  func height(start: Rotation, now: Rotation) -> Double {
    (start.row2 * fulcrum).sum() + (now.row2 * (body - fulcrum)).sum()
  }

  /// The body's distance from the box centre, Å.
  var distance: Double { (body * body).sum().squareRoot() }
}

extension BodyCentres {
  init(_ input: RefinementInput) {
    let solid = input.map.lowPassed(to: max(20, 4 * input.map.pixelSize))
    let floor = 0.15 * solid.maximum
    let outside = solid.combined(with: input.mask) { max(0, $0 - floor) * (1 - min(1, max(0, $1))) }
    self.init(
      body: input.mask.centreOfMass ?? .zero, fulcrum: input.fulcrum,
      rest: outside.centreOfMass ?? .zero)
  }
}

extension ParticleSet {
  /// The longest wavelength of the electrons of all optics groups, Å.
  var longestWavelength: Double { optics.map(\.wavelength).max() ?? 0 }
}

extension ImagePacker {
  /// Puts a particle's CTF with a changed defocus, as the microscope had it, into the workspace.
  func evaluateCTF(change: Double, of particle: Int, _ workspace: Workspace) {
    // Where heights say nothing, body and rest are at the same.
    if let last = workspace.otherOf, last == (particle, change) { return }
    workspace.otherOf = (particle, change)
    evaluateCTF(change: change, of: particle, workspace, into: &workspace.other)
  }

  /// Puts it, turned on by an angle, into an array.
  ///
  /// - Parameter scale: what it is multiplied by; nil for what the loaded image was.
  func evaluateCTF(
    change: Double, turn: Double = 0, scale: Double? = nil, of particle: Int,
    _ workspace: Workspace, into values: inout [Float]
  ) {
    transformer.transferFunction(
      of: particle, change: change, turn: turn, scale: scale ?? workspace.image.scale,
      isAsImaged: true
    ).fill(
      values: &values, boxSize: geometry.box,
      pixelSize: transformer.optics(of: particle).pixelSize)
  }

  /// Gives the CTF of images whose phases were flipped, which is kept without them, its signs back.
  func unflip(_ particle: Int, _ workspace: Workspace) {
    guard transformer.optics(of: particle).isPhaseFlipped else { return }
    evaluateCTF(change: 0, of: particle, workspace)
    workspace.image.ctf.copy(from: workspace.other)
  }

  /// ε, relative to the noise of images as the microscope made them.
  static let productNoise: Float = 0.01

  /// What of an image's weight is got back from its product with its own CTF C: C² / (C² + ε).
  static func regained(own: Float) -> Float { own * own / (own * own + productNoise) }

  /// Puts the CTF at the body's defocus in the place of the particle's own.
  ///
  /// Images that were flipped or multiplied by their CTF were so by the particle's own, D = f(C)·Y. Signs
  /// are known for the model, too. Of a product Y is not got back where C is near zero, so noise of
  /// variance ε σ² is taken to have been added to D, whose own is C² σ²: z = C B D / (C² + ε) / σ² and
  /// w = C² B² / (C² + ε) / σ² with B the body's CTF.
  func takeDefocus(change: Double, of particle: Int, _ workspace: Workspace) {
    evaluateCTF(change: change, of: particle, workspace)
    let group = transformer.optics(of: particle)
    let values = workspace.image.ctf
    let count = geometry.box * (geometry.box / 2 + 1)
    if group.isPremultiplied {
      let spectrum = workspace.image.spectrum
      for pixel in 0..<count {
        let (own, body) = (values[pixel], workspace.other[pixel])
        spectrum[pixel] *= own * body / (own * own + Self.productNoise)
        values[pixel] = body * Self.regained(own: own).squareRoot()
      }
    } else {
      for pixel in 0..<count {
        let body = workspace.other[pixel]
        values[pixel] = group.isPhaseFlipped && values[pixel] < 0 ? -body : body
      }
    }
  }
}
