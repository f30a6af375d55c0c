import CryoEM
import Dispatch
import Fourier
import Glibc
import TestSupport
import Testing

struct FSCTests {
  /// The definition, over the full sphere of frequencies, with a direct Fourier sum.
  @Test func curveEqualsTheDirectSum() {
    let size = 8
    let a = noiseMap(size: size, seed: 1)
    let b = a + noiseMap(size: size, seed: 2)
    let curve = fourierShellCorrelation(a, b)
    var sums = [SIMD3<Double>](repeating: .zero, count: size / 2)
    for kz in -3...3 {
      for ky in -3...3 {
        for kx in -3...3 {
          let shell = Int(Double(kx * kx + ky * ky + kz * kz).squareRoot().rounded())
          guard shell < size / 2 else { continue }
          let (x, y) = (component(a, kx, ky, kz), component(b, kx, ky, kz))
          sums[shell] += SIMD3((x * y).sum(), (x * x).sum(), (y * y).sum())
        }
      }
    }
    #expect(curve.count == size / 2 && curve[0] == 1)
    for shell in 1..<(size / 2) {
      let expected = sums[shell].x / (sums[shell].y * sums[shell].z).squareRoot()
      #expect(abs(curve[shell] - expected) < 1e-5)
    }
  }

  private func component(_ map: Volume, _ kx: Int, _ ky: Int, _ kz: Int) -> SIMD2<Double> {
    var sum = SIMD2<Double>.zero
    for z in 0..<map.size {
      for y in 0..<map.size {
        for x in 0..<map.size {
          let angle = 2 * Double.pi * Double(kx * x + ky * y + kz * z) / Double(map.size)
          sum += Double(map[x, y, z]) * SIMD2(cos(angle), -sin(angle))
        }
      }
    }
    return sum
  }

