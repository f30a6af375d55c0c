import Fourier
import Glibc
import Testing

@testable import CryoEM

private let titan = OpticsGroup(
  voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1, pixelSize: 1.2, imageSize: 64)

struct ContrastTransferFunctionTests {
  /// Wavelengths of the textbooks (Williams & Carter, table 1.2): 2.51, 1.97 pm.
  @Test func wavelengths() {
    var optics = titan
    #expect(abs(optics.wavelength - 0.019687) < 2e-6)
    optics.voltage = 200
    #expect(abs(optics.wavelength - 0.025079) < 2e-6)
  }

  @Test func atZeroFrequencyItIsTheAmplitudeContrast() {
    let ctf = ContrastTransferFunction(optics: titan, defocus: Defocus(u: 12000, v: 9000))
    #expect(abs(ctf.value(at: .zero) - 0.1) < 1e-12)
  }

  /// The defining formula, evaluated in polar coordinates as it is written.
  @Test func valueIsTheFormula() {
    let defocus = Defocus(
      u: 15000, v: 12000, angle: 0.7, phaseShift: 0.4, bFactor: 60, scale: 0.8)
    let ctf = ContrastTransferFunction(optics: titan, defocus: defocus)
    for (r, theta) in [(0.05, 0.3), (0.11, -2.0), (0.3, 1.4), (0.41, 3.0)] {
      let dz = 13500 + 1500 * cos(2 * (theta - 0.7))
      let lambda = titan.wavelength
      let gamma =
        -Double.pi * lambda * dz * r * r + Double.pi / 2 * 2.7e7 * pow(lambda, 3) * pow(r, 4)
        - 0.4 - atan(0.1 / (1 - 0.01).squareRoot())
      let expected = -0.8 * exp(-60 * r * r / 4) * sin(gamma)
      let value = ctf.value(at: Vector2(r * cos(theta), r * sin(theta)))
      #expect(abs(value - expected) < 1e-9)
    }
  }

  /// Explicit trigonometric forms of the first Zernike polynomials.
  @Test func zernikeTermsInTheirOrder() {
    let (r, p) = (0.7, 0.9)
    let odd = [
      r * sin(p), r * cos(p), pow(r, 3) * sin(3 * p), (3 * pow(r, 3) - 2 * r) * sin(p),
      (3 * pow(r, 3) - 2 * r) * cos(p), pow(r, 3) * cos(3 * p),
    ]
    let even = [
      1, r * r * sin(2 * p), 2 * r * r - 1, r * r * cos(2 * p), pow(r, 4) * sin(4 * p),
      (4 * pow(r, 4) - 3 * r * r) * sin(2 * p), 6 * pow(r, 4) - 6 * r * r + 1,
      (4 * pow(r, 4) - 3 * r * r) * cos(2 * p), pow(r, 4) * cos(4 * p),
    ]
    let point = Vector2(r * cos(p), r * sin(p))
    for (term, value) in zip(Zernike.oddTerms(count: 6), odd) {
      #expect(abs(Zernike.polynomial(m: term.m, n: term.n).value(at: point) - value) < 1e-12)
    }
    for (term, value) in zip(Zernike.evenTerms(count: 9), even) {
      #expect(abs(Zernike.polynomial(m: term.m, n: term.n).value(at: point) - value) < 1e-12)
    }
  }

  /// Coma of a tilted beam: −2π Cs λ² k² (t·k), all in Å and radians.
  @Test func beamTiltIsComa() {
    var optics = titan
    optics.beamTilt = Vector2(0.5, -1.2)
    let ctf = ContrastTransferFunction(optics: optics, defocus: Defocus(u: 1e4, v: 1e4))
    let k = Vector2(0.13, 0.21)
    let tilt = optics.beamTilt * 1e-3
    let expected =
      -2 * Double.pi * 2.7e7 * pow(optics.wavelength, 2) * (k * k).sum() * (tilt * k).sum()
    #expect(abs(ctf.phase(at: k) - expected) < 1e-9)
    #expect(abs(ctf.phase(at: -k) + expected) < 1e-9)
  }

  @Test func magnificationDistortsThePlane() {
    var optics = titan
    optics.oddZernike = [0, 0, 3, 1, -2, 4]
    let defocus = Defocus(u: 15000, v: 12000, angle: 0.7, bFactor: 40)
    let round = ContrastTransferFunction(optics: optics, defocus: defocus)
    optics.magnification = [1.02, 0.013, -0.007, 0.985]
    let distorted = ContrastTransferFunction(optics: optics, defocus: defocus)
    let k = Vector2(0.17, -0.2)
    let q = Vector2(1.02 * 0.17 - 0.013 * 0.2, -0.007 * 0.17 - 0.985 * 0.2)
    #expect(abs(distorted.value(at: k) - round.value(at: q)) < 1e-9)
    #expect(abs(distorted.phase(at: k) - round.phase(at: q)) < 1e-9)
    var switches = ContrastTransferFunction.Switches()
    switches.magnification = false
    let ignored = ContrastTransferFunction(optics: optics, defocus: defocus, switches: switches)
    #expect(ignored.value(at: k) == round.value(at: k))
  }

