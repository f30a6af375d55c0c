import CryoEM
import EMFiles
import Ground
import Phantoms
import TestSupport
import Testing

@testable import Tools

struct FrameTests {
  private let folder: TemporaryFolder
  private let phantom = Phantom.random(blobs: 20, radius: 24, width: 5, seed: 11)

  init() throws { folder = try TemporaryFolder() }

  private func moved(_ phantom: Phantom, _ change: FrameChange) -> Phantom {
    var result = phantom
    for index in result.blobs.indices {
      result.blobs[index].position = change.new(result.blobs[index].position)
    }
    return result
  }

  private func distance(_ a: Vector3, _ b: Vector3) -> Double {
    ((a - b) * (a - b)).sum().squareRoot()
  }

  /// A phantom moved by formula is found again, with the noise of a half-map.
  @Test func aMapIsLaidOntoAnother() throws {
    let truth = FrameChange(
      rotation: Rotation(rot: 77, tilt: 120, psi: -40), centre: Vector3(6, -9, 4))
    var generator = SeededGenerator(seed: 6)
    let map = phantom.map(size: 40, pixelSize: 2.5)
    let noise = 0.2 * map.standardDeviation
    let target = moved(phantom, truth).map(size: 40, pixelSize: 2.5)
      .map { $0 + Float(noise * generator.normal()) }
    let found = MapAlignment(of: map, onto: target, scheduler(threads: 2))
    #expect(degrees(found.change.rotation.angle(to: truth.rotation)) < 0.3)
    #expect(distance(found.change.centre, truth.centre) < 0.1)
    #expect(found.correlation > 0.9)
  }

  /// A symmetric phantom about any axes through any point comes into the group's setting.
  @Test(arguments: ["C3", "D2", "O"])
  func axesComeOntoZ(name: String) throws {
    let group = try PointGroup(name)
    var symmetric = phantom
    let unit = Array(phantom.blobs.prefix(max(2, 40 / group.order)))
    symmetric.blobs = group.operators.flatMap { turn in
      unit.map { blob in
        var copy = blob
        copy.position = turn.applied(to: blob.position)
        return copy
      }
    }
    let away = FrameChange(
      rotation: Rotation(rot: 20, tilt: 55, psi: 10), centre: Vector3(4, -3, 5))
    let map = moved(symmetric, away).map(size: 40, pixelSize: 2.5)
    #expect(group.asymmetry(of: map) > 0.2)
    let found = SymmetryAxes(of: map, group: group, scheduler(threads: 2))
    #expect(found.correlation > 0.98)
    #expect(group.asymmetry(of: map.moved(by: found.change)) < 0.06)
  }

  @Test func particlesAndMasksFollow() throws {
    let map = try folder.write(phantom.map(size: 32, pixelSize: 3), "map.mrc")
    let ball = Volume.sphere(
      size: 32, pixelSize: 3, radius: 10, outerRadius: 16, centre: Vector3(12, -6, 3))
    let mask = try folder.write(ball, "mask.mrc")
    let star = folder("p.star")
    try AtomicFile.write(
      """
      data_optics

      loop_
      _rlnOpticsGroup
      _rlnOpticsGroupName
      _rlnImagePixelSize
      _rlnVoltage
      _rlnSphericalAberration
      _rlnAmplitudeContrast
      _rlnImageSize
      1 g 3.0 300 2.7 0.1 32

      data_particles

      loop_
      _rlnImageName
      _rlnOpticsGroup
      _rlnAngleRot
      _rlnAngleTilt
      _rlnAnglePsi
      _rlnOriginXAngst
      _rlnOriginYAngst
      _rlnDefocusU
      _rlnDefocusV
      _rlnDefocusAngle
      1@a.mrcs 1 10 20 30 1.5 -2.5 15000 14000 45
      2@a.mrcs 1 -70 110 130 0 0 15000 14000 45

      """, to: star)
    var recipe = FrameRecipe()
    recipe.maps = [map, mask]
    recipe.particles = star
    recipe.centre = .mask(mask)
    recipe.defocusSign = 1
    let plan = try recipe.planned()
    #expect(distance(plan.change.centre, Vector3(12, -6, 3)) < 0.05)
    let output = try ToolOutput(
      folder("out"), isFolder: true, replacing: false, inputs: recipe.inputs)
    let tree = try ToolFolder(output, inputs: recipe.inputs)
    let names = try plan.write(into: tree)
    try tree.finish(ToolRecord(command: ["fulcrum"], inputs: recipe.inputs, facts: plan.facts))
    let files = names.map { FilePath.joined(output.path, $0) }
    #expect(names == ["map.mrc", "mask.mrc", "p.star"])
    let centre = try #require(try MapGrid.read(files[1]).map.centreOfMass)
    #expect(distance(centre, .zero) < 0.05)
    // By the formula: o' = o − Π(A·c), and U less the third component of A·c.
    let table = try STARFile(path: files[2])
    let index = try #require(table.index(withColumn: "rlnOriginXAngst"))
    var problems = ProblemList()
    let origins = table.tables[index].numbers("rlnOriginXAngst", problems: &problems)
    let defoci = table.tables[index].numbers("rlnDefocusU", problems: &problems)
    #expect(problems.isEmpty)
    let poses = [
      Rotation(rot: 10, tilt: 20, psi: 30), Rotation(rot: -70, tilt: 110, psi: 130),
    ]
    for (row, rotation) in poses.enumerated() {
      let c = rotation.applied(to: plan.change.centre)
      #expect(abs(origins[row] - ([1.5, 0][row] - c.x)) < 1e-4)
      #expect(abs(defoci[row] - (15000 - c.z)) < 1e-2)
    }
    // Back again it is the map that it was, but for what had left the box.
    var back = FrameRecipe()
    back.maps = [files[0]]
    back.centre = .point(-plan.change.centre)
    let returned = try back.planned()
    #expect(distance(returned.change.centre, plan.change.inverse.centre) < 1e-9)
    recipe.maps.append(try folder.write(ball.boxed(to: 24), "other.mrc"))
    #expect(throws: Problems.self) { try recipe.planned() }
  }
}

