import CryoEM
import Glibc
import Ground
import TestSupport
import Testing

/// A region whose voxels are inside with a chance.
private func randomRegion(size: Int, share: Double, seed: UInt64) -> Region {
  var generator = SeededGenerator(seed: seed)
  return Region(
    size: size, pixelSize: 2,
    inside: (0..<(size * size * size)).map { _ in generator.uniform() < share })
}

/// The pieces of a region as sets of voxels, found by walking from voxel to voxel.
private func walkedPieces(_ region: Region) -> [Set<Int>] {
  let size = region.size
  var seen = [Bool](repeating: false, count: region.inside.count)
  var pieces: [Set<Int>] = []
  for start in region.inside.indices where region.inside[start] && !seen[start] {
    var piece: Set<Int> = []
    var open = [start]
    seen[start] = true
    while let voxel = open.popLast() {
      piece.insert(voxel)
      let (x, y, z) = (voxel % size, voxel / size % size, voxel / size / size)
      for (dx, dy, dz) in [
        (1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1),
      ] {
        let (a, b, c) = (x + dx, y + dy, z + dz)
        guard min(a, b, c) >= 0, max(a, b, c) < size else { continue }
        let next = (c * size + b) * size + a
        if region.inside[next] && !seen[next] {
          seen[next] = true
          open.append(next)
        }
      }
    }
    pieces.append(piece)
  }
  return pieces.sorted { $0.count > $1.count }
}

private func voxels(_ region: Region) -> Set<Int> {
  Set(region.inside.indices.filter { region.inside[$0] })
}

struct RegionTests {
  @Test(arguments: [0.05, 0.3, 0.6])
  func piecesAreThoseThatAWalkFinds(share: Double) throws {
    let region = randomRegion(size: 16, share: share, seed: 3)
    let walked = walkedPieces(region)
    let found = RegionPieces(of: region)
    #expect(found.pieces.map(\.count) == walked.map(\.count))
    let made = (0..<found.pieces.count).map { voxels(found.region(of: [$0])) }
    #expect(Set(made) == Set(walked))
    let first = try #require(made.first)
    let sum = first.reduce(SIMD3<Double>.zero) {
      $0 + SIMD3(Double($1 % 16), Double($1 / 16 % 16), Double($1 / 256))
    }
    let centre = (sum / Double(first.count) - SIMD3(repeating: 8)) * 2
    #expect(abs((found.pieces[0].centre - centre).max()) < 1e-9)
    let voxel = try #require(first.min())
    #expect(found.piece(x: voxel % 16, y: voxel / 16 % 16, z: voxel / 256) == 0)
  }

  @Test func holesAreWhatTheOutsideDoesNotReach() {
    let region = randomRegion(size: 14, share: 0.65, seed: 5)
    let holes = walkedPieces(region.inverted).filter { piece in
      piece.allSatisfy { voxel in
        [voxel % 14, voxel / 14 % 14, voxel / 196].allSatisfy { $0 > 0 && $0 < 13 }
      }
    }
    #expect(!holes.isEmpty)
    let expected = holes.reduce(voxels(region)) { $0.union($1) }
    #expect(voxels(region.holesFilled) == expected)
  }

  @Test func shapesFollowTheirFormulas() {
    var sphere = Region(size: 20, pixelSize: 1.5)
    let (centre, radius) = (Vector3(3.2, -1, 9), 8.1)
    sphere.addSphere(centre: centre, radius: radius)
    var cuboid = Region(size: 20, pixelSize: 1.5)
    let extent = Vector3(9, 4.4, 30)
    cuboid.addCuboid(centre: centre, extent: extent)
    Volume(size: 20, pixelSize: 1.5).forEachVoxel { index, position in
      let d = position - centre
      #expect(sphere.inside[index] == ((d * d).sum() <= radius * radius + 1e-6))
      let isIn = (0..<3).allSatisfy { abs(d[$0]) <= extent[$0] / 2 + 1e-6 }
      #expect(cuboid.inside[index] == isIn)
    }
    #expect(sphere.count > 0 && cuboid.count > 0)
    // Outside of the box there is nothing to add, and nothing to fall over.
    sphere.addSphere(centre: Vector3(500, -500, 0), radius: 3)
  }

