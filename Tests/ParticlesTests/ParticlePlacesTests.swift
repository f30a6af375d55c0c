import EMFiles
import Ground
import TestSupport
import Testing

@testable import CryoEM
@testable import Particles

/// What files say of filaments, picks, expansions and half-sets, and what they need not say.
@Suite struct ParticlePlacesTests {
  let fixture: ParticleFixture

  init() throws { fixture = try ParticleFixture() }

  /// Reads four particles of RELION with further columns, all texts.
  private func relion(
    _ columns: [(name: String, values: [String])], optics: [(String, String)] = [],
    needsCTF: Bool = true
  ) throws -> ParticleFile {
    let images = (1...4).map { "\($0)@Extract/a.mrcs" }
    let zeros = [String](repeating: "0", count: 4)
    let particles: [(name: String, column: STARColumn)] =
      [("rlnImageName", .texts(images))]
      + ["rlnAngleRot", "rlnAngleTilt", "rlnAnglePsi"].map { ($0, .texts(zeros)) }
      + columns.map { ($0.name, .texts($0.values)) }
    let table = [("rlnOpticsGroup", "1"), ("rlnImagePixelSize", "1.5")] + optics
    try STARFile.write(
      [
        NewSTARTable(blockName: "optics", columns: table.map { ($0.0, .texts([$0.1])) }),
        NewSTARTable(blockName: "particles", columns: particles),
      ], to: fixture("run.star"))
    return try ParticleFile.read(
      path: fixture("run.star"), projectDirectory: fixture.path, needsCTF: needsCTF)
  }

  /// Writes four particles of cryoSPARC with further fields, and reads them.
  private func cryoSPARC(_ fields: [(name: String, column: CSColumn)]) throws -> ParticleFile {
    var columns: [(name: String, column: CSColumn)] = [
      ("uid", .identifiers([11, 12, 13, 14])),
      ("blob/path", .texts([String](repeating: "Extract/a.mrcs", count: 4))),
      ("blob/idx", .integers([0, 1, 2, 3])), ("blob/psize_A", .numbers([1.5, 1.5, 1.5, 1.5])),
      ("blob/shape", .integers([Int](repeating: 8, count: 8), width: 2)),
      ("alignments3D/pose", .numbers([Double](repeating: 0.5, count: 12), width: 3)),
      ("alignments3D/shift", .numbers([Double](repeating: 1, count: 8), width: 2)),
    ]
    for field in fields {
      columns.removeAll { $0.name == field.name }
      columns.append(field)
    }
    try CSFile.write(columns, rowCount: 4, to: fixture("p.cs"))
    return try fixture.read("p.cs")
  }

  @Test func filamentsAreThoseOfAMicrograph() throws {
    let tubes = ("rlnHelicalTubeID", ["1", "2", "1", "1"])
    let named = try relion([
      tubes, ("rlnMicrographName", ["m/a.mrc", "m/a.mrc", "./m/a.mrc", "m/b.mrc"]),
    ])
    #expect(named.particles.families(separation: 0) == [0, 1, 0, 3])
    #expect(try relion([tubes]).particles.families(separation: 0) == [0, 1, 0, 0])
    #expect(try relion([]).particles.filaments.isEmpty)
    let file = try cryoSPARC([("filament/filament_uid", .identifiers([.max, 7, .max, 8]))])
    #expect(file.particles.families(separation: 0) == [0, 1, 0, 3])
  }

  /// Ten pixels apart are 8.9, 15 or 30 Å, by whose pixels they are.
  @Test func picksAreInPixelsOfTheirMicrograph() throws {
    let columns = [
      ("rlnMicrographName", ["a", "a", "a", "b"]),
      ("rlnCoordinateX", ["100", "110", "300", "100"]),
      ("rlnCoordinateY", ["50", "50", "50", "50"]),
    ]
    func isNear(_ optics: [(String, String)], _ distance: Double) throws -> Bool {
      let families = try relion(columns, optics: optics).particles.families(separation: distance)
      #expect(families[2] == 2 && families[3] == 3)
      return families[1] == 0
    }
    for (optics, distance) in [
      ([], 15.0), ([("rlnMicrographOriginalPixelSize", "0.89")], 8.9),
      ([("rlnMicrographOriginalPixelSize", "0.89"), ("rlnMicrographPixelSize", "3")], 30),
    ] {
      #expect(try isNear(optics, distance + 0.1))
      #expect(try !isNear(optics, distance - 0.1))
    }
  }

