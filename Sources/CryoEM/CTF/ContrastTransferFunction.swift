import Glibc

/// The contrast transfer function of a particle's image.
///
/// With M the optics group's magnification, k the spatial frequency in 1/Å, q = M·k of direction θ:
///
///     Δz(θ) = ½(U + W) + ½(U − W)·cos 2(θ − angle)
///     γ(k)  = −π λ Δz q² + (π/2) Cs λ³ q⁴ − phaseShift − atan(Q/√(1 − Q²)) + Σ e_i Z_i(q)
///     CTF   = −scale · exp(−B q²/4) · sin γ
///
/// (Rohou & Grigorieff, J. Struct. Biol. 192, 216, 2015, for the part without Zernike terms; Zivanov,
/// Nakane & Scheres, IUCrJ 7, 253, 2020, for those and the magnification.) Odd aberrations are a
/// phase φ(k) = Σ o_i Z_i(q): an image's transform is the object's times CTF · exp(iφ). Where phases
/// were flipped, |sin γ| stands for −sin γ.
public struct ContrastTransferFunction: Sendable {
  /// Which parts of the optics are used.
  public struct Switches: Sendable, Equatable {
    /// Whether there is a CTF at all; if not, it is 1 with no phase.
    public var ctf = true
    /// Beam tilt and coma: odd terms with |m| = 1.
    public var tilt = true
    /// Trefoil: odd terms with |m| = 3 (and above).
    public var trefoil = true
    /// Round even terms, m = 0: defocus and spherical aberration beyond the nominal values.
    public var spherical = true
    /// Even terms with m ≠ 0: two- and fourfold.
    public var tetrafoil = true
    /// Anisotropic magnification.
    public var magnification = true

    /// Everything on.
    public init() {}
  }

  /// γ as a polynomial of kx and ky, in units of π.
  let halfTurns: PlanePolynomial
  /// φ, radians, as a polynomial of kx and ky.
  let oddPhase: PlanePolynomial
  /// −B·q²/4 as a polynomial of kx and ky; nil for no envelope.
  let envelope: PlanePolynomial?
  /// −scale, or nil where the CTF is off and its value 1.
  let negativeScale: Double?
  /// Whether the images were multiplied by the sign of −sin γ.
  let isPhaseFlipped: Bool

  /// The CTF of one particle.
  public init(optics: OpticsGroup, defocus: Defocus, switches: Switches = Switches()) {
    let distortion = switches.magnification ? optics.magnification : .identity
    let x = PlanePolynomial(linear: distortion[0], distortion[1])
    let y = PlanePolynomial(linear: distortion[2], distortion[3])
    isPhaseFlipped = optics.isPhaseFlipped && switches.ctf
    guard switches.ctf else {
      halfTurns = PlanePolynomial(degree: 0)
      oddPhase = PlanePolynomial(degree: 0)
      envelope = nil
      negativeScale = nil
      return
    }
    let even =
      Self.nominalPhase(optics, defocus) + Self.evenAberrations(optics, switches)
    halfTurns = (1 / Double.pi) * even.substituting(x: x, y: y)
    oddPhase = Self.oddAberrations(optics, switches).substituting(x: x, y: y)
    var squared = PlanePolynomial(degree: 2)
    squared[2, 0] = -defocus.bFactor / 4
    squared[0, 2] = -defocus.bFactor / 4
    envelope = defocus.bFactor == 0 ? nil : squared.substituting(x: x, y: y)
    negativeScale = -defocus.scale
  }

  /// The CTF at a spatial frequency of the image, 1/Å.
  public func value(at k: Vector2) -> Double {
    guard let negativeScale else { return 1 }
    let damping = envelope.map { exp($0.value(at: k)) } ?? 1
    let sine = sin(.pi * halfTurns.value(at: k))
    return negativeScale * damping * (isPhaseFlipped ? -abs(sine) : sine)
  }

  /// The odd aberrations' phase at a spatial frequency of the image (1/Å), radians: the model is
  /// multiplied by exp(i·phase), besides by the value.
  public func phase(at k: Vector2) -> Double { oddPhase.value(at: k) }

