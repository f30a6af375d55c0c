import CryoEM
import Glibc
import TestSupport
import Testing

/// FSC, correction, Guinier fit, filter and centre of mass beside RELION's.
struct RelionPostprocessTests {
  private let size = 24
  private let pixelSize = 3.0

  private func map(_ name: String) throws -> Volume {
    Volume(size: size, pixelSize: pixelSize, voxels: try fixtures.halves("relion_\(name).f16"))
  }

  private func table() throws -> [[Double]] {
    try fixtures.text("relion_postprocess.txt").split(separator: "\n").map { line in
      line.split(separator: " ").compactMap { Double($0) }
    }
  }

  /// RELION counts the pairs of the plane x = 0 twice, hence the tolerance.
  @Test func curvesAreRelions() throws {
    let (a, b, table) = (try map("half1"), try map("half2"), try table())
    let mask = Volume.sphere(size: size, pixelSize: pixelSize, radius: 18, outerRadius: 33)
    let measurement = FSCMeasurement(halfA: a, halfB: b, mask: mask, tight: mask, seed: 1)
    #expect(measurement.randomisedFromShell == 6)
    for shell in 1..<(size / 2) {
      #expect(abs(measurement.report.noMask[shell] - table[shell][1]) < 0.02)
      #expect(abs(measurement.report.tight[shell] - table[shell][2]) < 0.02)
    }
    let corrected = correctedCurve(
      masked: table.map { $0[2] }, randomised: table.map { $0[3] }, fromShell: 6)
    // Beyond shell 10 RELION writes a smoothed curve.
    for shell in 0...10 { #expect(abs(corrected[shell] - table[shell][4]) < 2e-6) }
  }

  @Test func guinierFitIsRelions() throws {
    let table = try table()
    let fit = try #require(
      GuinierFit(
        amplitudes: RadialCurve(table.map { exp($0[6]) }, edge: Double(size) * pixelSize),
        low: 20, high: 7))
    #expect(abs(fit.slope + 158.81213) < 0.01)
    #expect(abs(fit.bFactor + 635.2485) < 0.05)
    #expect(abs(fit.correlation * fit.correlation - 0.998114) < 1e-5)
  }

  @Test func amplitudesAreRelions() throws {
    let table = try table()
    let mean = 0.5 * (try map("half1") + map("half2"))
    let amplitudes = mean.spectrum.shellAmplitude
    for shell in 1..<(size / 2) {
      let expected = exp(table[shell][5]) * Double(size * size * size)
      #expect(abs(amplitudes[shell] / expected - 1) < 0.05)
    }
  }

  @Test func lowPassIsRelions() throws {
    let filtered = try map("half1").lowPassed(to: 14.4)
    let expected = try map("lowpass")
    #expect(largestDifference(filtered, expected) < 0.01 * expected.maximum)
    #expect(filtered.correlation(with: expected) > 0.9999)
  }

  @Test func centreOfMassIsRelions() throws {
    let centre = try #require(try map("half1").centreOfMass) / pixelSize
    let difference = centre - Vector3(-0.207383, 0.173329, -0.193209)
    #expect((difference * difference).sum().squareRoot() < 1e-3)
  }
}
