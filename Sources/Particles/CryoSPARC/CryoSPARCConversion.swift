import CryoEM
import Glibc

/// cryoSPARC's description of an exposure group's aberrations, and its conversion to RELION's.
///
/// cryoSPARC keeps coefficients in Å. With θ the direction of k from the x axis, the even ones are
///
///     χ = λ³ k⁴ · [2π (t₀ cos 2θ + t₁ sin 2θ) + (π/2)(t₂ cos 4θ + t₃ sin 4θ)]
///
/// on the side of γ where spherical aberration is positive, and the odd ones, as the phase of the
/// image's transform,
///
///     φ = −λ² · [2π k² (tilt · k) + (2π/3) k³ (f₀ cos 3θ + f₁ sin 3θ)].
///
/// Written with the angle from the y axis, as programs do whose first axis is the row, the factors
/// become −2π, +2π, +π/2, −π/2 and +2π/3. The tilt's sign is that of the field's converters, which
/// give rlnBeamTilt = asin(tilt/Cs); the trefoil's sign relative to it is that of the series above.
/// The tilt is a coefficient of the phase like the others and is kept as one: microscopes whose
/// spherical aberration is corrected have coma, and no angle of the beam explains it.
struct CryoSPARCAberrations: Hashable {
  /// Wavelength, Å, which the conversions need.
  var wavelength = 0.0197
  /// ctf/tilt_A, two; ctf/trefoil_A, two; ctf/tetra_A, four; ctf/anisomag, four; all as stored.
  var tilt: [Double] = [0, 0]
  var trefoil: [Double] = [0, 0]
  var tetra: [Double] = [0, 0, 0, 0]
  var anisomag: [Double] = [0, 0, 0, 0]

  /// Odd Zernike coefficients (−1,1)(1,1)(−3,3)(−1,3)(1,3)(3,3); empty without tilt and trefoil.
  ///
  /// k²·kx is (Z(1,3) + 2·Z(1,1))/3, because R₃¹ = 3r³ − 2r.
  var oddZernike: [Double] {
    if (tilt + trefoil).allSatisfy({ $0 == 0 }) { return [] }
    let factor = oddFactor
    return [
      2 * factor * tilt[1], 2 * factor * tilt[0], factor * trefoil[1], factor * tilt[1],
      factor * tilt[0], factor * trefoil[0],
    ]
  }

  private var oddFactor: Double { -2 * .pi / 3 * wavelength * wavelength }

  /// Even Zernike coefficients (0,0)(−2,2)(0,2)(2,2)(−4,4)(−2,4)(0,4)(2,4)(4,4); empty when all are
  /// zero.
  ///
  /// k⁴ cos 2θ is (Z(2,4) + 3 Z(2,2))/4, because R₄² = 4r⁴ − 3r².
  var evenZernike: [Double] {
    if tetra.allSatisfy({ $0 == 0 }) { return [] }
    let cubed = wavelength * wavelength * wavelength
    let (cosine2, sine2) = (2 * .pi * cubed * tetra[0], 2 * .pi * cubed * tetra[1])
    let (cosine4, sine4) = (.pi / 2 * cubed * tetra[2], .pi / 2 * cubed * tetra[3])
    return [0, 3 * sine2 / 4, 0, 3 * cosine2 / 4, sine4, sine2 / 4, 0, cosine2 / 4, cosine4]
  }

  /// How a stored magnification is to be read.
  enum MagnificationForm {
    /// M − I: zeros, or a diagonal near zero.
    case difference
    /// M itself: a diagonal near one.
    case whole
  }

  /// Which form the stored magnification has; nil when the diagonal is near neither.
  var magnificationForm: MagnificationForm? {
    let (a, d) = (anisomag[0], anisomag[3])
    if abs(a) < 0.5 && abs(d) < 0.5 { return .difference }
    return abs(a - 1) < 0.5 && abs(d - 1) < 0.5 ? .whole : nil
  }

  /// The magnification matrix, row by row.
  var magnification: [Double] {
    magnificationForm == .whole
      ? anisomag : [1 + anisomag[0], anisomag[1], anisomag[2], 1 + anisomag[3]]
  }
}

extension CryoSPARCAberrations {
  /// The stored form of an optics group's aberrations.
  init(_ optics: OpticsGroup) {
    wavelength = optics.wavelength
    let odd = padded(optics.oddCoefficients, to: 6)
    tilt = [odd[4] / oddFactor, odd[3] / oddFactor]
    trefoil = [odd[5] / oddFactor, odd[2] / oddFactor]
    let even = padded(optics.evenZernike, to: 9)
    let cubed = wavelength * wavelength * wavelength
    tetra = [
      4 * even[7] / (2 * .pi * cubed), 4 * even[5] / (2 * .pi * cubed),
      even[8] / (.pi / 2 * cubed), even[4] / (.pi / 2 * cubed),
    ]
    let m = optics.magnification
    anisomag = [m[0] - 1, m[1], m[2], m[3] - 1]
  }

  /// Whether the stored form leaves something of the group's aberrations out.
  static func isLossy(_ optics: OpticsGroup) -> Bool {
    let stored = CryoSPARCAberrations(optics)
    func differs(_ a: [Double], _ b: [Double]) -> Bool {
      let count = max(a.count, b.count)
      return zip(padded(a, to: count), padded(b, to: count)).contains { a, b in
        abs(a - b) > 1e-9 * max(abs(a), abs(b), 1)
      }
    }
    return differs(optics.oddCoefficients, stored.oddZernike)
      || differs(optics.evenZernike, stored.evenZernike)
  }
}

/// Values with zeros behind them.
func padded(_ values: [Double], to count: Int) -> [Double] {
  values + [Double](repeating: 0, count: max(0, count - values.count))
}