  /// Whether the phase is zero everywhere.
  public var hasNoPhase: Bool { oddPhase.coefficients.allSatisfy { $0 == 0 } }

  /// Defocus, spherical aberration, phase shift and amplitude contrast, of q.
  private static func nominalPhase(_ optics: OpticsGroup, _ defocus: Defocus) -> PlanePolynomial {
    let wavelength = optics.wavelength
    let mean = (defocus.u + defocus.v) / 2
    let half = (defocus.u - defocus.v) / 2
    let (c, s) = (cos(2 * defocus.angle), sin(2 * defocus.angle))
    // Δz q² = mean·(x² + y²) + half·((x² − y²)·cos 2a + 2xy·sin 2a)
    let factor = -Double.pi * wavelength
    var phase = PlanePolynomial(degree: 4)
    phase[2, 0] = factor * (mean + half * c)
    phase[1, 1] = factor * 2 * half * s
    phase[0, 2] = factor * (mean - half * c)
    let spherical =
      Double.pi / 2 * optics.sphericalAberration * 1e7 * wavelength * wavelength * wavelength
    phase[4, 0] = spherical
    phase[2, 2] = 2 * spherical
    phase[0, 4] = spherical
    let contrast = optics.amplitudeContrast
    phase[0, 0] = -defocus.phaseShift - atan2(contrast, (1 - contrast * contrast).squareRoot())
    return phase
  }

  /// Even Zernike terms, of q.
  private static func evenAberrations(
    _ optics: OpticsGroup, _ switches: Switches
  ) -> PlanePolynomial {
    let terms = Zernike.evenTerms(count: optics.evenZernike.count)
    return zip(terms, optics.evenZernike).reduce(PlanePolynomial(degree: 0)) { sum, pair in
      let (term, coefficient) = pair
      let isUsed = term.m == 0 ? switches.spherical : switches.tetrafoil
      guard isUsed, coefficient != 0 else { return sum }
      return sum + coefficient * Zernike.polynomial(m: term.m, n: term.n)
    }
  }

  /// Odd Zernike terms with the beam tilt among them, of q.
  private static func oddAberrations(
    _ optics: OpticsGroup, _ switches: Switches
  ) -> PlanePolynomial {
    let coefficients = optics.oddCoefficients
    let terms = Zernike.oddTerms(count: coefficients.count)
    return zip(terms, coefficients).reduce(PlanePolynomial(degree: 0)) { sum, pair in
      let (term, coefficient) = pair
      let isUsed = abs(term.m) == 1 ? switches.tilt : switches.trefoil
      guard isUsed, coefficient != 0 else { return sum }
      return sum + coefficient * Zernike.polynomial(m: term.m, n: term.n)
    }
  }
}

extension OpticsGroup {
  /// The electrons' wavelength, Å, with the relativistic correction.
  public var wavelength: Double {
    let volts = voltage * 1000
    return 12.2643247 / (volts * (1 + 0.978466e-6 * volts)).squareRoot()
  }

  /// The odd Zernike coefficients, radians, with the beam tilt's coma among them.
  ///
  /// A tilt t gives the phase −2π·Cs·λ²·k²·(t·k); as k²·kx = (Z(1,3) + 2·Z(1,1))/3, it goes to the
  /// terms of orders 3 and 1. Where there is a tilt it stands for the whole coma, as in RELION: the
  /// coefficients of Z(±1,3) are replaced, those of Z(±1,1) added to.
  public var oddCoefficients: [Double] {
    guard beamTilt != .zero else { return oddZernike }
    var coefficients = oddZernike
    while coefficients.count < 6 { coefficients.append(0) }
    // Cs in mm and the tilt in mrad: 1e7 Å/mm · 1e-3 rad/mrad.
    let strength = -2e4 * Double.pi * sphericalAberration * wavelength * wavelength / 3
    coefficients[4] = strength * beamTilt.x
    coefficients[3] = strength * beamTilt.y
    coefficients[1] += 2 * strength * beamTilt.x
    coefficients[0] += 2 * strength * beamTilt.y
    return coefficients
  }
}
