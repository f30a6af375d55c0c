import Foundation
import Ground
import TestSupport
import Testing

@testable import CryoEM
@testable import EMFiles
@testable import Particles

/// Random files of many shapes go to the other program's format and back; what both know is the same
/// afterwards, number by number.
@Suite struct ConversionRoundTripTests {
  let fixture: ParticleFixture

  init() throws { fixture = try ParticleFixture() }

  /// Without the images: the fixture has six of 8 pixels.
  private func read(_ name: String) throws -> ParticleFile {
    try ParticleFile.read(
      path: fixture(name), projectDirectory: fixture.path, resolvingImages: false)
  }

  private func convert(
    _ name: String, to other: String, _ target: ParticleConversion.Target, flipsY: Bool = true
  ) throws -> [String] {
    let file = try ParticleFile.read(
      path: fixture(name), projectDirectory: fixture.path, resolvingImages: false,
      needsPoses: false)
    let conversion = ParticleConversion(
      target: target, flipsY: flipsY, micrographSize: (4092, 5760),
      projectDirectory: fixture.path)
    return try file.convert(conversion, to: fixture(other))
  }

  // MARK: STAR → .cs → STAR

  @Test(arguments: 0..<24)
  func starFilesComeBack(seed: Int) throws {
    let star = RandomSTAR(seed: UInt64(seed))
    _ = try fixture.write(star.text, "a.star")
    _ = try convert("a.star", to: "b.cs", .cs, flipsY: seed % 2 == 0)
    _ = try convert("b.cs", to: "c.star", .star(nil), flipsY: seed % 2 == 0)
    let before = try STARFile(path: fixture("a.star"))
    let after = try STARFile(path: fixture("c.star"))
    for table in before.tables {
      let back = after.tables[try #require(after.index(ofBlock: table.blockName))]
      #expect(back.rowCount == table.rowCount)
      for name in table.columnNames {
        let old = try table.texts(name)
        let new = try back.texts(name)
        let isSame = name == "rlnImageName" ? isSameImage : isSameValue
        let row = zip(old, new).enumerated().first { !isSame($0.element.0, $0.element.1) }
        #expect(row == nil, "\(name): \(row.map { "\($0)" } ?? "")")
      }
    }
    // The half-sets and poses that a reader of the .cs file sees are those of the STAR file.
    let (a, b) = (try read("a.star"), try read("b.cs"))
    #expect(a.particles.halfSets == b.particles.halfSets)
    #expect(a.particles.images == b.particles.images)
    for (x, y) in zip(a.particles.poses, b.particles.poses) {
      #expect(x.rotation.angle(to: y.rotation) < 1e-6)
      #expect(abs((x.origin - y.origin).x) < 1e-4 && abs((x.origin - y.origin).y) < 1e-4)
    }
  }

  // MARK: .cs → STAR → .cs

  @Test(arguments: 0..<24)
  func dataSetsComeBackToTheByte(seed: Int) throws {
    let set = RandomDataSet(seed: UInt64(seed))
    try CSFile.write(set.fields, rowCount: set.count, to: fixture("a.cs"))
    let version: RelionVersion = seed % 3 == 0 ? .v30 : .v31
    _ = try convert("a.cs", to: "b.star", .star(version), flipsY: seed % 2 == 0)
    _ = try convert("b.star", to: "c.cs", .cs, flipsY: seed % 2 == 0)
    let (a, c) = (try CSFile(path: fixture("a.cs")), try CSFile(path: fixture("c.cs")))
    #expect(a.fields.map(\.entry) == c.fields.map(\.entry))
    for field in a.fields {
      let (x, y) = (try #require(a.reader(field.name)), try #require(c.reader(field.name)))
      let row = (0..<set.count).first { !x.bytes(row: $0).elementsEqual(y.bytes(row: $0)) }
      #expect(row == nil, "\(field.name), row \(row ?? 0)")
    }
    #expect(try fixture.bytes("c.cs") == fixture.bytes("a.cs"))
  }

  /// Without the table of fields, as after a program that drops it, cryoSPARC's own fields come back.
  @Test func columnsAloneAreEnough() throws {
    let set = RandomDataSet(seed: 5)
    try CSFile.write(set.fields, rowCount: set.count, to: fixture("a.cs"))
    _ = try convert("a.cs", to: "b.star", .star(.v31))
    let text = String(decoding: try fixture.bytes("b.star"), as: UTF8.self)
    let cut = try #require(text.range(of: "data_cryosparc_fields"))
    _ = try fixture.write(String(text[..<cut.lowerBound]), "b.star")
    _ = try convert("b.star", to: "c.cs", .cs)
    let (a, c) = (try CSFile(path: fixture("a.cs")), try CSFile(path: fixture("c.cs")))
    for name in [
      "uid", "alignments3D/pose", "alignments3D/shift", "alignments3D/split", "ctf/df1_A",
    ] {
      let (x, y) = (try #require(a.reader(name)), try #require(c.reader(name)))
      #expect(
        (0..<set.count).allSatisfy { x.bytes(row: $0).elementsEqual(y.bytes(row: $0)) }, "\(name)")
    }
  }

  // MARK: What changes on the way

  /// What was kept counts only as long as what stands beside it has not changed.
  @Test func keptValuesDoNotOverruleChanges() throws {
    _ = try fixture.write(RandomSTAR(seed: 3).text, "a.star")
    _ = try convert("a.star", to: "b.cs", .cs)
    var file = try CSFile(path: fixture("b.cs"))
    let count = file.rowCount
    file.set("ctf/df1_A", to: .numbers((0..<count).map { 20000 + Double($0) }))
    file.set(
      "alignments3D/pose", to: .numbers((0..<3 * count).map { Double($0 % 3) / 4 }, width: 3))
    try file.write(to: fixture("changed.cs"))
    _ = try convert("changed.cs", to: "c.star", .star(.v31))
    let after = try read("c.star")
    let expected = Rotation(rotationVector: Vector3(0, 0.25, 0.5)).transposed
    for row in 0..<count {
      #expect(after.particles.defoci[row].u == 20000 + Double(row))
      #expect(after.particles.poses[row].rotation.angle(to: expected) < 1e-6)
    }
  }

  /// RELION 3.0 has pixels where 3.1 has Å, and one table.
  @Test func versionsOfRelionAreConverted() throws {
    _ = try fixture.write(RandomSTAR(seed: 8).text, "a.star")
    _ = try convert("a.star", to: "old.star", .star(.v30))
    let old = try STARFile(path: fixture("old.star"))
    #expect(old.tables.count == 1 && !old.tables[0].hasColumn("rlnOriginXAngst"))
    #expect(old.tables[0].hasColumn("rlnOriginX") && old.tables[0].hasColumn("rlnVoltage"))
    _ = try convert("old.star", to: "new.star", .star(.v31))
    let (a, b, c) = (
      try read("a.star"), try read("old.star"), try read("new.star")
    )
    for file in [b, c] {
      #expect(file.particles.halfSets == a.particles.halfSets)
      for row in 0..<a.particles.count {
        let (x, y) = (a.particles, file.particles)
        #expect(x.poses[row].rotation == y.poses[row].rotation)
        #expect(abs((x.poses[row].origin - y.poses[row].origin).x) < 1e-8)
        let (p, q) = (
          x.optics[Int(x.opticsIndices[row])], y.optics[Int(y.opticsIndices[row])]
        )
        #expect(abs(p.pixelSize - q.pixelSize) < 1e-12 && p.voltage == q.voltage)
        #expect(p.beamTilt == q.beamTilt)
      }
    }
    #expect(c.particles.optics.map(\.oddZernike) == a.particles.optics.map(\.oddZernike))
  }

  @Test func uidsMustBeUids() throws {
    let text = relion31Text.replacing("_rlnUnknownThing #15", with: "_uid #15")
    _ = try fixture.write(text, "a.star")
    let said = complaint { _ = try convert("a.star", to: "b.cs", .cs) } ?? ""
    #expect(said.contains("row 1, column uid: \"keep\" is no uid"), "\(said)")
    let twice = ["keep", "\"this too\"", "and", "that", "last"].enumerated().reduce(text) {
      $0.replacing("00 1 \($1.element)\n", with: "00 1 7\n").replacing(
        "00 2 \($1.element)\n", with: "00 2 \($1.offset)\n")
    }
    _ = try fixture.write(twice, "a.star")
    let again = complaint { _ = try convert("a.star", to: "b.cs", .cs) } ?? ""
    #expect(again.contains("the uid 7 is that of row 1 as well"), "\(again)")
  }

  @Test func aGroupNamesTheFieldsOfItsFile() throws {
    let set = RandomDataSet(seed: 1)
    try CSFile.write(set.fields, rowCount: set.count, to: fixture("a.cs"))
    try CSGroup.write(groupOf: fixture("a.cs"), to: fixture("a.csg"))
    let group = try CSGroup(path: fixture("a.csg"))
    #expect(group.results.map(\.name).contains("alignments3D") && group.type == "particle")
    #expect(group.results.allSatisfy { $0.itemCount == set.count })
    #expect(try read("a.csg").particles.poses == read("a.cs").particles.poses)
  }
}

/// Whether two names are of one image: numbers may have zeros in front.
private func isSameImage(_ a: String, _ b: String) -> Bool {
  let (a, b) = (a.split(separator: "@"), b.split(separator: "@"))
  return a.count == 2 && b.count == 2 && Int(a[0]) == Int(b[0]) && a[1] == b[1]
}

/// A STAR file as RELION writes it, of random particles, columns and optics.
private struct RandomSTAR {
  var text = "\n# version 30001\n\ndata_optics\n\nloop_\n"

  init(seed: UInt64) {
    var generator = SeededGenerator(seed: seed, stream: 77)
    func number(_ range: ClosedRange<Double>, decimals: Int = 6) -> String {
      String(format: "%.\(decimals)f", generator.uniform(range.lowerBound, range.upperBound))
    }
    func coin() -> Bool { generator.uniform() < 0.5 }
    let groups = Int(generator.uniform() * 3) + 1
    var optics: [(String, [String])] = [
      ("rlnOpticsGroup", (0..<groups).map { "\(2 * $0 + 1)" }),
      ("rlnOpticsGroupName", (0..<groups).map { "grid\($0 + 1)" }),
      ("rlnVoltage", (0..<groups).map { _ in coin() ? "300.000000" : "200.000000" }),
      ("rlnSphericalAberration", (0..<groups).map { _ in coin() ? "2.700000" : "0.010000" }),
      ("rlnAmplitudeContrast", (0..<groups).map { _ in "0.100000" }),
      ("rlnImagePixelSize", (0..<groups).map { _ in number(0.6...2, decimals: 5) }),
      ("rlnImageSize", (0..<groups).map { _ in "128" }),
      ("rlnImageDimensionality", (0..<groups).map { _ in "2" }),
    ]
    func perGroup(_ name: String, _ value: () -> String) {
      optics.append((name, (0..<groups).map { _ in value() }))
    }
    if coin() {
      perGroup("rlnBeamTiltX") { number(-0.5...0.5) }
      perGroup("rlnBeamTiltY") { number(-0.5...0.5) }
    }
    func list(_ count: Int) -> String {
      "[" + (0..<count).map { _ in number(-2...2) }.joined(separator: ",") + "]"
    }
    if coin() { perGroup("rlnOddZernike") { list(6) } }
    if coin() { perGroup("rlnEvenZernike") { list(9) } }
    if coin() {
      for (name, middle) in [("00", 1.0), ("01", 0), ("10", 0), ("11", 1)] {
        perGroup("rlnMagMat\(name)") { number(middle - 0.02...middle + 0.02) }
      }
    }
    if coin() { perGroup("rlnMtfFileName") { "mtf_k3.star" } }
    if coin() { perGroup("rlnMicrographOriginalPixelSize") { number(0.5...1) } }
    if coin() { perGroup("rlnCtfDataAreCtfPremultiplied") { coin() ? "1" : "0" } }

    let count = Int(generator.uniform() * 40) + 2
    var particles: [(String, [String])] = []
    func column(_ name: String, if isThere: Bool = true, _ value: (Int) -> String) {
      if isThere { particles.append((name, (0..<count).map(value))) }
    }
    column("rlnImageName") {
      "\(coin() ? "00000" : "")\($0 % 4 + 1)@Extract/\($0 < 4 ? "a" : "b\($0)").mrcs"
    }
    column("rlnOpticsGroup") { "\(2 * ($0 % groups) + 1)" }
    let isRough = coin()
    let decimals = isRough ? 3 : 6
    column("rlnAngleRot") { $0 == 0 ? "0.000000" : number(-180...180, decimals: decimals) }
    column("rlnAngleTilt") { $0 < 2 ? "0.000000" : number(-20...180, decimals: decimals) }
    column("rlnAnglePsi") { _ in number(-180...360, decimals: decimals) }
    column("rlnOriginXAngst") { _ in number(-10...10) }
    column("rlnOriginYAngst") { _ in number(-10...10) }
    column("rlnDefocusU") { _ in number(5000...30000) }
    column("rlnDefocusV") { _ in number(5000...30000) }
    column("rlnDefocusAngle") { _ in number(-90...90) }
    column("rlnPhaseShift", if: coin()) { _ in number(0...180) }
    column("rlnCtfBfactor", if: coin()) { _ in number(-50...100) }
    column("rlnCtfScalefactor", if: coin()) { _ in number(0.5...1.5) }
    column("rlnRandomSubset", if: coin()) { "\($0 % 2 + 1)" }
    column("rlnClassNumber", if: coin()) { "\($0 % 5 + 1)" }
    if coin() {
      column("rlnMicrographName") { "Micrographs/m \($0 / 5).mrc" }
      column("rlnCoordinateX") { _ in number(0...4000) }
      column("rlnCoordinateY") { _ in number(0...4000) }
    }
    column("rlnGroupName", if: coin()) { "group_\($0 % 3)" }
    column("rlnHelicalTubeID", if: coin()) { "\($0 / 3)" }
    column("rlnLogLikeliContribution", if: coin()) { _ in
      String(format: "%.6e", 1e5 * generator.normal())
    }
    column("rlnLocalRotationStdDev", if: coin()) { _ in number(0...5) }
    column("rlnBeamTiltClass", if: coin()) { "00\($0)" }
    func write(_ columns: [(String, [String])]) {
      for (index, (name, _)) in columns.enumerated() { text += "_\(name) #\(index + 1) \n" }
      for row in columns[0].1.indices {
        text +=
          columns.map { $0.1[row].contains(" ") ? "\"\($0.1[row])\"" : $0.1[row] }
          .joined(separator: " ") + " \n"
      }
    }
    write(optics)
    text += " \n\n# version 30001\n\ndata_particles\n\nloop_\n"
    write(particles)
    text += " \n"
  }
}

/// A .cs file of random fields; all that single precision holds.
private struct RandomDataSet {
  var fields: [(name: String, column: CSColumn)] = []
  let count: Int

  init(seed: UInt64) {
    var generator = SeededGenerator(seed: seed, stream: 78)
    let count = Int(generator.uniform() * 40) + 2
    self.count = count
    func singles(_ range: ClosedRange<Double>, width: Int = 1) -> CSColumn {
      .numbers(
        (0..<count * width).map { _ in
          Double(Float(generator.uniform(range.lowerBound, range.upperBound)))
        }, width: width)
    }
    func coin() -> Bool { generator.uniform() < 0.5 }
    func add(_ name: String, if isThere: Bool = true, _ column: @autoclosure () -> CSColumn) {
      if isThere { fields.append((name, column())) }
    }
    let groups = Int(generator.uniform() * 3) + 1
    /// The same for all particles of a group.
    func perGroup(_ range: ClosedRange<Double>, width: Int = 1) -> CSColumn {
      let values = (0..<groups * width).map { _ in
        Double(Float(generator.uniform(range.lowerBound, range.upperBound)))
      }
      return .numbers(
        (0..<count).flatMap { row in (0..<width).map { values[row % groups * width + $0] } },
        width: width)
    }
    add("uid", .identifiers((0..<count).map { _ in generator.next() }))
    add(
      "blob/path",
      .interned(
        coin() ? ["J1/a.mrc", ">J2/b c.mrc"] : ["J1/a.mrc"],
        (0..<count).map {
          _ in 0
        }, width: 30))
    add("blob/idx", .integers((0..<count).map { $0 }))
    add("blob/shape", .integers((0..<2 * count).map { _ in 64 }, width: 2))
    add("blob/psize_A", perGroup(0.5...3))
    add("blob/sign", if: coin(), .numbers((0..<count).map { _ in -1 }))
    add("blob/import_sig", if: coin(), .identifiers((0..<count).map { _ in generator.next() }))
    if coin() || seed == 5 {
      add("ctf/type", .texts((0..<count).map { _ in "patch" }))
      add("ctf/exp_group_id", .integers((0..<count).map { $0 % groups + 4 }))
      add("ctf/accel_kv", perGroup(100...300))
      add("ctf/cs_mm", perGroup(0.01...2.7))
      add("ctf/amp_contrast", perGroup(0.05...0.2))
      add("ctf/df1_A", singles(3000...40000))
      add("ctf/df2_A", singles(3000...40000))
      add("ctf/df_angle_rad", singles(-3...3))
      add("ctf/phase_shift_rad", if: coin(), singles(0...3))
      add("ctf/scale", if: coin(), singles(0.5...1.5))
      add("ctf/scale_const", if: coin(), singles(0...1))
      add("ctf/shift_A", if: coin(), perGroup(-2...2, width: 2))
      add("ctf/tilt_A", if: coin(), perGroup(-3000...3000, width: 2))
      add("ctf/trefoil_A", if: coin(), perGroup(-500...500, width: 2))
      add("ctf/tetra_A", if: coin(), perGroup(-500...500, width: 4))
      add("ctf/anisomag", if: coin(), perGroup(-0.02...0.02, width: 4))
      add("ctf/bfactor", if: coin(), singles(-20...90))
    }
    if coin() || seed == 5 {
      add("alignments3D/split", .integers((0..<count).map { $0 % 2 }))
      add("alignments3D/shift", singles(-8...8, width: 2))
      // Some are longer than π, as those of real refinements are.
      add("alignments3D/pose", singles(-2.2...2.2, width: 3))
      add("alignments3D/psize_A", coin() ? perGroup(0.5...3) : fields[4].column)
      add("alignments3D/error", if: coin(), singles(0...1e6))
      add("alignments3D/alpha", if: coin(), singles(0.4...1.6))
      add("alignments3D/class", .integers((0..<count).map { $0 % 3 }))
      add(
        "alignments3D/cross_cor", if: coin(), .typed("<f4", (0..<count).map { $0 == 1 ? .nan : 2 }))
    }
    if coin() {
      add("location/micrograph_path", .texts((0..<count).map { "J3/m\($0 / 4).mrc" }))
      add("location/micrograph_uid", .identifiers((0..<count).map { UInt64($0 / 4) }))
      add(
        "location/micrograph_shape", .integers((0..<count).flatMap { _ in [5760, 4092] }, width: 2))
      add("location/center_x_frac", singles(0...1))
      add("location/center_y_frac", singles(0...1))
      add("location/micrograph_psize_A", perGroup(0.5...1))
    }
    add("odd/double", if: coin(), .typed("<f8", (0..<count).map { _ in generator.normal() }))
    add("odd/name", if: coin(), .texts((0..<count).map { $0 % 2 == 0 ? "" : "it's \($0)" }))
    add("odd/flag", if: coin(), .typed("|b1", (0..<count).map { Double($0 % 2) }))
    add("odd/short", if: coin(), .typed("<i2", shape: [2], (0..<2 * count).map { Double($0) - 9 }))
  }
}
