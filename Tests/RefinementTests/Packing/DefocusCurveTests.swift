import CryoEM
import Fourier
import Ground
import Testing

@testable import Refinement

/// The log likelihood as a function of a change of the defocus.
struct DefocusCurveTests {
  private let optics = OpticsGroup(
    voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1, pixelSize: 1.2, imageSize: 64)
  private let defocus = Defocus(u: 9_300, v: 8_800, angle: 0.4)

  private func ctf(_ change: Double, turn: Double = 0) -> ContrastTransferFunction {
    var changed = defocus
    changed.u += change
    changed.v += change
    changed.phaseShift += turn
    return ContrastTransferFunction(optics: optics, defocus: changed)
  }

  /// A curve of samples, and the same log likelihood with the CTF itself at each defocus.
  private func curve(
    trueChange: Double, noise: Double
  ) -> (curve: DefocusCurve, direct: (Double) -> Double) {
    var generator = SeededGenerator(seed: 8)
    let edge = 64 * 1.2
    var samples: [(k: Vector2, data: SIMD2<Double>, model: SIMD2<Double>)] = []
    var curve = DefocusCurve()
    curve.begin(perSquare: .pi * optics.wavelength / (edge * edge), maximumShell: 30)
    for x in 0...30 {
      for y in -30...30 where x * x + y * y <= 900 {
        let k = Vector2(Double(x), Double(y)) / edge
        let model = generator.normalVector2()
        let data = ctf(trueChange).value(at: k) * model + noise * generator.normalVector2()
        samples.append((k, data, model))
        curve.add(
          square: Float(x * x + y * y), product: Float((data * model).sum() / (noise * noise)),
          power: Float((model * model).sum() / (noise * noise)), ctf: Float(ctf(0).value(at: k)),
          quadrature: Float(ctf(0, turn: .pi / 2).value(at: k)))
      }
    }
    return (
      curve,
      { change in
        let now = ctf(change)
        return samples.reduce(0) {
          let value = now.value(at: $1.k)
          return $0 + value * ($1.data * $1.model).sum()
            - 0.5 * value * value * ($1.model * $1.model).sum()
        } / (noise * noise)
      }
    )
  }

  @Test func theCurveIsTheLikelihood() {
    let (curve, direct) = curve(trueChange: 250, noise: 1)
    let scale = abs(direct(250))
    for change in stride(from: -600.0, through: 600, by: 75) {
      #expect(abs(curve.value(at: change) - direct(change)) < 2e-3 * scale, "at \(change)")
    }
  }

  /// The maximum is where the defocus truly is, within what it is said to be uncertain by; a narrow prior
  /// holds it back by as much as that uncertainty says.
  @Test func theMaximumIsFound() {
    let (curve, _) = curve(trueChange: 250, noise: 6)
    let wide = curve.maximum(from: 0, deviation: 300)
    #expect(abs(wide.change - 250) < 3 * wide.deviation, "\(wide)")
    #expect(wide.deviation > 2 && wide.deviation < 60, "\(wide)")
    let narrow = curve.maximum(from: 0, deviation: 100)
    let own = 1 / (1 / (wide.deviation * wide.deviation) - 1 / (300.0 * 300))
    let free = wide.change * (1 + own / (300 * 300))
    let expected = free / (1 + own / (100 * 100))
    #expect(abs(narrow.change - expected) < 0.2 * wide.deviation, "\(narrow), \(expected)")
  }

  /// Nothing in the image: the prior is all that is known.
  @Test func emptyImagesLeaveThePrior() {
    var curve = DefocusCurve()
    curve.begin(perSquare: 1e-5, maximumShell: 20)
    let found = curve.maximum(from: 40, deviation: 200)
    #expect(abs(found.change) < 1 && abs(found.deviation - 200) < 2)
  }
}
