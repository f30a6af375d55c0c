import CryoEM
import EMFiles
import Phantoms
import TestSupport
import Testing

@testable import Jobs
@testable import Refinement

/// Maps and masks of other boxes and pixel sizes, or parts of them, in the particles' box.
struct MapFittingTests {
  private let folder: TemporaryFolder
  /// Blobs well inside the box of 32 pixels of 3 Å, off its centre.
  private let phantom = Phantom.random(blobs: 12, radius: 14, width: 5, seed: 4)
    .moved(rotation: .identity, about: .zero)

  init() throws { folder = try TemporaryFolder() }

  private func write(
    _ map: Volume, _ name: String, from corner: SIMD3<Int> = .zero, size: SIMD3<Int>? = nil,
    origin: SIMD3<Float> = .zero
  ) throws -> String {
    let part = size ?? SIMD3(repeating: map.size)
    var voxels: [Float] = []
    for z in 0..<part.z {
      for y in 0..<part.y {
        for x in 0..<part.x { voxels.append(map[corner.x + x, corner.y + y, corner.z + z]) }
      }
    }
    let path = folder(name)
    try MRCVolume.write(voxels, size: part, voxelSize: map.pixelSize, origin: origin, to: path)
    return path
  }

  private func checked(
    map: String, mask: String?, size: Int = 32, pixelSize: Double = 3, fulcrum: Vector3? = nil
  ) -> (maps: CheckedMaps?, fulcrum: Vector3?, findings: FindingList) {
    var job = Job()
    job["input.map"] = .text(map)
    if let mask { job["input.mask"] = .text(mask) } else { job["mask.type"] = .text("none") }
    if let fulcrum { job["fulcrum.coordinates"] = .coordinates(fulcrum) }
    let inputs = job.resolved(on: .current).inputs
    var findings = FindingList()
    let maps = CheckedMaps(
      inputs: inputs, box: Sampling(size: size, pixelSize: pixelSize), findings: &findings)
    guard let maps else { return (nil, nil, findings) }
    let data = DataFacts(box: size, pixelSize: pixelSize, maps: maps.frame.grid)
    for finding in job.dataFindings(data) { findings.add(finding) }
    let fulcrum = findings.catching([]) { try maps.fulcrum(inputs) }
    if let fulcrum { findings.note(maps.place(of: fulcrum)) }
    return (maps, fulcrum, findings)
  }

  private var truth: Volume { phantom.map(size: 32, pixelSize: 3) }

  private func difference(_ a: Volume, _ b: Volume) -> Double {
    let sums = zip(a.voxels, b.voxels).reduce(into: (0.0, 0.0)) {
      $0.0 += Double(($1.0 - $1.1) * ($1.0 - $1.1))
      $0.1 += Double($1.1 * $1.1)
    }
    return (sums.0 / sums.1).squareRoot()
  }

  /// The same density on another grid becomes that of the particles' grid.
  @Test(arguments: [(48, 2.0), (24, 4.0), (40, 2.6), (32, 3.3), (44, 3.0)])
  func densitiesStayWhereTheyAre(box: Int, pixelSize: Double) throws {
    let map = try write(phantom.map(size: box, pixelSize: pixelSize), "map.mrc")
    let found = checked(map: map, mask: nil)
    let fitted = try #require(found.maps?.map)
    #expect(fitted.size == 32 && fitted.pixelSize == 3)
    // Densities are per Å³ in the phantom's maps.
    #expect(difference(fitted, truth) < 0.03, "\(difference(fitted, truth))")
    #expect(found.findings.notes.contains { $0.hasPrefix("map.mrc: box \(box)") })
    let isSuspected = found.findings.warnings.contains { $0.what.contains("header may be wrong") }
    #expect(isSuspected == (box == 32))
  }

