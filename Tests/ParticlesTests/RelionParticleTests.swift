import EMFiles
import Glibc
import TestSupport
import Testing

@testable import CryoEM
@testable import Particles

@Suite struct RelionParticleTests {
  let fixture: ParticleFixture

  init() throws { fixture = try ParticleFixture() }

  @Test func everythingOfRelion31IsUnderstood() throws {
    _ = try fixture.write(relion31Text, "run.star")
    let file = try fixture.read("run.star")
    let particles = file.particles
    #expect(file.format == .star && file.hasCTF && particles.count == 5)
    #expect(particles.stacks == [fixture("Extract/a.mrcs"), fixture("Extract/b.mrcs")])
    #expect(file.stackNames == ["Extract/a.mrcs", "Extract/b.mrcs"])
    #expect(particles.images.map(\.stack) == [0, 0, 1, 1, 0])
    #expect(particles.images.map(\.slice) == [0, 2, 1, 1, 3])
    #expect(particles.opticsIndices == [0, 1, 1, 1, 0])
    #expect(particles.halfSets == [.a, .b, .a, .a, .b])
    #expect(particles.signs == [1, 1, 1, 1, 1])
    #expect(Set(particles.sources).count == 4 && particles.sources[2] == particles.sources[3])
    #expect(
      particles.optics[0]
        == OpticsGroup(
          name: "first", voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1,
          pixelSize: 1.5, imageSize: 8, beamTilt: Vector2(0.5, -0.25),
          oddZernike: [0, 0, 1.5, 0, 0, -2], magnification: [1.01, 0.002, -0.003, 0.99],
          isPremultiplied: true))
    #expect(particles.poses[0].origin == Vector2(1.5, -2.25))
    #expect(particles.poses[0].rotation == Rotation(rot: 30, tilt: 40, psi: 50))
    #expect(
      particles.defoci[0]
        == Defocus(
          u: 10500, v: 10000, angle: .pi / 4, phaseShift: .pi / 2, bFactor: 20, scale: 0.9))
    try file.checkHalfSets()
    #expect(try file.checkImages() == [8, 8])
  }

  /// Rows of the optics table that no particle uses say nothing, however wrong they are.
  @Test func unusedOpticsDoNotCount() throws {
    let unused =
      "left   9 -1 N/A 0.10 3.0 64 3 0 0 [x] 1 0 0 1 0\n"
    let text = relion31Text.replacing("second 8 200.0", with: unused + "second 8 200.0")
    _ = try fixture.write(relion31Text, "run.star")
    _ = try fixture.write(text, "more.star")
    let (plain, more) = (try fixture.read("run.star"), try fixture.read("more.star"))
    #expect(more.particles.optics == plain.particles.optics)
    #expect(more.particles.opticsIndices == plain.particles.opticsIndices)
    // The row stays in what is written.
    try more.write(to: fixture("out.star"))
    #expect(String(decoding: try fixture.bytes("out.star"), as: UTF8.self).contains("left   9 -1"))
    // A row that is used is told with the number that it has in the file.
    _ = try fixture.write(
      text.replacing("second 8 200.0", with: "second 8 -200"), "wrong.star")
    let wrong = complaint { _ = try fixture.read("wrong.star") }
    #expect(wrong?.contains("row 3, column rlnVoltage") == true, "\(wrong ?? "")")
  }

  /// The two values of the defocus are written where they are given, and nothing else of the CTF, in
  /// either format.
  @Test(arguments: [ParticleFile.Format.star, .cs])
  func defociAreWrittenWhereTheyAreGiven(format: ParticleFile.Format) throws {
    _ = try fixture.write(relion31Text, "run.star")
    let file = try fixture.read("run.star")
    var defoci = file.particles.defoci
    for index in defoci.indices {
      defoci[index].u += Double(index) - 120.5
      defoci[index].v += Double(index) - 120.5
    }
    let name = "out." + format.rawValue
    try file.write(defoci: defoci, as: format, to: fixture(name))
    let read = try fixture.read(name).particles
    func isNear(_ a: [Double], _ b: [Double]) -> Bool {
      zip(a, b).allSatisfy { abs($0 - $1) < 0.01 }
    }
    #expect(isNear(read.defoci.map(\.u), defoci.map(\.u)))
    #expect(isNear(read.defoci.map(\.v), defoci.map(\.v)))
    #expect(isNear(read.defoci.map(\.angle), defoci.map(\.angle)))
    // Once more in the same format, from the file that was just written.
    for index in defoci.indices { defoci[index].u += 7 }
    try fixture.read(name).write(defoci: defoci, to: fixture("again." + format.rawValue))
    let again = try fixture.read("again." + format.rawValue).particles
    #expect(isNear(again.defoci.map(\.u), defoci.map(\.u)))
    #expect(isNear(again.defoci.map(\.phaseShift), read.defoci.map(\.phaseShift)))
  }

  @Test func flippedPhasesAreRead() throws {
    let text = relion31Text.replacing(
      "rlnCtfDataAreCtfPremultiplied", with: "rlnCtfDataArePhaseFlipped")
    _ = try fixture.write(text, "flipped.star")
    let optics = try fixture.read("flipped.star").particles.optics
    #expect(optics.map(\.isPhaseFlipped) == [true, false])
    #expect(optics.map(\.isPremultiplied) == [false, false])
    let notes = try fixture.read("flipped.star").write(as: .cs, to: fixture("flipped.cs"))
    #expect(notes.contains { $0.contains("flipped") })
  }

  @Test func relion30HasItsOpticsInTheRowsAndItsOriginsInPixels() throws {
    _ = try fixture.write(
      """
      data_
      loop_
      _rlnImageName #1
      _rlnAngleRot #2
      _rlnAngleTilt #3
      _rlnAnglePsi #4
      _rlnOriginX #5
      _rlnOriginY #6
      _rlnVoltage #7
      _rlnSphericalAberration #8
      _rlnAmplitudeContrast #9
      _rlnMagnification #10
      _rlnDetectorPixelSize #11
      _rlnDefocusU #12
      1@Extract/a.mrcs 1 2 3 2.0 -4.0 300 2.7 0.1 40000 5.0 9000
      2@Extract/a.mrcs 4 5 6 1.0  0.5 200 2.7 0.1 40000 5.0 9100
      3@Extract/a.mrcs 7 8 9 0.0  0.0 300 2.7 0.1 40000 5.0 9200
      """, "old.star")
    let file = try fixture.read("old.star")
    let particles = file.particles
    // 1e4 · 5 µm / 40000 = 1.25 Å.
    #expect(particles.optics.map(\.pixelSize) == [1.25, 1.25])
    #expect(particles.optics.map(\.voltage) == [300, 200])
    #expect(particles.optics.map(\.imageSize) == [8, 8], "from the stack, for want of a column")
    #expect(particles.opticsIndices == [0, 1, 0])
    #expect(particles.poses.map(\.origin) == [Vector2(2.5, -5), Vector2(1.25, 0.625), .zero])
    #expect(particles.defoci[1].v == 9100, "one defocus stands for both")
    #expect(particles.halfSets.isEmpty)

    var poses = particles.poses
    poses[1] = Pose(rotation: Rotation(rot: 10, tilt: 20, psi: 30), origin: Vector2(-2.5, 1.25))
    try file.write(poses: poses, to: fixture("new.star"))
    let lines = String(decoding: try fixture.bytes("new.star"), as: UTF8.self)
      .split(separator: "\n")
    #expect(lines[14] == "1@Extract/a.mrcs 1 2 3 2.0 -4.0 300 2.7 0.1 40000 5.0 9000")
    #expect(
      lines[15]
        == "2@Extract/a.mrcs 10.000000 20.000000 30.000000 -2.000000 1.000000 200 2.7 0.1 40000 5.0 9100"
    )
  }

  @Test func nothingChangedIsNothingWritten() throws {
    _ = try fixture.write(relion31Text, "run.star")
    let file = try fixture.read("run.star")
    try file.write(halfSets: file.particles.halfSets, to: fixture("same.star"))
    #expect(try fixture.bytes("same.star") == Array(relion31Text.utf8))
  }

  @Test func onlyWhatChangedIsWritten() throws {
    _ = try fixture.write(relion31Text, "run.star")
    let file = try fixture.read("run.star")
    var poses = file.particles.poses
    poses[4] = Pose(rotation: Rotation(rot: -80, tilt: 120, psi: 5.5), origin: Vector2(0.125, -9))
    try file.write(
      poses: poses, halfSets: [.a, .b, .a, .a, .a],
      extraColumns: [
        ParticleColumn(starName: "rlnLocalAngle", csName: "local/angle", values: [1, 2, 3, 4, 5])
      ], to: fixture("new.star"))
    let back = try fixture.read("new.star")
    #expect(back.particles.halfSets == [.a, .b, .a, .a, .a])
    #expect(back.particles.poses[0] == poses[0])
    #expect(back.particles.poses[4].rotation.angle(to: poses[4].rotation) < 1e-7)
    #expect(back.particles.poses[4].origin == Vector2(0.125, -9))
    let old = relion31Text.split(separator: "\n")
    let new = String(decoding: try fixture.bytes("new.star"), as: UTF8.self).split(separator: "\n")
    #expect(new.contains("_rlnLocalAngle #16 "))
    #expect(old.filter { new.contains($0) }.count == old.count - 5)
    #expect(new.filter { $0.hasSuffix(" \"this too\" 2.000000") }.count == 1)
  }

  @Test func allThatIsWrongIsToldTogether() throws {
    let text =
      relion31Text
      .replacing("@Extract/b.mrcs 8    0.0", with: "@Extract/b.mrcs 9    0.0")
      .replacing("11500.000000", with: "nan")
      .replacing("Extract/a.mrcs", with: "Missing/a.mrcs")
    _ = try fixture.write(text, "bad.star")
    let said = complaint { _ = try fixture.read("bad.star") } ?? ""
    for words in [
      "row 3, column rlnOpticsGroup: there is no optics group 9",
      "row 2, column rlnDefocusU: \"nan\" is not a finite number",
      "Missing/a.mrcs is not found",
      "tried \(fixture.path)/Missing/a.mrcs", "--project-dir",
    ] {
      #expect(said.contains(words), "\(words) in \(said)")
    }
  }

  @Test func missingColumnsAreNamed() throws {
    let cases = [
      ("_rlnAngleTilt", "_rlnAngleTilt"), ("_rlnImageName", "_rlnImageName"),
      ("_rlnVoltage", "rlnVoltage: the column is missing"),
      ("_rlnImagePixelSize", "_rlnImagePixelSize"),
    ]
    for (name, words) in cases {
      _ = try fixture.write(relion31Text.replacing(name + " ", with: name + "Not "), "bad.star")
      let said = complaint { _ = try fixture.read("bad.star") } ?? "nothing"
      #expect(said.contains(words), "\(said)")
    }
  }

  @Test func imagesAreFoundBesideTheFileAndThroughLinks() throws {
    mkdir(fixture("Job"), 0o700)
    symlink(fixture("Extract/a.mrcs"), fixture("Job/linked.mrcs"))
    let text = relion31Text.replacing("Extract/a.mrcs", with: "linked.mrcs")
      .replacing("Extract/b.mrcs", with: ">" + fixture("Extract/b.mrcs"))
    _ = try fixture.write(text, "Job/run.star")
    let file = try fixture.read("Job/run.star")
    #expect(file.particles.stacks == [fixture("Job/linked.mrcs"), fixture("Extract/b.mrcs")])
  }

  @Test func stacksThatDoNotFitAreErrors() throws {
    _ = try fixture.write(
      relion31Text.replacing("000003@", with: "000009@").replacing(
        " 1.5 8 2 0.5", with: " 1.5 10 2 0.5"),
      "bad.star")
    let file = try fixture.read("bad.star")
    let said = complaint { try file.checkImages() } ?? ""
    #expect(said.contains("row 2 names image 9 of \(fixture("Extract/a.mrcs")), which has 4"))
  }

  @Test func subtractedCopiesShareTheirSource() throws {
    _ = try fixture.write(
      """
      data_optics
      loop_
      _rlnOpticsGroup
      _rlnImagePixelSize
      1 1.5
      data_particles
      loop_
      _rlnImageName
      _rlnImageOriginalName
      _rlnAngleRot
      _rlnAngleTilt
      _rlnAnglePsi
      1@Extract/a.mrcs 1@Extract/b.mrcs 0 0 0
      2@Extract/a.mrcs 1@Extract/b.mrcs 0 0 0
      3@Extract/a.mrcs 2@Extract/b.mrcs 0 0 0
      """, "subtracted.star")
    let file = try fixture.read("subtracted.star")
    let sources = file.particles.sources
    #expect(sources[0] == sources[1] && sources[0] != sources[2])
    #expect(!file.hasCTF)
    #expect(file.log.count >= 2)
  }
}