  @Test func aMaskIsClearOfAnother() {
    var (a, b) = (Region(size: 32, pixelSize: 1), Region(size: 32, pixelSize: 1))
    a.addSphere(centre: Vector3(-5, 0, 0), radius: 6)
    b.addSphere(centre: Vector3(5, 0, 0), radius: 6)
    let mask = a.softMask(near: 2, far: 8).cleared(of: b, width: 6)
    for index in mask.voxels.indices where b.inside[index] { #expect(mask.voxels[index] == 0) }
    // 7 Å from the other, and 4 Å.
    #expect(mask[8, 16, 16] == 1)
    #expect(abs(mask[11, 16, 16] - 0.75) < 1e-6)
    let edge = a.softMask(near: 9, far: 15).clearedOfBoxEdge(width: 4)
    #expect(edge.supportRadius(about: .zero) <= 14)
  }
}

struct ThresholdTests {
  @Test(arguments: MultipleTesting.allCases)
  func theThresholdIsThatOfTheStepUpProcedure(testing: MultipleTesting) throws {
    let size = 20
    let signal = gaussianMap(size: size, pixelSize: 1, width: 3)
    let map = 6 * signal + noiseMap(size: size, seed: 2)
    let noise = BackgroundNoise(mean: 0.1, deviation: 1.1)
    let found = noise.threshold(of: map, rate: 0.05, testing: testing)
    // All chances in order, by the definition.
    var densities: [Double] = []
    map.forEachVoxel { index, position in
      if (position * position).sum() <= 100 { densities.append(Double(map.voxels[index])) }
    }
    densities.sort(by: >)
    let n = Double(densities.count)
    let factor = testing == .hochberg ? 1 : (1...densities.count).reduce(0) { $0 + 1 / Double($1) }
    let last = densities.indices.last { index in
      0.5 * erfc((densities[index] - 0.1) / (1.1 * 2.0.squareRoot()))
        <= 0.05 * Double(index + 1) / n / factor
    }
    #expect(try #require(found) == Float(densities[try #require(last)]))
  }

  @Test func falseDiscoveriesAreAsRareAsAsked() throws {
    let size = 40
    var body = Region(size: size, pixelSize: 1)
    body.addSphere(centre: .zero, radius: 9)
    let map = noiseMap(size: size, seed: 9).combined(
      with: body.softMask(near: 0, far: 0)
    ) { $0 + 5 * $1 }
    let noise = try #require(BackgroundNoise(outside: map))
    #expect(abs(noise.mean) < 0.05 && abs(noise.deviation - 1) < 0.05)
    let threshold = try #require(noise.threshold(of: map, rate: 0.05, testing: .hochberg))
    var tested = Region(size: size, pixelSize: 1)
    tested.addSphere(centre: .zero, radius: 20)
    let found = Region(of: map, threshold: threshold).intersection(tested)
    let wrong = found.subtracting(body).count
    #expect(Double(wrong) < 0.08 * Double(found.count))
    #expect(found.intersection(body).count > body.count * 9 / 10)
    #expect(
      noise.threshold(of: noiseMap(size: size, seed: 4), rate: 0.01, testing: .yekutieli) == nil)
    #expect(BackgroundNoise(outside: body.softMask(near: 0, far: 2)) == nil)
  }

