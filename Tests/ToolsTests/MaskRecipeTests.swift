import CryoEM
import EMFiles
import Glibc
import Ground
import TestSupport
import Testing

@testable import Tools

struct MaskRecipeTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func noise(_ size: Int, seed: UInt64, deviation: Double = 1) -> Volume {
    var generator = SeededGenerator(seed: seed)
    return Volume(size: size, pixelSize: 2).map { _ in Float(deviation * generator.normal()) }
  }

  /// A map with a large ball, a small one, and a hole in the large one.
  private var balls: Volume {
    var region = Region(size: 48, pixelSize: 2)
    region.addSphere(centre: Vector3(-8, 0, 0), radius: 20)
    var hole = Region(size: 48, pixelSize: 2)
    hole.addSphere(centre: Vector3(-8, 0, 0), radius: 5)
    var small = Region(size: 48, pixelSize: 2)
    small.addSphere(centre: Vector3(32, 0, 0), radius: 7)
    return region.subtracting(hole).union(small).softMask(near: 0, far: 0)
  }

  private func distance(_ a: Vector3, _ b: Vector3) -> Double {
    ((a - b) * (a - b)).sum().squareRoot()
  }

  @Test func aMapGivesTheLargestPieceFilledWithItsEdge() throws {
    var recipe = MaskRecipe()
    recipe.maps = [try folder.write(3 * balls, "map.mrc")]
    recipe.lowPass = 0
    recipe.threshold = .density(1.5)
    (recipe.extend, recipe.edge) = (4, 12)
    let made = try recipe.made()
    #expect(made.pieces.count == 2)
    let mask = try #require(made.masks.first)
    // By the formula of a ball: its voxels have centres up to 20 Å, and the edge is of distances to them.
    mask.mask.forEachVoxel { index, position in
      let d = distance(position, Vector3(-8, 0, 0))
      let value = mask.mask.voxels[index]
      if d <= 22 { #expect(value == 1) }
      if d >= 36 + 2 { #expect(value == 0) }
    }
    let volume = 4 / 3 * Double.pi * 20 * 20 * 20
    #expect(abs(mask.regionMass / (volume * 0.81e-3) - 1) < 0.03)
    recipe.pieces = .ranks([2])
    #expect(try #require(try recipe.made().masks.first).report.centre.x > 30)
    recipe.pieces = .ranks([3])
    #expect(throws: Problem.self) { try recipe.made() }
    recipe.pieces = .all
    recipe.fillsHoles = false
    recipe.extend = 0
    let all = try #require(try recipe.made().masks.first).mask
    #expect(all[40, 24, 24] == 1)
    recipe.edge = 1
    #expect(try #require(try recipe.made().masks.first).mask[20, 24, 24] == 0)
  }

  @Test func halfMapsGiveTheirThresholdByTheNoise() throws {
    let signal = 4 * balls
    let paths = [
      try folder.write(signal + noise(48, seed: 1), "a.mrc"),
      try folder.write(signal + noise(48, seed: 2), "b.mrc"),
    ]
    var recipe = MaskRecipe()
    recipe.maps = paths
    recipe.lowPass = 0
    recipe.edge = 6
    let made = try recipe.made()
    let threshold = try #require(made.threshold)
    #expect(abs(try #require(threshold.noise).deviation - 0.5.squareRoot()) < 0.02)
    // The expected number of noisy voxels above it is under 1% of what it finds.
    let density = Double(threshold.density) / 0.5.squareRoot()
    #expect(0.5 * erfc(density / 2.0.squareRoot()) * Double(48 * 48 * 48) < 0.01 * 5000)
    #expect(abs(try #require(made.masks.first).regionMass / 27.1 - 1) < 0.15)
    #expect(made.measuredResolution != nil)
    recipe.maps = [paths[0], paths[0]]
    #expect(throws: Problem.self) { try recipe.made() }
  }

  @Test func aModelIsWithinARadiusOfItsAtoms() throws {
    let origin = SIMD3<Float>(-30, 12, 100)
    let map = try folder.write(balls, "map.mrc", origin: origin)
    var generator = SeededGenerator(seed: 4)
    var lines = "data_x\nloop_\n_atom_site.Cartn_x\n_atom_site.Cartn_y\n_atom_site.Cartn_z\n"
    lines += "_atom_site.auth_asym_id\n_atom_site.auth_seq_id\n"
    var atoms: [(chain: String, residue: Int, position: Vector3)] = []
    for index in 0..<60 {
      let p = Vector3(
        generator.uniform() * 90 - 30, generator.uniform() * 90 + 12,
        generator.uniform() * 90 + 100)
      atoms.append((index % 2 == 0 ? "A" : "B", index, p))
      lines += "\(p.x) \(p.y) \(p.z) \(index % 2 == 0 ? "A" : "B") \(index)\n"
    }
    try AtomicFile.write(lines, to: folder("m.cif"))
    var recipe = MaskRecipe()
    recipe.gridMap = map
    recipe.model = folder("m.cif")
    recipe.selection = try ModelSelection("B,A:10-20")
    recipe.radius = 6.5
    recipe.fillsHoles = false
    (recipe.extend, recipe.edge) = (0, 0)
    let made = try recipe.made()
    let mask = try #require(made.masks.first).mask
    let chosen = atoms.filter { $0.chain == "B" || (10...20).contains($0.residue) }
    #expect(made.atomCount == chosen.count)
    var index = 0
    for z in 0..<48 {
      for y in 0..<48 {
        for x in 0..<48 {
          let place = Vector3(Double(x), Double(y), Double(z)) * 2 + Vector3(-30, 12, 100)
          let nearest = chosen.map { distance($0.position, place) }.min() ?? .infinity
          #expect((mask.voxels[index] == 1) == (nearest <= 6.5))
          index += 1
        }
      }
    }
    recipe.selection = try ModelSelection("C,A:900")
    #expect(throws: Problems.self) { try recipe.made() }
    for text in ["", "A:", "A:5-1", ":3", "A,,B"] {
      #expect(throws: Problem.self) { try ModelSelection(text) }
    }
  }

  @Test func masksAreCombined() throws {
    func ball(_ x: Double) -> Volume {
      Volume.sphere(
        size: 32, pixelSize: 2, radius: 10, outerRadius: 14, centre: Vector3(x, 0, 0))
    }
    let (a, b) = (ball(-6), ball(6))
    var recipe = MaskRecipe()
    recipe.maps = [try folder.write(a, "a.mrc")]
    let other = try folder.write(b, "b.mrc")
    (recipe.extend, recipe.edge, recipe.fillsHoles) = (0, 0, false)
    for combination in MaskRecipe.Combination.allCases {
      recipe.combinations = [(other, combination)]
      let mask = try #require(try recipe.made().masks.first).mask
      for index in mask.voxels.indices {
        let (x, y) = (a.voxels[index] >= 0.5, b.voxels[index] >= 0.5)
        let expected =
          switch combination {
          case .or: x || y
          case .and: x && y
          case .minus: x && !y
          }
        #expect((mask.voxels[index] == 1) == expected)
      }
    }
    recipe.combinations = []
    recipe.inverts = true
    let inverted = try #require(try recipe.made().masks.first).mask
    #expect(inverted == a.map { $0 >= 0.5 ? 0 : 1 })
    recipe.clearOf = [try folder.write(Volume(size: 16, pixelSize: 2), "small.mrc")]
    #expect(throws: Problem.self) { try recipe.made() }
  }

  @Test func theMaskIsOnTheGridOfTheFile() throws {
    // An odd box with an origin, as maps of other programs have.
    var map = Volume(size: 33, pixelSize: 1.25)
    map[10, 20, 16] = 1
    let path = try folder.write(map, "odd.mrc", origin: SIMD3(5, -7, 11))
    var recipe = MaskRecipe()
    recipe.maps = [path]
    recipe.lowPass = 0
    recipe.threshold = .density(0.5)
    (recipe.extend, recipe.edge) = (2.6, 5)
    let made = try recipe.made()
    let mask = folder("mask.mrc")
    try made.grid.write(try #require(made.masks.first).mask, to: mask)
    let file = try MRCVolume(path: mask)
    #expect(file.size == SIMD3(33, 33, 33))
    #expect(file.header.origin == SIMD3(5, -7, 11))
    #expect(abs(file.voxelSize.x - 1.25) < 1e-6)
    for (index, value) in file.voxels.enumerated() {
      let d =
        distance(
          Vector3(Double(index % 33), Double(index / 33 % 33), Double(index / 1089)),
          Vector3(10, 20, 16)) * 1.25
      let expected = d <= 2.6 ? 1 : d >= 7.6 ? 0 : 0.5 + 0.5 * cos(.pi * (d - 2.6) / 5)
      #expect(abs(Double(value) - expected) < 1e-5)
    }
    // A shape in voxels is about the same voxel, on the odd grid.
    var shape = MaskRecipe()
    shape.gridMap = path
    shape.shapes = [.sphere(centre: Vector3(10, 20, 16), radius: 0.4)]
    shape.areShapesInVoxels = true
    shape.pieces = .ranks([1])
    (shape.extend, shape.edge) = (2.6, 5)
    #expect(try #require(try shape.made().masks.first).mask == made.masks[0].mask)
  }

  @Test func spheresFollowTheirFormula() throws {
    var recipe = MaskRecipe()
    recipe.gridMap = try folder.write(Volume(size: 32, pixelSize: 2), "grid.mrc")
    let balls = [(Vector3(5, -3, 2), 11.3), (Vector3(-14, 0, 7), 6.1)]
    recipe.shapes = balls.map { .sphere(centre: $0.0, radius: $0.1) }
    (recipe.extend, recipe.edge) = (2, 9)
    let mask = try #require(try recipe.made().masks.first).mask
    mask.forEachVoxel { index, place in
      let outside = balls.map { distance(place, $0.0) - $0.1 - 2 }.min() ?? 0
      let expected = outside <= 0 ? 1 : outside >= 9 ? 0 : 0.5 + 0.5 * cos(.pi * outside / 9)
      #expect(abs(Double(mask.voxels[index]) - expected) < 1e-5)
    }
  }

  @Test func aMassIsEnclosed() throws {
    var map = Volume(size: 48, pixelSize: 2)
    let empty = map
    empty.forEachVoxel { index, position in
      map.voxels[index] = Float(exp(-(position * position).sum() / 800))
    }
    var recipe = MaskRecipe()
    recipe.maps = [try folder.write(map + noise(48, seed: 3, deviation: 0.02), "map.mrc")]
    recipe.lowPass = 8
    recipe.threshold = .mass(50)
    #expect(abs(try #require(try recipe.made().masks.first).regionMass - 50) < 0.5)
    recipe.threshold = .mass(1e6)
    #expect(throws: Problem.self) { try recipe.made() }
  }

  @Test func bodiesArePartedWithTheirMasses() throws {
    var map = Volume(size: 48, pixelSize: 3)
    let empty = map
    empty.forEachVoxel { index, position in
      let a = position - Vector3(-22, 0, 0)
      let b = position - Vector3(22, 0, 0)
      map.voxels[index] = Float(
        exp(-(a * a).sum() / 450) + exp(-(b * b).sum() / 250))
    }
    var recipe = MaskRecipe()
    recipe.maps = [try folder.write(map, "map.mrc")]
    recipe.lowPass = 0
    recipe.threshold = .density(0.15)
    recipe.segments = 2
    recipe.edge = 10
    let made = try recipe.made()
    #expect(made.masks.count == 2)
    // Balls of the radii at which the Gaussians are at the threshold, little more or less at the saddle.
    for (mask, (variance, x)) in zip(made.masks, [(225.0, -22.0), (125, 22)]) {
      let radius = (2 * variance * log(1 / 0.15)).squareRoot()
      let mass = 4 / 3 * Double.pi * radius * radius * radius * 0.81e-3
      #expect(abs(mask.regionMass / mass - 1) < 0.15)
      #expect(abs(mask.report.centre.x - x) < 4)
    }
    recipe.segments = 9
    #expect(throws: Problem.self) { try recipe.made() }
  }
}