  @Test func signalAndNoiseOfEqualPowerCorrelateHalf() {
    let signal = noiseMap(size: 32, seed: 3)
    let curve = fourierShellCorrelation(
      signal + noiseMap(size: 32, seed: 4), signal + noiseMap(size: 32, seed: 5))
    for shell in 8..<16 { #expect(abs(curve[shell] - 0.5) < 0.12) }
    #expect(fourierShellCorrelation(signal, signal).allSatisfy { abs($0 - 1) < 1e-6 })
  }

  @Test func randomPhasesKeepAmplitudesAndTheMapReal() {
    let map = noiseMap(size: 16, seed: 6)
    let spectrum = map.spectrum
    let random = spectrum.phasesRandomised(fromShell: 4, seed: 9)
    // The spectrum of the real map that it makes is itself, so it was Hermitian.
    let again = Volume(spectrum: random, pixelSize: 1).spectrum
    spectrum.forEachShellSample { index, shell, _ in
      let (old, new) = (spectrum.values[index], again.values[index])
      let (oldAmplitude, newAmplitude) = (old.squaredModulus, new.squaredModulus)
      #expect(abs(oldAmplitude.squareRoot() - newAmplitude.squareRoot()) < 1e-3)
      if shell < 4 { #expect((old - new).squaredModulus < 1e-6) }
    }
    let curve = fourierShellCorrelation(spectrum, again)
    #expect(curve[3] > 0.9999 && curve[5...].allSatisfy { abs($0) < 0.2 })
    let same = spectrum.phasesRandomised(fromShell: 4, seed: 9)
    #expect(same.values == random.values)
    #expect(spectrum.phasesRandomised(fromShell: 4, seed: 10).values != random.values)
  }

  @Test func correctionTakesOutWhatTheMaskMakes() {
    let corrected = correctedCurve(
      masked: [1, 0.9, 0.8, 0.7, 0.55, 0.2], randomised: [1, 0.9, 0.8, 0.2, 0.1, 0.3],
      fromShell: 2)
    #expect(corrected[3] == 0.7 && abs(corrected[4] - 0.5) < 1e-12 && corrected[5] == 0)
  }

  /// Pure noise inside a mask: the mask makes the masked curve rise, the correction undoes it.
  @Test func aSharpMaskIsCorrectedFor() {
    let size = 32
    let signal = noiseMap(size: size, pixelSize: 3, seed: 7).lowPassed(to: 18)
    let half = { (seed: UInt64) in
      signal + 0.05 * noiseMap(size: size, pixelSize: 3, seed: seed)
    }
    let mask = Volume.sphere(size: size, pixelSize: 3, radius: 12, outerRadius: 15)
    let measurement = FSCMeasurement(
      halfA: half(8), halfB: half(9), mask: mask, tight: mask, seed: 1)
    let report = measurement.report
    func beyond(_ curve: [Double]) -> Double {
      RadialCurve(curve, edge: signal.edge).mean(over: 9..<15)
    }
    let (masked, corrected) = (beyond(report.tight), beyond(report.corrected))
    let none = beyond(report.noMask)
    #expect(abs(none) < 0.05)
    #expect(abs(corrected) < 0.6 * abs(masked) + 0.05)
    #expect(report.resolution143 < 22 && report.resolution143 > 9)
    #expect(report.resolution50 >= report.resolution143)
    #expect(report.noMask.count == 16 && report.loose.count == 16 && report.spherical.count == 16)
  }

  @Test func threadsChangeNothing() {
    let (a, b) = (noiseMap(size: 16, seed: 21), noiseMap(size: 16, seed: 22))
    let half = { (noise: Volume) in (a + 0.5 * noise).lowPassed(to: 4) + 0.2 * noise }
    let mask = Volume.sphere(size: 16, pixelSize: 1, radius: 4, outerRadius: 7)
    let plain = FSCMeasurement(halfA: half(a), halfB: half(b), mask: mask, tight: mask, seed: 1)
    let threaded = FSCMeasurement(
      halfA: half(a), halfB: half(b), mask: mask, tight: mask, seed: 1,
      scheduler: { count, body in
        DispatchQueue.concurrentPerform(iterations: count) { body(count - 1 - $0) }
      })
    #expect(plain.report == threaded.report && plain.randomised == threaded.randomised)
    #expect(plain.randomisedFromShell < 8 && plain.randomised != plain.report.tight)
  }
}

struct SharpeningTests {
  @Test func guinierFindsTheFallOff() throws {
    let (size, pixel) = (48, 1.5)
    let map = noiseMap(size: size, pixelSize: pixel, seed: 13)
      .filtered(byFrequency: { exp(-90 * $0 * $0 / 4) })
    let fit = try #require(
      GuinierFit(
        amplitudes: RadialCurve(map.spectrum.shellAmplitude, edge: map.edge), low: 10, high: 3.2))
    #expect(abs(fit.bFactor + 90) < 4)
    #expect(fit.correlation < -0.99)
  }

  @Test func sharpeningFlattens() {
    let (size, pixel) = (48, 1.5)
    let flat = noiseMap(size: size, pixelSize: pixel, seed: 14)
    let map = flat.filtered(byFrequency: { exp(-90 * $0 * $0 / 4) })
    let ones = RadialCurve([Double](repeating: 1, count: size / 2), edge: map.edge)
    let sharpened = SharpenedMap(map: map, curve: ones, resolution: 3.2)
    #expect(abs(sharpened.bFactor + 90) < 4)
    let expected = flat.lowPassed(to: 3.2)
    #expect(sharpened.map.correlation(with: expected) > 0.999)
    let asked = SharpenedMap(map: map, curve: ones, resolution: 3.2, bFactor: -90)
    #expect(asked.bFactor == -90 && largestDifference(asked.map, expected) < 0.02)
  }

  @Test func shellsAreWeightedByTheirCorrelation() {
    let map = noiseMap(size: 32, pixelSize: 2, seed: 15)
    let curve = RadialCurve([Double](repeating: 0.5, count: 16), edge: map.edge)
    let sharpened = SharpenedMap(map: map, curve: curve, resolution: 5, bFactor: 0)
    let expected = Float((2.0 / 3).squareRoot()) * map.lowPassed(to: 5)
    #expect(largestDifference(sharpened.map, expected) < 1e-4)
  }
}