struct CompositeTests {
  private let phantom = Phantom.random(blobs: 30, radius: 30, width: 5, seed: 3)
  private var map: Volume { phantom.map(size: 40, pixelSize: 2.5) }

  private func half(_ sign: Double, from: Double = -8, to: Double = 8) -> Volume {
    var mask = Volume(size: 40, pixelSize: 2.5)
    let empty = mask
    empty.forEachVoxel { index, place in
      mask.voxels[index] = Float(raisedCosine(-sign * place.x, from: from, to: to))
    }
    return mask
  }

  private func largest(_ a: Volume, _ b: Volume) -> Float {
    zip(a.voxels, b.voxels).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  @Test func aMapComposedWithItselfIsTheMap() {
    let map = map
    var composite = Composite(like: map, consensus: map)
    composite.add(.init(map: map, mask: half(1)))
    var local = Volume(size: 40, pixelSize: 2.5).map { _ in 4 }
    local[20, 20, 20] = 3
    composite.add(.init(map: map, mask: half(-1, from: -20, to: 20), localResolution: local))
    #expect(largest(composite.map, map) < 1e-5 * map.maximum)
    #expect(composite.shares.allSatisfy { abs($0.scale - 1) < 1e-5 })
  }

  @Test func twoHalvesMakeTheWhole() {
    let map = map
    let (left, right) = (half(1), half(-1))
    // Each half's map is right inside its mask, and something else elsewhere.
    let other = map.map { 0.3 * $0 + 0.1 }
    func part(_ mask: Volume, _ scale: Float) -> Volume {
      scale
        * map.combined(with: mask) { $1 > 0 ? $0 : 0 }
        .combined(with: mask.combined(with: other) { $0 > 0 ? 0 : $1 }, +)
    }
    var composite = Composite(like: map, consensus: nil, scales: false)
    composite.add(.init(map: part(left, 1), mask: left))
    composite.add(.init(map: part(right, 1), mask: right))
    #expect(largest(composite.map, map) < 1e-5 * map.maximum)
    // Grey values of another scale are brought to the consensus'.
    var scaled = Composite(like: map, consensus: map)
    scaled.add(.init(map: 7 * map, mask: left))
    #expect(abs(scaled.shares[0].scale - 1.0 / 7) < 1e-4)
    #expect(largest(scaled.map, map) < 1e-4 * map.maximum)
  }

  @Test func theBetterResolvedMapWins() {
    let map = map
    let whole = map.map { _ in 1 }
    func local(_ value: Float) -> Volume { map.map { _ in value } }
    var composite = Composite(like: map, consensus: nil, scales: false)
    composite.add(.init(map: map.map { _ in 1 }, mask: whole, localResolution: local(3)))
    composite.add(.init(map: map.map { _ in 0 }, mask: whole, localResolution: local(6)))
    // 3⁻³ against 6⁻³.
    #expect(abs(composite.map[5, 6, 7] - 8.0 / 9) < 1e-5)
    #expect(composite.shares.map(\.resolution) == [3, 6])
    // Where a map's resolution is not known it has that of its middle.
    var partly = Composite(like: map, consensus: nil, scales: false)
    var known = local(3)
    known[5, 6, 7] = 0
    partly.add(.init(map: map.map { _ in 1 }, mask: whole, localResolution: known))
    partly.add(.init(map: map.map { _ in 0 }, mask: whole, localResolution: local(6)))
    #expect(abs(partly.map[5, 6, 7] - 8.0 / 9) < 1e-5)
  }

  @Test func whatIsMissingIsSaid() {
    for (items, masks) in [
      ([], []), (["a.mrc"], []), (["a.mrc"], ["m.mrc", "n.mrc"]), (["/tmp"], []),
    ] as [([String], [String])] {
      #expect(throws: Problems.self) { try ComposeRecipe(items: items, masks: masks) }
    }
  }
}
