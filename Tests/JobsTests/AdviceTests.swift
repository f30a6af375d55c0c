import CryoEM
import EMFiles
import Glibc
import Ground
import TestSupport
import Testing

@testable import Jobs
@testable import Refinement

/// Advice that is computed from masks and maps: what it warns of, and that it is silent otherwise.
struct MaskAdviceTests {
  /// Warnings about a ball with a soft edge.
  private func warnings(
    radius: Double, edge: Double, size: Int = 64, pixelSize: Double = 3, resolution: Double = 9
  ) -> [String] {
    var findings = FindingList()
    let mask = Volume.sphere(
      size: size, pixelSize: pixelSize, radius: radius, outerRadius: radius + edge)
    MaskCheck(path: "m.mrc", mask: mask).advise(resolution: resolution, findings: &findings)
    return findings.warnings.map(\.what)
  }

  @Test func aGoodMaskIsNotAdvisedAgainst() {
    // 15 voxels of edge are five times 9 Å; a ball of 45 Å holds 300 kDa.
    #expect(warnings(radius: 45, edge: 46).isEmpty)
  }

  @Test func softnessIsFiveTimesTheResolution() {
    #expect(warnings(radius: 45, edge: 18).contains { $0.contains("soft edge is") })
    #expect(warnings(radius: 45, edge: 18, resolution: 3.4).isEmpty)
    #expect(warnings(radius: 45, edge: 0).contains { $0.contains("binary") })
  }

  @Test func smallMassesAreToldOf() {
    // 4/3 π 30³ Å³ · 0.81 Da/Å³ is 92 kDa at the level of a half.
    #expect(warnings(radius: 7, edge: 46).contains { $0.contains("encloses about 9") })
  }

  @Test func masksThatReachTheSphereAreToldOf() {
    #expect(warnings(radius: 60, edge: 46).contains { $0.contains("edge of the sphere") })
  }

  @Test func masksWithoutTheSymmetryAreToldOf() throws {
    var findings = FindingList()
    var mask = Volume(size: 48, pixelSize: 3)
    mask.forEachVoxel { index, position in
      let d = position - Vector3(20, 0, 0)
      mask.voxels[index] = Float(raisedCosine((d * d).sum().squareRoot(), from: 12, to: 30))
    }
    checkSymmetry(try PointGroup("D7"), mask: mask, hasMask: true, &findings)
    #expect(findings.warnings.first?.what.contains("D7") == true)
    let count = findings.warnings.count
    checkSymmetry(.c1, mask: mask, hasMask: true, &findings)
    let ball = Volume.sphere(size: 48, pixelSize: 3, radius: 25, outerRadius: 45)
    checkSymmetry(try PointGroup("D7"), mask: ball, hasMask: true, &findings)
    checkSymmetry(try PointGroup("I"), mask: ball, hasMask: true, &findings)
    #expect(count == 1 && findings.warnings.count == 1)
  }
}

