import EMFiles
import Glibc
import TestSupport
import Testing

@testable import CryoEM

@Suite struct CryoSPARCParticleTests {
  let fixture: ParticleFixture

  init() throws { fixture = try ParticleFixture() }

  /// Two particles of a consensus refinement; the poses are those of a published data set.
  private let blob: [(name: String, column: CSColumn)] = [
    ("uid", .identifiers([11, 22])), ("blob/path", .texts([">Extract/a.mrcs", "Extract/b.mrcs"])),
    ("blob/idx", .integers([3, 1])), ("blob/shape", .integers([8, 8, 8, 8], width: 2)),
    ("blob/psize_A", .numbers([1.5, 1.5])), ("blob/sign", .numbers([-1, -1])),
  ]
  private let ctf: [(name: String, column: CSColumn)] = [
    ("ctf/exp_group_id", .integers([4, 6])), ("ctf/accel_kv", .numbers([300, 300])),
    ("ctf/cs_mm", .numbers([2.7, 2.7])), ("ctf/amp_contrast", .numbers([0.1, 0.1])),
    ("ctf/df1_A", .numbers([12000, 13000])), ("ctf/df2_A", .numbers([11000, 12500])),
    ("ctf/df_angle_rad", .numbers([0.5, -0.25])), ("ctf/phase_shift_rad", .numbers([0, 1])),
    ("ctf/scale", .numbers([1, 0.5])), ("ctf/shift_A", .numbers([0.5, -0.25, 0, 0], width: 2)),
    ("ctf/tilt_A", .numbers([100, -50, 0, 0], width: 2)),
  ]
  private let alignments: [(name: String, column: CSColumn)] = [
    ("alignments3D/split", .integers([1, 0])),
    ("alignments3D/shift", .numbers([2, -1, 0.5, 4], width: 2)),
    (
      "alignments3D/pose",
      .numbers([2.3386633, -0.25595567, -1.2236784, 0.55047995, 3.2572987, -1.5672901], width: 3)
    ),
    ("alignments3D/psize_A", .numbers([3, 1.5])), ("unknown/field", .numbers([7, 8])),
  ]

  private func write(_ columns: [(name: String, column: CSColumn)], _ name: String) throws {
    try CSFile.write(columns, rowCount: 2, to: fixture(name))
  }

  @Test func everythingOfADataSetIsUnderstood() throws {
    try write(blob + ctf + alignments, "p.cs")
    let file = try fixture.read("p.cs")
    let particles = file.particles
    #expect(particles.stacks == [fixture("Extract/a.mrcs"), fixture("Extract/b.mrcs")])
    #expect(particles.images.map(\.slice) == [3, 1])
    #expect(particles.signs == [-1, -1])
    #expect(particles.halfSets == [.b, .a])
    #expect(particles.optics.count == 2)
    #expect(particles.defoci[1].phaseShift == 1 && particles.defoci[1].scale == 0.5)
    // Shift in pixels of alignments3D/psize_A, less ctf/shift_A.
    #expect(particles.poses[0].origin == Vector2(2 * 3 - 0.5, -1 * 3 + 0.25))
    #expect(particles.poses[1].origin == Vector2(0.75, 6))
    // The coefficient of Z(1,3) is −2π/3 · λ² · tilt_A, λ(300 kV) = 0.0196875 Å.
    #expect(abs(particles.optics[0].oddZernike[4] + 2 * .pi / 3 * 0.03875976 * 1) < 1e-5)
    #expect(particles.optics[0].beamTilt == .zero)
    // Euler angles from SciPy: Rotation.from_rotvec(pose).as_euler('ZYZ', degrees=True).
    let expected = [
      (-157.80848804, 118.79096912, 34.68329938), (-131.14900064, 121.78462058, -111.96442201),
    ]
    for (pose, angles) in zip(particles.poses, expected) {
      let euler = pose.rotation.eulerAngles
      #expect(abs(euler.rot - angles.0) < 1e-4)
      #expect(abs(euler.tilt - angles.1) < 1e-4)
      #expect(abs(euler.psi - angles.2) < 1e-4)
    }
  }