  @Test func picksOfCryoSPARCAreShares() throws {
    let size = [Int](repeating: 0, count: 4).flatMap { _ in [4000, 5000] }
    let places: [(name: String, column: CSColumn)] = [
      ("location/center_x_frac", .numbers([0.5, 0.502, 0.5, 0])),
      ("location/center_y_frac", .numbers([0.25, 0.25, 0.25, 0])),
      ("location/micrograph_shape", .integers(size, width: 2)),
      ("location/micrograph_path", .texts(["J1/a.mrc", ">J1/a.mrc", "J1/b.mrc", "J1/a.mrc"])),
      ("location/micrograph_psize_A", .numbers([0.8, 0.8, 0.8, 0.8])),
    ]
    // 0.002 · 5000 pixels of 0.8 Å are 8 Å.
    let file = try cryoSPARC(places)
    #expect(file.particles.families(separation: 8.1) == [0, 0, 2, 3])
    #expect(file.particles.families(separation: 7.9) == [0, 1, 2, 3])
    // The identity of a micrograph is its uid where there is one.
    let known = try cryoSPARC(
      places + [("location/micrograph_uid", .identifiers([5, 6, 5, 5]))])
    #expect(known.particles.families(separation: 8.1) == [0, 1, 0, 3])
  }

  /// What is not needed may be anything.
  @Test func placesThatAreNoneStopNobody() throws {
    let file = try relion([
      ("rlnMicrographName", ["a", "a", "a", "a"]), ("rlnCoordinateX", ["None", "1", "1", "1"]),
      ("rlnCoordinateY", ["1", "1", "1", "1"]),
      ("rlnImageOriginalName", ["None", "1@x.mrcs", "nan@x.mrcs", "1@./x.mrcs"]),
    ])
    #expect(file.particles.families(separation: 20) == [0, 1, 2, 3])
    let zeros = try relion([
      ("rlnMicrographName", ["a", "a", "a", "a"]), ("rlnCoordinateX", ["0", "0", "9", "9"]),
      ("rlnCoordinateY", ["0", "0", "9", "0"]),
    ])
    #expect(zeros.particles.families(separation: 2) == [0, 1, 2, 3], "zeros are no place")
    let odd = try cryoSPARC([
      ("filament/filament_uid", .numbers([1, 1, 1, 1])),
      ("location/center_x_frac", .texts(["a", "b", "c", "d"])),
      ("location/center_y_frac", .numbers([0, 0, 0, 0])),
      ("location/micrograph_shape", .numbers([1, 1, 1, 1])),
    ])
    #expect(odd.particles.families(separation: 20) == [0, 1, 2, 3])
  }

  /// Some originals are named, others not: those that are tie.
  @Test func originalsTieWhereTheyAreNamed() throws {
    let file = try relion([
      ("rlnImageOriginalName", ["None", "1@J/x.mrcs", "2@J/x.mrcs", "1@./J/x.mrcs"])
    ])
    #expect(file.particles.sources == [0, 1, 2, 1])
    #expect(file.log.contains { $0.contains("_rlnImageOriginalName") })
  }

  /// An expansion ties by its source, and so do the image and the uid, all at once.
  @Test func expansionsAndImagesTieTogether() throws {
    let file = try cryoSPARC([
      ("sym_expand/src_uid", .identifiers([1, 1, 2, 3])), ("blob/idx", .integers([0, 1, 1, 3])),
    ])
    #expect(file.particles.sources == [0, 0, 0, 3])
    let twice = try cryoSPARC([("uid", .identifiers([9, 8, 7, 9]))])
    #expect(twice.particles.sources == [0, 1, 2, 0])
  }

  @Test(arguments: ["3", "A", "nan", "1.5", "0"])
  func aSplitOfOtherValuesIsNoConcernOfANewOne(value: String) throws {
    let file = try relion([("rlnRandomSubset", ["1", "2", value, "1"])])
    let said = complaint { try file.checkHalfSets() } ?? ""
    #expect(said.contains("row 3, column rlnRandomSubset"))
    let families = file.particles.families(separation: 20)
    let halves = file.particles.resplit(seed: 1, families: families)
    try file.write(halfSets: halves, to: fixture("new.star"))
    let back = try fixture.read("new.star")
    try back.checkHalfSets()
    #expect(back.particles.halfSets == halves)
  }