  /// A part with its origin, whole voxels or between them, a part without, and one far away.
  @Test func partsArePlacedByTheirOrigin() throws {
    let map = try write(truth, "map.mrc")
    let mask = Volume.sphere(size: 32, pixelSize: 3, radius: 9, outerRadius: 18)
    let moved = Volume.sphere(
      size: 32, pixelSize: 3, radius: 9, outerRadius: 18, centre: Vector3(9, -6, 3))
    let corner = SIMD3(12, 7, 10)
    let part = try write(
      moved, "part.mrc", from: corner, size: SIMD3(14, 15, 14), origin: SIMD3(36, 21, 30))
    let placed = try #require(checked(map: map, mask: part).maps)
    #expect(difference(placed.mask, moved) < 1e-3)
    // Half a voxel further along x: the mean of two neighbours, whose centre is 1.5 Å away.
    let between = try write(
      moved, "between.mrc", from: corner, size: SIMD3(14, 15, 14), origin: SIMD3(37.5, 21, 30))
    let shifted = try #require(checked(map: map, mask: between).maps?.mask.centreOfMass)
    let centre = try #require(moved.centreOfMass)
    #expect(abs(shifted.x - centre.x - 1.5) < 0.05 && abs(shifted.y - centre.y) < 0.05)
    let lost = try write(moved, "lost.mrc", from: corner, size: SIMD3(14, 15, 14))
    #expect(
      checked(map: map, mask: lost).findings.errors.contains { $0.what.contains("a part of") })
    let far = try write(
      moved, "far.mrc", from: corner, size: SIMD3(14, 15, 14), origin: SIMD3(900, 0, 0))
    #expect(checked(map: map, mask: far).findings.errors.contains { $0.what.contains("outside") })
    // The origins of whole maps say nothing: half a box, or that of a viewer.
    for origin in [SIMD3<Float>(-48, -48, -48), SIMD3(5, 6, 7)] {
      let whole = try write(mask, "whole.mrc", origin: origin)
      let fitted = try #require(checked(map: map, mask: whole).maps?.mask)
      #expect(difference(fitted, mask) < 1e-6)
    }
  }

  /// Coordinates count in the box of the files.
  @Test func theFulcrumIsAVoxelOfTheFiles() throws {
    let map = try write(phantom.map(size: 44, pixelSize: 3), "map.mrc")
    let inside = checked(map: map, mask: nil, fulcrum: Vector3(24, 21, 25))
    #expect(inside.fulcrum == Vector3(6, -3, 9))
    #expect(
      inside.findings.notes.contains(
        "Fulcrum: voxel 24, 21, 25 of map.mrc (box 44), 6, -3, 9 Å from the centre."))
    let high = checked(map: map, mask: nil, fulcrum: Vector3(35, 22, 22))
    #expect(high.fulcrum == Vector3(39, 0, 0))
    for outside in [Vector3(44, 22, 22), Vector3(42, 22, 22), Vector3(-1, 22, 22)] {
      let refused = checked(map: map, mask: nil, fulcrum: outside)
      #expect(refused.findings.errors.map(\.keys) == [["fulcrum.coordinates"]])
    }
    // Voxels of another size, and the mask's centre in the same words.
    let fine = try write(phantom.map(size: 60, pixelSize: 1.5), "fine.mrc")
    #expect(
      checked(map: fine, mask: nil, fulcrum: Vector3(34, 30, 24)).fulcrum
        == Vector3(6, 0, -9))
    let mask = try write(
      .sphere(size: 44, pixelSize: 3, radius: 9, outerRadius: 18, centre: Vector3(9, -6, 3)),
      "mask.mrc")
    #expect(
      checked(map: map, mask: mask).findings.notes.contains(
        "Fulcrum: voxel 25, 20, 23 of map.mrc (box 44), 9, -6, 3 Å from the centre."))
  }

  /// What the particles' box cuts off a mask is told, and nothing left is an error.
  @Test func masksAreCheckedAfterTheyWereCut() throws {
    let map = try write(phantom.map(size: 64, pixelSize: 3), "map.mrc")
    func findings(_ z: Double) throws -> FindingList {
      let mask = try write(
        .sphere(size: 64, pixelSize: 3, radius: 9, outerRadius: 18, centre: Vector3(0, 0, z)),
        "mask.mrc")
      return checked(map: map, mask: mask).findings
    }
    let inside = try findings(20).warnings
    #expect(inside.allSatisfy { !$0.what.contains("cut off") })
    // The plane through the centre of a ball leaves half of it.
    let half = try findings(-48).warnings.map(\.what)
    #expect(
      half.contains { $0.contains("% of the mask") && ($0.contains(" 4") || $0.contains(" 5")) })
    let none = try findings(-72)
    #expect(none.errors.map(\.what).contains { $0.contains("nothing of the mask is inside") })
  }

  /// A few per cent beyond 0 and 1 are cut off, with enough digits to see them.
  @Test func masksALittleOutsideAreClipped() throws {
    let map = try write(truth, "map.mrc")
    let mask = Volume.sphere(size: 32, pixelSize: 3, radius: 15, outerRadius: 30)
    let rough = try write(mask.map { $0 * 1.0055 - 0.0023 }, "mask.mrc")
    let found = checked(map: map, mask: rough)
    #expect(found.maps?.mask.minimum == 0 && found.maps?.mask.maximum == 1)
    #expect(found.findings.notes.contains { $0.contains("from -0.0023 to 1.003") })
    let wild = try write(mask.map { 2 * $0 }, "mask.mrc")
    #expect(checked(map: map, mask: wild).findings.errors.contains { $0.what.contains("0 to 2") })
  }

  /// A cube that is smaller than the map may have been cut out anywhere, and its header does not say where.
  @Test func smallCubesAreDoubted() throws {
    let map = try write(truth, "map.mrc")
    let mask = Volume.sphere(
      size: 32, pixelSize: 3, radius: 9, outerRadius: 18, centre: Vector3(6, 0, 0))
    func warnings(_ origin: SIMD3<Float>, size: Int, from corner: Int) throws -> [String] {
      let part = try write(
        mask, "part.mrc", from: SIMD3(repeating: corner), size: SIMD3(repeating: size),
        origin: origin)
      return checked(map: map, mask: part).findings.warnings.map(\.what)
    }
    #expect(try warnings(.zero, size: 24, from: 3).contains { $0.contains("taken to be about") })
    #expect(try warnings(SIMD3(9, 9, 9), size: 24, from: 3).isEmpty)
    // Half a box before zero: a whole map in a smaller box, which says so.
    #expect(try warnings(SIMD3(-36, -36, -36), size: 24, from: 4).isEmpty)
    #expect(try warnings(.zero, size: 31, from: 1).isEmpty)
  }

  /// Origins that are no places.
  @Test func impossibleOriginsAreRefused() throws {
    let map = try write(truth, "map.mrc")
    for origin in [SIMD3<Float>(.nan, 3, 3), SIMD3(1e30, 0, 0), SIMD3(-Float.infinity, 0, 0)] {
      let part = try write(
        truth, "part.mrc", from: SIMD3(3, 3, 3), size: SIMD3(20, 20, 20), origin: origin)
      #expect(checked(map: map, mask: part).findings.errors.map(\.keys) == [["input.mask"]])
    }
  }

  /// A box that is not cubic, with its centre at zero or with first indices in the place of an origin.
  @Test func boxesThatAreNotCubicKeepTheirPlace() throws {
    let map = try write(truth, "map.mrc")
    let mask = Volume.sphere(
      size: 32, pixelSize: 3, radius: 9, outerRadius: 18, centre: Vector3(3, 0, -3))
    let flat = try write(
      mask, "flat.mrc", from: SIMD3(4, 6, 8), size: SIMD3(24, 20, 16),
      origin: SIMD3(-36, -30, -24))
    #expect(difference(try #require(checked(map: map, mask: flat).maps?.mask), mask) < 1e-3)
  }

  /// A box of an odd number of voxels has its centre in its middle voxel.
  @Test func oddBoxesKeepTheirCentre() throws {
    let mask = Volume.sphere(size: 32, pixelSize: 3, radius: 12, outerRadius: 24)
    let odd = try write(mask, "odd.mrc", from: SIMD3(repeating: 1), size: SIMD3(repeating: 31))
    let map = try write(truth, "map.mrc")
    // Index 15 of 31 is index 16 of 32.
    let fitted = try #require(checked(map: map, mask: odd).maps?.mask)
    #expect(difference(fitted, mask) < 1e-6)
  }
}