  @Test func switchesTakeTermsOut() {
    var optics = titan
    optics.beamTilt = Vector2(1, 1)
    optics.oddZernike = [0, 0, 5, 0, 0, 5]
    optics.evenZernike = [0, 1, 0, 0, 0, 0, 2]
    let defocus = Defocus(u: 15000, v: 12000)
    let k = Vector2(0.2, 0.1)
    func changed(_ change: (inout ContrastTransferFunction.Switches) -> Void) -> (Double, Double) {
      var switches = ContrastTransferFunction.Switches()
      change(&switches)
      let ctf = ContrastTransferFunction(optics: optics, defocus: defocus, switches: switches)
      return (ctf.value(at: k), ctf.phase(at: k))
    }
    let all = changed { _ in }
    let noTilt = changed { $0.tilt = false }
    let noTrefoil = changed { $0.trefoil = false }
    #expect(noTilt.0 == all.0 && noTrefoil.0 == all.0)
    #expect(abs(noTilt.1 + noTrefoil.1 - all.1) < 1e-12 && noTilt.1 != 0 && noTrefoil.1 != 0)
    #expect(changed { $0.spherical = false }.0 != all.0)
    #expect(changed { $0.tetrafoil = false }.0 != all.0)
    #expect(changed { $0.ctf = false } == (1, 0))
  }

  @Test(arguments: [0.0, 35.0]) func rowsAgreeWithValues(bFactor: Double) {
    var optics = titan
    optics.evenZernike = [0.1, 3, -2, 4, 10, 20, -30, 5, 8]
    optics.oddZernike = [1, 2, 30, 4, -5, 60]
    optics.beamTilt = Vector2(0.3, -0.2)
    optics.magnification = [1.01, 0.002, 0.004, 0.99]
    let defocus = Defocus(
      u: 31000, v: 28000, angle: 1.1, phaseShift: 0.3, bFactor: bFactor, scale: 1.3)
    let ctf = ContrastTransferFunction(optics: optics, defocus: defocus)
    let (box, pixel) = (48, 1.05)
    var values: [Float] = []
    var phases: [Float] = []
    ctf.fill(values: &values, boxSize: box, pixelSize: pixel)
    ctf.fillPhases(values: &phases, boxSize: box, pixelSize: pixel)
    var worst = 0.0
    for row in 0..<box {
      for column in 0...(box / 2) {
        let ky = row <= box / 2 ? row : row - box
        let k = Vector2(Double(column), Double(ky)) / (Double(box) * pixel)
        let index = row * (box / 2 + 1) + column
        worst = max(worst, abs(Double(values[index]) - ctf.value(at: k)))
        worst = max(worst, abs(Double(phases[index]) - ctf.phase(at: k)) / 10)
      }
    }
    #expect(worst < 3e-7)
  }

  /// A spectrum of exp(iφ), φ sample by sample from the formula, becomes 1.
  @Test func oddPhasesAreRemoved() {
    var optics = titan
    optics.beamTilt = Vector2(0.8, -0.5)
    optics.oddZernike = [0.3, -0.2, 40, -30, 5, 0, 200, 0, 0, -100, 0, 0]
    let ctf = ContrastTransferFunction(optics: optics, defocus: Defocus(u: 20000, v: 19000))
    let (box, pixel) = (48, 1.05)
    let width = box / 2 + 1
    let spectrum = FFTBuffer<ComplexFloat>(count: box * width)
    var largest = 0.0
    for index in 0..<box * width {
      let ky = index / width <= box / 2 ? index / width : index / width - box
      let phase = ctf.phase(
        at: Vector2(Double(index % width), Double(ky)) / (Double(box) * pixel))
      largest = max(largest, abs(phase))
      spectrum[index] = .unit(angle: phase)
    }
    ctf.removePhase(from: spectrum, boxSize: box, pixelSize: pixel)
    for index in 0..<box * width {
      #expect((spectrum[index] - ComplexFloat(1, 0)).squaredModulus < 1e-11)
    }
    #expect(largest > 3)
  }

  @Test func zernikeTermsOfHigherOrderInRows() {
    var optics = titan
    optics.evenZernike = [Double](repeating: 0, count: 15) + [40]
    let ctf = ContrastTransferFunction(optics: optics, defocus: Defocus(u: 20000, v: 19000))
    var values: [Float] = []
    ctf.fill(values: &values, boxSize: 32, pixelSize: 1.5)
    let k = Vector2(9, -7) / 48
    #expect(abs(Double(values[25 * 17 + 9]) - ctf.value(at: k)) < 3e-7)
  }
}
