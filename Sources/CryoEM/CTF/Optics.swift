/// What all particles of an optics group share: the microscope and the sampling of their images.
public struct OpticsGroup: Sendable, Equatable {
  /// The group's name in its file, for messages.
  public var name: String
  /// Acceleration voltage, kV.
  public var voltage: Double
  /// Spherical aberration, mm.
  public var sphericalAberration: Double
  /// Amplitude contrast, 0…1.
  public var amplitudeContrast: Double
  /// Pixel size of the images, Å.
  public var pixelSize: Double
  /// Box of the images, pixels.
  public var imageSize: Int
  /// Beam tilt, mrad.
  public var beamTilt: Vector2
  /// Odd (antisymmetric) Zernike coefficients in the order of the engine's conventions, radians;
  /// without the beam tilt, which is kept apart.
  public var oddZernike: [Double]
  /// Even (symmetric) Zernike coefficients, radians; without the spherical aberration itself.
  public var evenZernike: [Double]
  /// Anisotropic magnification: slice and CTF coordinates are M·k.
  public var magnification: Magnification
  /// Whether the images have been multiplied by their CTF.
  public var isPremultiplied: Bool
  /// Whether the images' phases have been flipped: multiplied by the sign of their CTF.
  public var isPhaseFlipped: Bool

  public init(
    name: String = "", voltage: Double, sphericalAberration: Double, amplitudeContrast: Double,
    pixelSize: Double, imageSize: Int, beamTilt: Vector2 = .zero, oddZernike: [Double] = [],
    evenZernike: [Double] = [], magnification: Magnification = .identity,
    isPremultiplied: Bool = false, isPhaseFlipped: Bool = false
  ) {
    self.name = name
    self.voltage = voltage
    self.sphericalAberration = sphericalAberration
    self.amplitudeContrast = amplitudeContrast
    self.pixelSize = pixelSize
    self.imageSize = imageSize
    self.beamTilt = beamTilt
    self.oddZernike = oddZernike
    self.evenZernike = evenZernike
    self.magnification = magnification
    self.isPremultiplied = isPremultiplied
    self.isPhaseFlipped = isPhaseFlipped
  }
}

/// What a single particle's CTF adds to its optics group.
public struct Defocus: Sendable, Equatable {
  /// Defocus along and across `angle`, Å, underfocus positive.
  public var u: Double, v: Double
  /// Direction of `u` from the x axis, radians.
  public var angle: Double
  /// Phase shift of a phase plate, radians.
  public var phaseShift: Double
  /// B factor of the envelope exp(−B k²/4), Å².
  public var bFactor: Double
  /// Scale of the CTF.
  public var scale: Double

  public init(
    u: Double, v: Double, angle: Double = 0, phaseShift: Double = 0, bFactor: Double = 0,
    scale: Double = 1
  ) {
    self.u = u
    self.v = v
    self.angle = angle
    self.phaseShift = phaseShift
    self.bFactor = bFactor
    self.scale = scale
  }
}