  @Test func passthroughFilesAndGroupsAreJoined() throws {
    try write(blob + ctf + alignments, "whole.cs")
    try write([blob[0]] + alignments, "p.cs")
    try CSFile.write(
      [("uid", .identifiers([22, 11]))]
        + (blob.dropFirst() + ctf).map { ($0.name, $0.column.reversed) },
      rowCount: 2, to: fixture("pass.cs"))
    _ = try fixture.write(
      """
      group: {type: particle}
      results:
        alignments3D: {metafile: '>p.cs', num_items: 2}
        blob: {metafile: '>pass.cs', num_items: 2}
        ctf: {metafile: '>pass.cs', num_items: 2}
      """, "p.csg")
    let whole = try fixture.read("whole.cs")
    for file in [
      try fixture.read("p.cs", passthrough: [fixture("pass.cs")]), try fixture.read("p.csg"),
    ] {
      #expect(file.particles.poses == whole.particles.poses)
      #expect(file.particles.defoci == whole.particles.defoci)
      #expect(Set(file.particles.stacks) == Set(whole.particles.stacks))
      #expect(file.particles.halfSets == whole.particles.halfSets)
      try file.write(to: fixture("same.cs"))
      #expect(try fixture.bytes("same.cs") == fixture.bytes("p.cs"))
    }
    #expect(
      try fixture.read("p.csg").files == ["p.csg", "p.cs", "pass.cs"].map { fixture($0) })
    let said = complaint { _ = try fixture.read("p.cs") } ?? ""
    #expect(said.contains("no field blob/path") && said.contains("passthrough"))
  }

  @Test func posesAreWrittenBackAndTheRestStays() throws {
    try write(blob + ctf + alignments, "p.cs")
    let file = try fixture.read("p.cs")
    try file.write(to: fixture("same.cs"))
    #expect(try fixture.bytes("same.cs") == fixture.bytes("p.cs"))
    var poses = file.particles.poses
    poses[1] = Pose(rotation: Rotation(rot: 5, tilt: 170, psi: -60), origin: Vector2(-3, 1.5))
    try file.write(poses: poses, halfSets: [.b, .b], to: fixture("new.cs"))
    let back = try fixture.read("new.cs")
    #expect(back.particles.poses[0] == poses[0])
    #expect(back.particles.poses[1].rotation.angle(to: poses[1].rotation) < 1e-6)
    #expect(back.particles.poses[1].origin == Vector2(-3, 1.5))
    #expect(back.particles.halfSets == [.b, .b])
    let changed = zip(try fixture.bytes("new.cs"), try fixture.bytes("p.cs")).filter { $0 != $1 }
    #expect(changed.count <= 4 * 5 + 1)
  }

  @Test func missingPosesAndSplitsOfNoHalfAreErrors() throws {
    try write(blob + ctf, "no.cs")
    let said = complaint { _ = try fixture.read("no.cs") } ?? ""
    #expect(said.contains("alignments3D/pose is missing"))
    var columns = blob + ctf + alignments
    columns[17].column = .integers([1, 2])
    try write(columns, "split.cs")
    let file = try fixture.read("split.cs")
    #expect(complaint { try file.checkHalfSets() }?.contains("2 is neither 0 nor 1") == true)
  }

  @Test func symmetryCopiesShareTheirSource() throws {
    try write(
      blob + ctf + alignments + [("sym_expand/src_uid", .identifiers([5, 5]))], "p.cs")
    let file = try fixture.read("p.cs")
    #expect(file.particles.sources[0] == file.particles.sources[1])
    #expect(complaint { try file.checkHalfSets() }?.contains("copies of 1 particle are") == true)
  }

  @Test func starFilesAndDataSetsConvertThereAndBack() throws {
    try write(blob + ctf + alignments, "p.cs")
    let original = try fixture.read("p.cs")
    let notes = try original.write(as: .star, to: fixture("p.star"))
    #expect(notes.contains { $0.contains("blob/sign") })
    let star = try fixture.read("p.star")
    #expect(star.format == .star)
    try star.write(as: .cs, to: fixture("back.cs"))
    let back = try fixture.read("back.cs")
    for file in [star, back] {
      #expect(file.particles.stacks == original.particles.stacks)
      #expect(file.particles.images == original.particles.images)
      #expect(file.particles.halfSets == original.particles.halfSets)
      #expect(file.particles.opticsIndices == original.particles.opticsIndices)
      for (a, b) in zip(file.particles.poses, original.particles.poses) {
        #expect(a.rotation.angle(to: b.rotation) < 1e-6)
        #expect(abs((a.origin - b.origin).max()) < 1e-5 && abs((a.origin - b.origin).min()) < 1e-5)
      }
      for (a, b) in zip(file.particles.defoci, original.particles.defoci) {
        #expect(abs(a.u - b.u) < 1e-2 && abs(a.v - b.v) < 1e-2)
        #expect(abs(a.angle - b.angle) < 1e-6 && abs(a.phaseShift - b.phaseShift) < 1e-6)
      }
      for (a, b) in zip(
        file.particles.optics[0].oddZernike, original.particles.optics[0].oddZernike)
      { #expect(abs(a - b) < 1e-6) }
    }
    let text = String(decoding: try fixture.bytes("p.star"), as: UTF8.self)
    #expect(text.contains("000004@Extract/a.mrcs 5 "), "exposure groups count from 1 there")
  }
}

extension CSColumn {
  /// The rows in the opposite order.
  fileprivate var reversed: CSColumn {
    func flipped<T>(_ values: [T], _ width: Int) -> [T] {
      stride(from: values.count - width, through: 0, by: -width).flatMap { values[$0..<$0 + width] }
    }
    switch self {
    case .numbers(let values, let width): return .numbers(flipped(values, width), width: width)
    case .integers(let values, let width): return .integers(flipped(values, width), width: width)
    case .identifiers(let values): return .identifiers(values.reversed())
    case .texts(let values): return .texts(values.reversed())
    default: return self
    }
  }
}
