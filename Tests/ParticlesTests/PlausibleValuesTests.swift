import EMFiles
import TestSupport
import Testing

@testable import CryoEM

/// Numbers that are no values: each is an error with its row, and none becomes NaN or a trap.
@Suite struct PlausibleValuesTests {
  private func complaintAbout(_ old: String, _ new: String) throws -> String? {
    let fixture = try ParticleFixture()
    #expect(relion31Text.contains(old))
    _ = try fixture.write(relion31Text.replacing(old, with: new), "hostile.star")
    return complaint { _ = try fixture.read("hostile.star") }
  }

  @Test(arguments: [
    ("40.000000   50", "1e300   50", "no angle"), ("40.000000   50", "nan   50", "finite"),
    ("1.500000  -2.25", "1e6  -2.25", "row 1: the origin"),
    ("1.500000  -2.25", "-1e300  -2.25", "row 1: the origin"),
    ("13500.000000", "1e300", "row 5: a defocus"), ("13500.000000", "-inf", "finite"),
    ("20.000000 0.9", "-100000 0.9", "row 1: a B factor"),

    ("20.000000 0.900000", "20.0 1e30", "row 1: a scale"),
    ("45.000000 90", "1e300 90", "a direction"),
    ("8 200.0 2.0", "8 0 2.0", "voltage"), ("8 200.0 2.0", "8 1e-300 2.0", "second: a voltage"),
    ("8 200.0 2.0", "8 200.0 1e30", "second: a spherical"),
    ("0.07 1.5", "0.07 1e-300", "second: a pixel size"), ("0.07 1.5", "0.07 1e300", "pixel size"),
    ("0.07 1.5", "-3 1.5", "from 0 to 1"), ("0.5 -0.25", "1e300 -0.25", "first: a beam tilt"),
    ("[0,0,1.5,0,0,-2]", "[0,0,1e300,0,0,-2]", "first: a Zernike"),
    ("1.01 0.002", "0 0.002", "first: the magnification"),
    ("1.01 0.002", "1e200 0.002", "first: the magnification"),
  ])
  func isToldWithItsPlace(old: String, new: String, expected: String) throws {
    let told = try complaintAbout(old, new)
    #expect(told?.contains(expected) == true, "\(told ?? "nothing")")
  }

  @Test func manyZernikeCoefficientsAreRefused() throws {
    let many = "[" + [String](repeating: "1", count: 5000).joined(separator: ",") + "]"
    #expect(try complaintAbout("[0,0,1.5,0,0,-2]", many)?.contains("5000 Zernike") == true)
  }

  @Test func opticsWithoutRowsAreRefused() throws {
    let fixture = try ParticleFixture()
    let text = """
      data_optics
      loop_
      _rlnVoltage
      _rlnSphericalAberration
      _rlnAmplitudeContrast
      _rlnImagePixelSize
      data_particles
      loop_
      _rlnImageName
      _rlnAngleRot
      _rlnAngleTilt
      _rlnAnglePsi
      1@Extract/a.mrcs 0 0 0

      """
    _ = try fixture.write(text, "empty.star")
    let told = complaint { _ = try fixture.read("empty.star") }
    #expect(told?.contains("data_optics has no rows") == true, "\(told ?? "nothing")")
  }

  /// Fields of a .cs file may be of any type: whole numbers as large floats must not trap.
  @Test(arguments: ["blob/idx", "blob/shape", "alignments3D/split", "ctf/exp_group_id"])
  func hugeWholeNumbersDoNotTrap(field: String) throws {
    let fixture = try ParticleFixture()
    var columns: [(name: String, column: CSColumn)] = [
      ("uid", .identifiers([1, 2])),
      ("blob/path", .texts(["Extract/a.mrcs", "Extract/a.mrcs"])),
      ("blob/psize_A", .numbers([1.5, 1.5])),
      ("ctf/df1_A", .numbers([1e4, 1e4])), ("ctf/df2_A", .numbers([1e4, 1e4])),
      ("ctf/accel_kv", .numbers([300, 300])), ("ctf/cs_mm", .numbers([2.7, 2.7])),
      ("ctf/amp_contrast", .numbers([0.1, 0.1])),
      ("alignments3D/pose", .numbers([0, 0, 0, 1, 1, 1], width: 3)),
      ("alignments3D/shift", .numbers([0, 0, 0, 0], width: 2)),
    ]
    let good: [(name: String, column: CSColumn)] = [
      ("blob/idx", .numbers([0, 1])), ("blob/shape", .numbers([8, 8, 8, 8], width: 2)),
      ("alignments3D/split", .numbers([0, 1])), ("ctf/exp_group_id", .numbers([1, 1])),
    ]
    let bad = good.map { name, column -> (name: String, column: CSColumn) in
      guard name == field else { return (name, column) }
      let width = name == "blob/shape" ? 2 : 1
      return (name, .numbers([Double](repeating: 3e38, count: 2 * width), width: width))
    }
    try CSFile.write(columns + good, rowCount: 2, to: fixture("good.cs"))
    #expect(complaint { _ = try fixture.read("good.cs") } == nil)
    try CSFile.write(columns + bad, rowCount: 2, to: fixture("bad.cs"))
    let told = complaint { try fixture.read("bad.cs").checkHalfSets() }
    #expect(field == "ctf/exp_group_id" || told?.contains(field) == true, "\(told ?? "nothing")")
    columns[8].column = .numbers([3e38, 0, 0, 1, 1, 1], width: 3)
    try CSFile.write(columns + good, rowCount: 2, to: fixture("turned.cs"))
    #expect(complaint { _ = try fixture.read("turned.cs") }?.contains("no angle") == true)
  }
}
