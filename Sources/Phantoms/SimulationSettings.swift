import CryoEM

/// What a simulated data set is like.
public struct SimulationSettings: Sendable, Equatable {
  /// Number of particles.
  public var count = 500
  /// Pixels along an edge of the images, even, and their size, Å.
  public var boxSize = 64
  public var pixelSize = 4.0
  /// Seed of everything random.
  public var seed: UInt64 = 1
  /// Standard deviation of the blobs of the phantom, Å; 0 for 0.8 pixels.
  public var blobWidth = 0.0
  /// The optics groups, to which particles are dealt in turn; their pixel size and image size are
  /// those above. Empty for one group of 300 kV, 2.7 mm, 0.1.
  public var optics: [OpticsGroup] = []
  /// Whether images have a CTF at all.
  public var hasCTF = true
  /// Range of the mean defocus, Å, and largest difference between its two values.
  public var defocusRange = 8_000.0...25_000.0
  public var astigmatism = 500.0
  /// Standard deviation of what particles' stated defocus is wrong by, Å.
  public var defocusError = 0.0
  /// Envelope of the CTF, Å².
  public var bFactor = 0.0
  /// Standard deviation of each component of the particles' origins, Å.
  public var originSpread = 3.0
  /// Whether a second small body hangs at the large one's side, with a motion of its own.
  public var isThreefold = false
  /// Motion of each small body about its hinge: root mean square angle (radians) and shift (Å).
  public var motionAngle = radians(5)
  public var motionShift = 2.0
  /// Distance of the first small body's centre from the box centre, Å; 0 for a fifth of the box's edge.
  public var bodyDistance = 0.0
  /// Whether each body is imaged at the defocus of its own height, and of which hand the data are: its
  /// defocus is less by this times the height of its centre of mass above the box centre's plane. 0 for
  /// one defocus for all.
  public var bodyDefocus = 0
  /// The curvature of the Ewald sphere: each point imaged at its own height, and of which hand the data
  /// are, +1 or −1; then `bodyDefocus` says nothing. 0 for planes.
  public var ewald = 0
  /// Mass of the belt about the first small body that differs from particle to particle, relative to the
  /// body's; 0 for none.
  public var beltMass = 0.0
  /// Error of the starting poses against the large body's: root mean square angle (radians) about
  /// the box centre, and shift (Å).
  public var errorAngle = radians(0.7)
  public var errorShift = 1.0
  /// Variance of the signal over that of the noise, inside the disc of 0.8 of the box; nil for no
  /// noise.
  public var signalToNoise: Double? = 0.05
  /// How much more power the noise has at low frequencies: its variance is proportional to
  /// 1 + excess · exp(−f/0.06), f in cycles per pixel. 0 is white noise.
  public var lowFrequencyExcess = 0.0
  /// Whether images are divided by the standard deviation of their noise, as particle stacks usually
  /// are.
  public var isNormalised = false

  public init() {}
}
