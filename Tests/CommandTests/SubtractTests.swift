import CryoEM
import EMFiles
import FoundationEssentials
import Glibc
import Ground
import Particles
import Phantoms
import Testing

/// `fulcrum subtract` on simulated images without noise, whose parts are known, there and back, and what
/// it refuses.
struct SubtractTests {
  /// A set of two bodies without noise, every pose right for the large one; its map and a mask of the small
  /// body.
  private func cleanSet(count: Int = 40) throws -> SmallDataSet {
    let set = try SmallDataSet()
    let run = try ProgramRun(
      [
        "simulate", "set", "--count", "\(count)", "--box", "48", "--snr", "4", "--rotation", "0",
        "--shift", "0", "--float32",
      ], in: set.path)
    try #require(run.status == 0, "\(run.errors)")
    let rec = try ProgramRun(
      ["reconstruct", "set/start.star", "--project-dir", "set", "-o", "rec", "--mask", "sphere"],
      in: set.path)
    try #require(rec.status == 0, "\(rec.errors)")
    return set
  }

  private let base = [
    "subtract", "set/start.star", "--project-dir", "set", "--map", "rec/map.mrc", "--mask",
    "set/mask.mrc",
  ]

  private func file(_ path: String) throws -> ParticleFile {
    try ParticleFile.read(path: path, resolvingImages: false)
  }

  private func images(_ path: String) throws -> [[Float]] {
    let stack = try MRCStack(path: path)
    return try (0..<stack.count).map { try stack.image($0) }
  }

  /// What is inside and what is outside of the mask are the whole: what the two subtractions take away adds
  /// up to the projection of the map, and what they leave to the images less that.
  @Test func insideAndOutsideAreTheWhole() throws {
    let set = try cleanSet()
    var whole = try map(set("set/mask.mrc"))
    whole = whole.map { _ in 0 }
    whole[24, 24, 24] = 1e-6
    try set.write(whole, to: "nothing.mrc")
    for (name, arguments) in [
      ("outside", []), ("inside", ["--inside"]),
      ("all", ["--mask", "nothing.mrc"]),
    ] {
      let run = try ProgramRun(
        base + ["--scale", "1", "-o", name] + arguments, in: set.path)
      try #require(run.status == 0, "\(run.errors)")
    }
    let raw = try images(set("set/particles.mrcs"))
    let parts = try ["outside", "inside", "all"].map {
      try images(set($0 + "/particles_0001.mrcs"))
    }
    for index in raw.indices {
      for pixel in raw[index].indices {
        let sum = parts[0][index][pixel] + parts[1][index][pixel] - raw[index][pixel]
        #expect(abs(sum - parts[2][index][pixel]) < 1e-3)
      }
    }
    // Without the large body there is less in the images.
    func power(_ image: [Float]) -> Double { image.reduce(0) { $0 + Double($1 * $1) } }
    #expect(zip(raw, parts[0]).allSatisfy { power($0) > power($1) })
  }

  private func map(_ path: String) throws -> Volume {
    let file = try MRCVolume(path: path)
    return Volume(size: file.size.x, pixelSize: file.voxelSize.x, voxels: file.voxels)
  }

