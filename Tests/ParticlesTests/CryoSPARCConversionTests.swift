import Glibc
import Testing

@testable import CryoEM
@testable import Particles

@Suite struct CryoSPARCConversionTests {
  private let stored: CryoSPARCAberrations = {
    var stored = CryoSPARCAberrations()
    stored.wavelength = 0.0196875
    stored.tilt = [3000, -1200]
    stored.trefoil = [500, -300]
    stored.tetra = [1e4, -2e4, 3e4, -4e4]
    return stored
  }()

  /// An optics group with the converted aberrations and no other.
  private var optics: OpticsGroup {
    OpticsGroup(
      voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1, pixelSize: 1, imageSize: 8,
      oddZernike: stored.oddZernike, evenZernike: stored.evenZernike)
  }

  /// The phases in the form that programs have whose angle is from the y axis: prefactors
  /// −2π, +2π, +π/2, −π/2 (k⁴: cos 2, sin 2, cos 4, sin 4), 2π/3 (k³: sin 3, cos 3), −2π for the tilt.
  @Test func phasesAgreeWithTheFormOfTheOtherAxis() {
    let wavelength = optics.wavelength
    var converted = optics
    var same = stored
    same.wavelength = wavelength
    converted.oddZernike = same.oddZernike
    converted.evenZernike = same.evenZernike
    var plain = converted
    plain.evenZernike = []
    let defocus = Defocus(u: 0, v: 0)
    let with = ContrastTransferFunction(optics: converted, defocus: defocus)
    let without = ContrastTransferFunction(optics: plain, defocus: defocus)
    for (kx, ky) in [(0.1, 0.0), (0.0, 0.15), (0.12, 0.07), (0.05, -0.2), (0.2, 0.2)] {
      let k = (kx * kx + ky * ky).squareRoot()
      let angle = atan2(kx, ky)
      let (l2, l3) = (wavelength * wavelength, wavelength * wavelength * wavelength)
      let t = stored.tetra
      let even =
        l3 * pow(k, 4)
        * (-2 * .pi * t[0] * cos(2 * angle) + 2 * .pi * t[1] * sin(2 * angle)
          + .pi / 2 * t[2] * cos(4 * angle) - .pi / 2 * t[3] * sin(4 * angle))
      let gamma = asinFree(with, without, at: Vector2(kx, ky))
      #expect(abs(gamma - even) < 1e-9 * max(1, abs(even)), "\(kx) \(ky)")
      let odd =
        2 * .pi / 3 * l2 * pow(k, 3)
        * (stored.trefoil[0] * sin(3 * angle) + stored.trefoil[1] * cos(3 * angle))
        - 2 * .pi * l2 * k * k * (stored.tilt[0] * kx + stored.tilt[1] * ky)
      let phase = with.phase(at: Vector2(kx, ky))
      #expect(abs(phase - odd) < 1e-9 * max(1, abs(odd)), "\(kx) \(ky): \(phase) \(odd)")
    }
  }

  /// The difference of two γ, from their polynomials.
  private func asinFree(
    _ a: ContrastTransferFunction, _ b: ContrastTransferFunction, at k: Vector2
  ) -> Double {
    .pi * (a.halfTurns.value(at: k) - b.halfTurns.value(at: k))
  }

  @Test func theWayBackGivesTheStoredValues() {
    var same = stored
    same.wavelength = optics.wavelength
    var group = optics
    group.oddZernike = same.oddZernike
    group.evenZernike = same.evenZernike
    group.magnification = [1.01, 0.002, -0.003, 0.98]
    let back = CryoSPARCAberrations(group)
    for (a, b) in [(back.tilt, same.tilt), (back.trefoil, same.trefoil), (back.tetra, same.tetra)] {
      for (x, y) in zip(a, b) { #expect(abs(x - y) < 1e-9 * abs(y)) }
    }
    for (x, y) in zip(back.magnification, group.magnification.elements) {
      #expect(abs(x - y) < 1e-12)
    }
    #expect(!CryoSPARCAberrations.isLossy(group))
    group.oddZernike[3] += 1
    #expect(CryoSPARCAberrations.isLossy(group), "a Z(−1,3) without its Z(−1,1) is no coma")
  }

  /// Coma is the same phase whatever the spherical aberration: corrected microscopes have it, too.
  @Test(arguments: [2.7, 0.01, 1e-3, 0, -1.2])
  func comaDoesNotDependOnSphericalAberration(cs: Double) {
    var aberrations = CryoSPARCAberrations()
    aberrations.tilt = [1e5, -6e4]
    var group = OpticsGroup(
      voltage: 300, sphericalAberration: cs, amplitudeContrast: 0.1, pixelSize: 1, imageSize: 8)
    aberrations.wavelength = group.wavelength
    group.oddZernike = aberrations.oddZernike
    let ctf = ContrastTransferFunction(optics: group, defocus: Defocus(u: 1e4, v: 1e4))
    let k = Vector2(0.11, -0.07)
    let k2 = (k * k).sum()
    let expected =
      -2 * Double.pi * group.wavelength * group.wavelength * k2 * (1e5 * k.x - 6e4 * k.y)
    #expect(abs(ctf.phase(at: k) - expected) < 1e-9 * abs(expected))
    let back = CryoSPARCAberrations(group)
    #expect(abs(back.tilt[0] - 1e5) < 1e-4 && abs(back.tilt[1] + 6e4) < 1e-4)
  }

  /// A beam tilt of RELION's is the tilt/Cs of the field's converters.
  @Test func beamTiltBecomesItsCoefficient() {
    let group = OpticsGroup(
      voltage: 200, sphericalAberration: 1.4, amplitudeContrast: 0.1, pixelSize: 1, imageSize: 8,
      beamTilt: Vector2(0.3, -0.2))
    let stored = CryoSPARCAberrations(group)
    #expect(abs(stored.tilt[0] - 1.4e7 * 0.3e-3) < 1e-6)
    #expect(abs(stored.tilt[1] + 1.4e7 * 0.2e-3) < 1e-6)
    #expect(!CryoSPARCAberrations.isLossy(group))
  }

  @Test func bothFormsOfTheMagnificationAreTold() {
    var aberrations = CryoSPARCAberrations()
    #expect(aberrations.magnification == [1, 0, 0, 1])
    aberrations.anisomag = [0.01, 0.002, 0.003, -0.02]
    #expect(aberrations.magnification == [1.01, 0.002, 0.003, 0.98])
    aberrations.anisomag = [1.01, 0.002, 0.003, 0.98]
    #expect(aberrations.magnification == [1.01, 0.002, 0.003, 0.98])
    aberrations.anisomag = [1, 0, 0, 0]
    #expect(aberrations.magnificationForm == nil)
  }
}