/// What half-maps say about poses before any image is read.
struct ExpectedPosesTests {
  private func expected(_ set: TwoBodyRefinement) throws -> ExpectedPoses {
    var poses = set
    poses.particles.poses = set.simulation.smallPoses
    (poses.settings.rotationExtent, poses.settings.shiftExtent) = (0, 0)
    (poses.settings.windowInner, poses.settings.windowOuter) = (0.9, 0.99)
    let result = try poses.refined()
    return try #require(
      ExpectedPoses(
        halfMaps: (result.halfMapA, result.halfMapB), mask: set.input.mask,
        particles: set.particles.count,
        geometry: Geometry(
          box: set.input.map.size, mask: set.input.mask, fulcrum: set.input.fulcrum,
          shiftExtent: 10), isBlurred: false))
  }

  /// Half-maps of known poses let expect what the posteriors of a refinement then have, within a
  /// factor of 1.6 for rotations and of two for shifts, for images of different noise.
  @Test(arguments: [4.0, 0.7])
  func widthsAreThoseOfThePosteriors(signalToNoise: Double) throws {
    var set = TwoBodyRefinement(signalToNoise: signalToNoise)
    let expected = try expected(set)
    set.settings.priorEnabled = false
    (set.settings.rotationExtent, set.settings.shiftExtent) = (radians(40), 20)
    set.settings.subtractOutside = true
    // What is expected is of all the density in the mask.
    set.settings.excludesStanding = false
    let last = try #require(try set.refined().metrics.last)
    let rotation = degrees(expected.rotation) / last.posteriorRotation
    let shift = expected.shift / last.posteriorShift
    #expect(rotation > 0.63 && rotation < 1.6, "\(degrees(expected.rotation)): \(rotation)")
    #expect(shift > 0.5 && shift < 2, "\(expected.shift): \(shift)")
  }

  /// A ball says nothing of its rotation, a dumb-bell of the same rms radius much.
  @Test func roundBodiesSayLittleOfTheirRotation() throws {
    func rotation(_ blobs: [(Vector3, Double)]) throws -> Double {
      var map = Volume(size: 32, pixelSize: 4)
      map.forEachVoxel { index, position in
        map.voxels[index] = blobs.reduce(0) { sum, blob in
          let d = position - blob.0
          return sum + Float(exp(-(d * d).sum() / (2 * blob.1 * blob.1)))
        }
      }
      let mask = Volume.sphere(size: 32, pixelSize: 4, radius: 40, outerRadius: 60)
      var generator = SeededGenerator(seed: 8)
      let halves = (0..<2).map { _ in map.map { $0 + Float(0.02 * generator.normal()) } }
      let geometry = Geometry(box: 32, mask: mask, fulcrum: .zero, shiftExtent: 10)
      return try #require(
        ExpectedPoses(
          halfMaps: (halves[0], halves[1]), mask: mask, particles: 100, geometry: geometry,
          isBlurred: false)
      ).rotation
    }
    // Rms radius √3 · 14 = 24.2 of the ball, and √(20² + 3 · 8²) = 24.3 of each pair.
    let ball = try rotation([(.zero, 14)])
    let body = try rotation([
      (Vector3(20, 0, 0), 8), (Vector3(-20, 0, 0), 8), (Vector3(0, 20, 0), 8),
    ])
    #expect(ball > 4 * body, "\(ball), \(body)")
  }

  /// The median length of three normal deviates, and of two, against draws of them.
  @Test func mediansAreThoseOfDraws() throws {
    var poses = try expected(TwoBodyRefinement(count: 60, box: 24, pixelSize: 8))
    (poses.rotation, poses.shift) = (1, 1)
    var generator = SeededGenerator(seed: 3)
    func median(_ dimensions: Int) -> Double {
      let lengths = (0..<20_001).map { _ in
        (0..<dimensions).reduce(0.0) { sum, _ in
          let value = generator.normal()
          return sum + value * value
        }.squareRoot()
      }
      return lengths.sorted()[10_000]
    }
    #expect(abs(poses.medianAngle - median(3)) < 0.03)
    #expect(abs(poses.medianDistance - median(2)) < 0.03)
  }

  /// The number of poses that extents, or a prior within them, leave: volume over volume.
  @Test func hypothesesAreCounted() throws {
    var poses = try expected(TwoBodyRefinement(count: 60, box: 24, pixelSize: 8))
    (poses.rotation, poses.shift) = (radians(2), 1)
    var settings = RefinementSettings()
    (settings.rotationExtent, settings.shiftExtent) = (radians(20), 10)
    // Ball 4/3 π 10³ and disc π 10² in units of the posterior's √(2π)⁵.
    #expect(abs(poses.logHypotheses(settings) - 9.4963) < 0.01)
    settings.priorEnabled = true
    (settings.priorRotation, settings.priorShift) = (radians(4), 3)
    // A Gaussian: 2³ · 3².
    #expect(abs(poses.logHypotheses(settings) - 4.2767) < 0.01)
    (settings.rotationExtent, settings.shiftExtent) = (0, 0)
    #expect(poses.logHypotheses(settings) == 0)
  }

  @Test func extentsBeyondTheDataAreAdvisedAgainst() throws {
    var poses = try expected(TwoBodyRefinement(count: 60, box: 24, pixelSize: 8))
    func warnings(_ settings: RefinementSettings) -> [String] {
      var findings = FindingList()
      poses.advise(settings, &findings)
      #expect(findings.notes.count == 1)
      return findings.warnings.map(\.what)
    }
    var settings = RefinementSettings()
    (poses.rotation, poses.shift, poses.logLikelihood) = (radians(1), 0.5, 60)
    #expect(warnings(settings).isEmpty)
    poses.logLikelihood = 5
    #expect(warnings(settings).contains { $0.contains("wider than the data can support") })
    settings.priorEnabled = true
    (settings.priorRotation, settings.priorShift) = (radians(1.5), 1)
    #expect(warnings(settings).isEmpty)
    (poses.rotation, poses.shift, poses.logLikelihood) = (radians(5), 3, 60)
    settings.priorEnabled = false
    #expect(warnings(settings).contains { $0.contains("no prior") })
    settings.priorEnabled = true
    #expect(warnings(settings).isEmpty)
  }
}
