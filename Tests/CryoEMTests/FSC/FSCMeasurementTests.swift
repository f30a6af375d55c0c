import CryoEM
import TestSupport
import Testing

/// The planewise measurement beside whole transforms of masked maps.
struct FSCMeasurementTests {
  @Test(arguments: [16, 20, 30])
  func curvesEqualThoseOfWholeTransforms(size: Int) throws {
    let pixelSize = 6.0
    let (common, extent) = (
      noiseMap(size: size, pixelSize: pixelSize, seed: 31), Double(size) * pixelSize
    )
    let half = { (seed: UInt64) in
      common.lowPassed(to: 4 * extent / Double(size))
        + 0.15 * noiseMap(size: size, pixelSize: pixelSize, seed: seed)
    }
    let (a, b) = (half(32), half(33))
    let body = Volume.sphere(
      size: size, pixelSize: pixelSize, radius: 0.1 * extent, outerRadius: 0.2 * extent,
      centre: Vector3(0.05, -0.1, 0.1) * extent)
    let edge = Double(size / 2) * pixelSize
    let sphere = Volume.sphere(
      size: size, pixelSize: pixelSize, radius: 0.85 * edge, outerRadius: 0.99 * edge)
    let tight = body.dilated(near: 6, far: 12)
    let masks = FSCMasks(size: size, pixelSize: pixelSize, mask: body)
    let measurement = FSCMeasurement(halfA: a, halfB: b, masks: masks, seed: 3)
    let report = measurement.report
    #expect(isClose(report.noMask, fourierShellCorrelation(a, b)))
    #expect(isClose(report.spherical, fourierShellCorrelation(a, b, mask: sphere)))
    #expect(isClose(report.loose, fourierShellCorrelation(a, b, mask: body.looseMask)))
    #expect(isClose(report.tight, fourierShellCorrelation(a, b, mask: tight)))
    let first = try #require(report.noMask.indices.dropFirst().first { report.noMask[$0] < 0.8 })
    #expect(measurement.randomisedFromShell == first)
    let random = [(a, UInt64(3)), (b, ~3)].map { map, seed in
      Volume(
        spectrum: map.spectrum.phasesRandomised(fromShell: first, seed: seed),
        pixelSize: pixelSize)
    }
    #expect(
      isClose(
        measurement.randomised,
        fourierShellCorrelation(random[0], random[1], mask: tight)))
    let alone = FSCMeasurement(halfA: a, halfB: b, mask: body, seed: 3)
    #expect(alone.report == report && alone.randomised == measurement.randomised)
  }

  private func isClose(_ one: [Double], _ other: RadialCurve) -> Bool {
    one.count == other.count && zip(one, other).allSatisfy { abs($0 - $1) < 1e-5 }
  }

  @Test func withoutAMaskAllCurvesAreSpherical() {
    let (a, b) = (noiseMap(size: 16, seed: 41), noiseMap(size: 16, seed: 42))
    let report = FSCMeasurement(halfA: a, halfB: b + a, mask: nil, seed: 1).report
    #expect(report.tight == report.spherical && report.loose == report.spherical)
    #expect(report.spherical != report.noMask)
  }
}