  /// What is taken away is the projection times the CTF: a sum over the map's voxels, at frequencies of every
  /// direction, on the axes too.
  @Test func whatGoesIsTheProjection() throws {
    let set = try cleanSet()
    var nothing = try map(set("set/mask.mrc")).map { _ in 0 }
    nothing[24, 24, 24] = 1e-6
    try set.write(nothing, to: "nothing.mrc")
    let run = try ProgramRun(
      base + ["--scale", "1", "-o", "all", "--mask", "nothing.mrc"], in: set.path)
    try #require(run.status == 0, "\(run.errors)")
    let (raw, left) = (
      try images(set("set/particles.mrcs")), try images(set("all/particles_0001.mrcs"))
    )
    let density = try map(set("rec/map.mrc"))
    let particles = try file(set("set/start.star")).particles
    for row in [0, 7] {
      let gone = zip(raw[row], left[row]).map { Double($0 - $1) }
      for (kx, ky) in [(0, 2), (0, 5), (0, -4), (2, 0), (5, 0), (3, 3), (2, -4)] {
        var found = Vector2.zero
        for (index, value) in gone.enumerated() {
          let turn = -2 * Double.pi * Double(kx * (index % 48 - 24) + ky * (index / 48 - 24)) / 48
          found += value * Vector2(cos(turn), sin(turn))
        }
        let expected = projection(of: density, particles, row: row, at: (kx, ky))
        let off = found - expected
        let size = (expected * expected).sum().squareRoot()
        #expect(
          (off * off).sum().squareRoot() < 0.03 * size + 0.02, "\((kx, ky)): \(found) \(expected)")
      }
    }
  }

  /// The transform of a particle's projection with its CTF (Mindell and Grigorieff's), voxel by voxel.
  private func projection(
    of map: Volume, _ particles: ParticleSet, row: Int, at k: (x: Int, y: Int)
  ) -> Vector2 {
    let (pose, defocus, optics) = (
      particles.poses[row], particles.defoci[row], particles.optics[0]
    )
    let edge = Double(map.size) * map.pixelSize
    let frequency = Vector2(Double(k.x), Double(k.y)) / edge
    var sum = Vector2.zero
    let half = map.size / 2
    for z in 0..<map.size {
      for y in 0..<map.size {
        for x in 0..<map.size where map[x, y, z] != 0 {
          let place = map.pixelSize * Vector3(Double(x - half), Double(y - half), Double(z - half))
          let turn = -2 * Double.pi * (frequency * pose.position(of: place)).sum()
          sum += Double(map[x, y, z]) * Vector2(cos(turn), sin(turn))
        }
      }
    }
    let volts = optics.voltage * 1000
    let wavelength = 12.2643 / (volts + 0.978466e-6 * volts * volts).squareRoot()
    let square = (frequency * frequency).sum()
    let direction = atan2(frequency.y, frequency.x)
    let depth =
      0.5 * (defocus.u + defocus.v + (defocus.u - defocus.v) * cos(2 * (direction - defocus.angle)))
    let spherical = optics.sphericalAberration * 1e7
    let phase =
      Double.pi * wavelength * depth * square
      - Double.pi / 2 * spherical * pow(wavelength, 3) * square * square
    return sin(phase + asin(optics.amplitudeContrast)) * sum
  }

  /// In the new frame a point of the new map appears where it did in the old image, and the images are cut
  /// from the old ones to the bit; back again they are the file that was.
  @Test func aNewCentreAndBox() throws {
    let set = try cleanSet()
    let whole = try ProgramRun(base + ["-o", "whole", "--scale", "1"], in: set.path)
    try #require(whole.status == 0, "\(whole.errors)")
    let run = try ProgramRun(
      base + [
        "--center", "mask", "--box", "32", "-o", "sub", "--scale", "1", "--defocus-by-height",
      ], in: set.path)
    try #require(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("40 images of 32 pixels in 1 stack"))
    let (old, new) = (try file(set("set/start.star")), try file(set("sub/particles.star")))
    #expect(new.particles.optics.allSatisfy { $0.imageSize == 32 })
    let parts = [
      ("rlnSubtractedMove", ["X", "Y"]), ("rlnSubtractedCentre", ["XAngst", "YAngst", "ZAngst"]),
    ]
    let numbers = try parts.flatMap { name, axes in
      try axes.map { try #require(new.numbers((starName: name + $0, csName: ""))) }
    }
    let pixelSize = old.particles.optics[0].pixelSize
    let (before, after) = (
      try images(set("whole/particles_0001.mrcs")), try images(set("sub/particles_0001.mrcs"))
    )
    for row in 0..<40 {
      let centre = Vector3(numbers[2][row], numbers[3][row], numbers[4][row])
      let (was, now) = (old.particles.poses[row], new.particles.poses[row])
      let point = Vector3(20, -12, 7)
      let cut = Vector2(numbers[0][row], numbers[1][row]) * pixelSize
      let off = was.position(of: centre + point) - cut - now.position(of: point)
      #expect((off * off).sum() < 1e-6)
      // Within half a pixel of the middle.
      #expect(
        abs(now.origin.x) <= pixelSize / 2 + 1e-4 && abs(now.origin.y) <= pixelSize / 2 + 1e-4)
      let (x, y) = (Int(numbers[0][row]), Int(numbers[1][row]))
      for (u, v) in [(16, 16), (10, 21)]
      where (0..<48).contains(u + 8 + x) && (0..<48).contains(v + 8 + y) {
        #expect(after[row][v * 32 + u] == before[row][(v + 8 + y) * 48 + u + 8 + x])
      }
      let height = (was.rotation.row2 * centre).sum()
      let (u, v) = (old.particles.defoci[row].u - height, old.particles.defoci[row].v - height)
      #expect(abs(new.particles.defoci[row].u - u) < 0.01)
      #expect(abs(new.particles.defoci[row].v - v) < 0.01)
    }
    let cut = try map(set("sub/map.mrc"))
    #expect(cut.size == 32)
    // Copies keep what they were made of.
    let text = try String(contentsOfFile: set("sub/particles.star"), encoding: .utf8)
    #expect(
      text.contains("_rlnImageOriginalName") && text.contains("000001@sub/particles_0001.mrcs"))
    let back = try ProgramRun(
      ["subtract", "sub/particles.star", "--revert", "set/start.star", "-o", "back.star"],
      in: set.path)
    try #require(back.status == 0, "\(back.errors)")
    let restored = try file(set("back.star"))
    #expect(restored.stackNames == old.stackNames)
    for (one, other) in zip(restored.particles.poses, old.particles.poses) {
      let off = one.origin - other.origin
      #expect((off * off).sum() < 1e-6)
    }
  }

  /// A second run on a folder that was begun finds what is there, and ends with the same bytes; on one
  /// that is done it says so.
  @Test func itGoesOnWhereItWas() throws {
    let set = try cleanSet()
    let small = base + ["--box", "32", "--stack-size", "1", "--float16"]
    let first = try ProgramRun(small + ["-o", "sub"], in: set.path)
    try #require(first.status == 0, "\(first.errors)")
    #expect(try ProgramRun(small + ["-o", "sub"], in: set.path).status == 2)
    let particles = try set.bytes("sub/particles.star")
    let stack = try set.bytes("sub/particles_0001.mrcs")
    // As a process leaves it that dies before the stack is whole.
    let begun = try StartedProgram(small + ["-o", "again"], in: set.path)
    kill(begun.processID, SIGKILL)
    _ = try begun.wait()
    let resumed = try ProgramRun(small + ["-o", "again", "--force"], in: set.path)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try set.bytes("again/particles_0001.mrcs") == stack)
    let text = String(decoding: try set.bytes("again/particles.star"), as: UTF8.self)
    #expect(text.replacing("again/", with: "sub/") == String(decoding: particles, as: UTF8.self))
  }

  /// Killed between its stacks it goes on with the next one: what was there stays, and the end is the same
  /// to the byte.
  @Test func itGoesOnBetweenStacks() throws {
    let set = try cleanSet(count: 300)
    let small = base + ["--stack-size", "1", "--threads", "1", "--scale", "1"]
    let whole = try ProgramRun(small + ["-o", "whole"], in: set.path)
    try #require(whole.status == 0, "\(whole.errors)")
    #expect(whole.output.contains("in 3 stacks"))
    // A process that has begun, killed; tried again where it was done before the kill came.
    for _ in 0..<10 where access(set("cut/.subtract"), F_OK) != 0 {
      try? FileManager.default.removeItem(atPath: set("cut"))
      let begun = try StartedProgram(small + ["-o", "cut"], in: set.path)
      for _ in 0..<20_000 where access(set("cut/.subtract"), F_OK) != 0 { usleep(1000) }
      kill(begun.processID, SIGKILL)
      _ = try begun.wait()
    }
    // As it is when the first stack is there, and the second was being written.
    try set.write("half", to: "cut/.particles_0002.mrcs.1.1.part")
    for number in 2...3 { unlink(set("cut/particles_000\(number).mrcs")) }
    unlink(set("cut/particles.star"))
    let first = try set.bytes("whole/particles_0001.mrcs")
    try Data(first).write(to: URL(filePath: set("cut/particles_0001.mrcs")))
    let resumed = try ProgramRun(small + ["-o", "cut"], in: set.path)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.output.contains("1 from before"), "\(resumed.output)")
    func names(_ folder: String) -> [String] {
      set.names().filter { $0.hasPrefix(folder + "/") }.map { String($0.dropFirst(folder.count)) }
    }
    #expect(names("cut") == names("whole"))
    for name in names("whole") where name.hasSuffix(".mrcs") || name.hasSuffix(".mrc") {
      #expect(try set.bytes("cut" + name) == set.bytes("whole" + name), "\(name)")
    }
    let text = String(decoding: try set.bytes("cut/particles.star"), as: UTF8.self)
    #expect(
      text.replacing("cut/", with: "whole/")
        == String(decoding: try set.bytes("whole/particles.star"), as: UTF8.self))
  }

  /// The same particles as a .cs file give the same images, and a .cs file that says so.
  @Test func aDataSetGivesTheSameImages() throws {
    let set = try cleanSet()
    let converted = try ProgramRun(
      [
        "convert", "set/start.star", "--project-dir", "set", "--micrograph-size", "4096x4096",
        "-o", "start.cs",
      ], in: set.path)
    try #require(converted.status == 0, "\(converted.errors)")
    let frame = ["--center", "mask", "--box", "32", "--scale", "1"]
    let maps = ["--map", "rec/map.mrc", "--mask", "set/mask.mrc", "--project-dir", "set"]
    for (name, input) in [("star", "set/start.star"), ("cs", "start.cs")] {
      let run = try ProgramRun(["subtract", input] + maps + frame + ["-o", name], in: set.path)
      try #require(run.status == 0, "\(run.errors)")
    }
    // The poses of a .cs file are in single precision.
    let parts = try ["star", "cs"].map { try images(set($0 + "/particles_0001.mrcs")) }
    for (one, other) in zip(parts[0], parts[1]) {
      #expect(zip(one, other).allSatisfy { abs($0 - $1) < 2e-3 })
    }
    let (star, cs) = (try file(set("star/particles.star")), try file(set("cs/particles.cs")))
    #expect(cs.format == .cs && cs.particles.optics.allSatisfy { $0.imageSize == 32 })
    #expect(cs.stackNames == ["cs/particles_0001.mrcs"])
    #expect(cs.particles.images == star.particles.images)
    #expect(cs.particles.halfSets == star.particles.halfSets)
    for (one, other) in zip(star.particles.poses, cs.particles.poses) {
      let off = one.origin - other.origin
      #expect(one.rotation.angle(to: other.rotation) < 1e-6 && (off * off).sum() < 1e-6)
    }
    let back = try ProgramRun(
      ["subtract", "cs/particles.cs", "--revert", "start.cs", "-o", "back.cs"], in: set.path)
    try #require(back.status == 0, "\(back.errors)")
    let (restored, old) = (try file(set("back.cs")), try file(set("start.cs")))
    #expect(restored.stackNames == old.stackNames)
    for (one, other) in zip(restored.particles.poses, old.particles.poses) {
      let off = one.origin - other.origin
      #expect((off * off).sum() < 1e-6)
    }
  }

  @Test func badInputIsRefused() throws {
    let set = try SmallDataSet()
    try set.write(Volume(size: 32, pixelSize: 6), to: "empty.mrc")
    try set.write(Volume(size: 16, pixelSize: 6).map { _ in 1 }, to: "small.mrc")
    try set.write(set.mask.map { 7 * $0 }, to: "wrong.mrc")
    let before = set.names()
    let maps = ["--map", "map.mrc", "--mask", "mask.mrc"]
    for (arguments, words) in [
      (["start.star", "--map", "map.mrc"], ["Missing --mask"]),
      (["start.star"] + maps + ["--box", "31"], ["--box 31"]),
      (["start.star"] + maps + ["--box", "64"], ["--box 64"]),
      (["start.star"] + maps + ["--center", "1,2"], ["--center"]),
      (["start.star"] + maps + ["--center", "500,2,3"], ["outside the box"]),
      (["start.star", "--map", "small.mrc", "--mask", "empty.mrc"], ["small.mrc", "is empty"]),
      (["start.star", "--map", "map.mrc", "--mask", "wrong.mrc"], ["from 0 to 1"]),
      (["start.star", "--map", "gone.mrc", "--mask", "nowhere.mrc"], ["gone.mrc", "nowhere.mrc"]),
      (["start.star", "--revert", "start.star"], ["how its images were cut"]),
      (["start.star", "--revert", "start.star", "--box", "16"], ["--revert"]),
    ] {
      let run = try ProgramRun(["subtract"] + arguments + ["-o", "out"], in: set.path)
      #expect(run.status == 2 && run.output.isEmpty, "\(arguments): \(run.status) \(run.output)")
      for word in words { #expect(run.errors.contains(word), "\(word): \(run.errors)") }
      #expect(set.names() == before)
    }
  }
}