  @Test(arguments: [
    CSColumn.integers([0, 1, 2, 1]), .numbers([0, 1, 0.5, 1]), .texts(["A", "B", "A", "B"]),
  ])
  func aFieldOfOtherSplitsIsNoConcernOfANewOne(split: CSColumn) throws {
    let file = try cryoSPARC([("alignments3D/split", split)])
    #expect(complaint { try file.checkHalfSets() }?.contains("alignments3D/split") == true)
    let halves: [HalfSet] = [.b, .a, .a, .b]
    try file.write(halfSets: halves, to: fixture("new.cs"))
    let back = try fixture.read("new.cs")
    try back.checkHalfSets()
    #expect(back.particles.halfSets == halves)
  }

  /// Where the CTF is not corrected its columns may hold anything.
  @Test func columnsOfTheCTFAreReadWhereTheyAreNeeded() throws {
    let columns = [("rlnDefocusU", ["None", "9e9", "nan", "1"])]
    #expect(complaint { _ = try relion(columns) }?.contains("rlnDefocusU") == true)
    let file = try relion(columns, needsCTF: false)
    #expect(!file.hasCTF && file.log.contains { $0.contains("was not read") })
    try file.write(to: fixture("same.star"))
    #expect(try fixture.bytes("same.star") == fixture.bytes("run.star"))
  }

  @Test func originsInBothUnitsAreBothWritten() throws {
    for (columns, expected) in [
      (["rlnOriginXAngst", "rlnOriginYAngst", "rlnOriginX", "rlnOriginY"], [3.0, -6, 2, -4]),
      (["rlnOriginXAngst", "rlnOriginYAngst", "rlnOriginX"], [3, -6, 2]),
      (["rlnOriginX", "rlnOriginY"], [2, -4]), (["rlnOriginYAngst"], [-6]),
    ] {
      let half = [String](repeating: "0.5", count: 4)
      let file = try relion(columns.map { ($0, half) })
      var poses = file.particles.poses
      poses[1].origin = Vector2(3, -6)
      try file.write(poses: poses, to: fixture("new.star"))
      let table = try STARFile(path: fixture("new.star")).tables[1]
      var problems = ProblemList()
      for (name, value) in zip(columns, expected) {
        #expect(table.numbers(name, problems: &problems)[1] == value, "\(name)")
      }
      // What both say is the same in every row, also where no pose changed.
      let isBoth = columns.contains("rlnOriginX") && columns.contains("rlnOriginXAngst")
      if isBoth {
        let pixels = table.numbers("rlnOriginX", problems: &problems)
        let angstroms = table.numbers("rlnOriginXAngst", problems: &problems)
        for (a, b) in zip(pixels, angstroms) { #expect(abs(1.5 * a - b) < 1e-5) }
      }
      #expect(try fixture.read("new.star").particles.poses[1].origin == Vector2(3, -6))
      #expect(problems.isEmpty)
    }
  }

  /// Poses of an earlier local refinement are not left to contradict the new ones.
  @Test func earlierLocalPosesAreLeftOut() throws {
    let file = try cryoSPARC([
      ("alignments3D/localpose", .numbers([Double](repeating: 0.1, count: 12), width: 3)),
      ("alignments3D/local_shift", .numbers([Double](repeating: 2, count: 8), width: 2)),
      ("alignments3D/class", .integers([1, 2, 3, 4])),
    ])
    #expect(try file.write(to: fixture("same.cs")).isEmpty)
    #expect(try fixture.bytes("same.cs") == fixture.bytes("p.cs"))
    var poses = file.particles.poses
    poses[2].origin = Vector2(9, 9)
    let notes = try file.write(poses: poses, to: fixture("new.cs"))
    #expect(notes.count == 2 && notes[0].contains("alignments3D/localpose"))
    let new = try CSFile(path: fixture("new.cs"))
    #expect(!new.hasField("alignments3D/localpose") && !new.hasField("alignments3D/local_shift"))
    var problems = ProblemList()
    #expect(new.numbers("alignments3D/class", problems: &problems) == [1, 2, 3, 4])
    #expect(new.identifiers("uid", problems: &problems) == [11, 12, 13, 14])
    #expect(try fixture.read("new.cs").particles.poses[2].origin == Vector2(9, 9))
  }
}