  @Test func halfMapsHaveTheNoiseOfTheirMean() throws {
    let signal = 20 * gaussianMap(size: 32, pixelSize: 1, centre: Vector3(11, 0, 0), width: 4)
    let (a, b) = (signal + noiseMap(size: 32, seed: 1), signal + noiseMap(size: 32, seed: 2))
    let noise = try #require(
      BackgroundNoise(outside: 0.5 * (a + b), difference: 0.5 * (a - b)))
    #expect(abs(noise.deviation - 0.5.squareRoot()) < 0.03)
  }

  @Test func aThresholdEnclosesWhatIsAsked() {
    let map = noiseMap(size: 12, seed: 8)
    let sorted = map.voxels.sorted(by: >)
    for count in [1, 5, 700, 1728] { #expect(map.threshold(enclosing: count) == sorted[count - 1]) }
  }

  @Test func twoClassesArePartedBetweenThem() throws {
    var generator = SeededGenerator(seed: 6)
    let map = Volume(size: 16, pixelSize: 1).map { _ in
      generator.uniform() < 0.2 ? Float(3 + 0.2 * generator.normal()) : 0
    }
    let low = Volume(
      size: 16, pixelSize: 1,
      voxels: map.voxels.enumerated().map { $0 % 3 == 0 && $1 == 0 ? 0.5 : $1 })
    let threshold = try #require(low.classThreshold)
    #expect(threshold > 0.5 && threshold < 2.5)
    #expect(Volume(size: 8, pixelSize: 1).classThreshold == nil)
  }
}

struct WatershedTests {
  @Test func twoBlobsArePartedAtTheirSaddle() {
    let size = 40
    let a = gaussianMap(size: size, pixelSize: 1, centre: Vector3(-7, 1, 0), width: 4)
    let b = gaussianMap(size: size, pixelSize: 1, centre: Vector3(7, 1, 0), width: 4)
    let map = a + b
    let region = Region(of: map, threshold: 0.1)
    let watershed = Watershed(of: map, in: region, count: 2)
    #expect(watershed.counts.reduce(0, +) == region.count)
    var sides: [Set<Int32>] = [[], []]
    map.forEachVoxel { index, position in
      #expect((watershed.bodies[index] >= 0) == region.inside[index])
      guard region.inside[index], position.x != 0 else { return }
      sides[position.x < 0 ? 0 : 1].insert(watershed.bodies[index])
    }
    // Equal blobs meet in the plane between them.
    #expect(sides[0].count == 1 && sides[1].count == 1 && sides[0] != sides[1])
  }

  @Test func theHighestSaddleIsMergedFirst() {
    let size = 48
    func blob(_ x: Double, _ height: Float) -> Volume {
      height * gaussianMap(size: size, pixelSize: 1, centre: Vector3(x, 0, 0), width: 3.5)
    }
    // The two on the right are nearer to each other.
    let map = blob(-14, 1) + blob(3, 0.9) + blob(13, 1.1)
    let region = Region(of: map, threshold: 0.02)
    let three = Watershed(of: map, in: region, count: 3)
    let two = Watershed(of: map, in: region, count: 2)
    func body(_ watershed: Watershed, _ x: Int) -> Int32 {
      watershed.bodies[(24 * size + 24) * size + 24 + x]
    }
    #expect(Set([body(three, -14), body(three, 3), body(three, 13)]).count == 3)
    #expect(body(two, 3) == body(two, 13))
    #expect(body(two, 3) != body(two, -14))
    #expect(two.counts.count == 2 && two.counts[0] > two.counts[1])
  }

  @Test func noiseDoesNotMakeBodies() {
    let size = 32
    let signal =
      30 * gaussianMap(size: size, pixelSize: 1, centre: Vector3(-6, 0, 0), width: 3)
      + 30 * gaussianMap(size: size, pixelSize: 1, centre: Vector3(6, 0, 0), width: 3)
    let map = signal + noiseMap(size: size, seed: 5)
    let region = RegionPieces(of: Region(of: map, threshold: 3)).region(of: [0])
    let watershed = Watershed(of: map, in: region, count: 2)
    #expect(watershed.counts.count == 2)
    #expect(Double(watershed.counts[1]) > 0.7 * Double(watershed.counts[0]))
  }
}
