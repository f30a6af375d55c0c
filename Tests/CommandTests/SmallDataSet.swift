import CryoEM
import EMFiles
import FoundationEssentials
import Phantoms
import Refinement
import Testing

/// A small data set with a job file that is in order, to be spoilt in one way by each test.
final class SmallDataSet {
  let path: String
  let simulation: Simulation

  init(count: Int = 12, box: Int = 32) throws {
    path = FileManager.default.temporaryDirectory.path + "/fulcrum-command-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    var settings = SimulationSettings()
    settings.count = count
    settings.boxSize = box
    settings.pixelSize = 6
    simulation = Simulation(settings)
    let stack = try MRCStackWriter(
      path: self("particles.mrcs"), width: box, height: box, pixelSize: 6)
    for particle in 0..<count { try stack.append(simulation.image(of: particle)) }
    try stack.finish()
    try writeStar()
    try write(simulation.consensusMap, to: "map.mrc")
    try write(mask, to: "mask.mrc")
    try write(
      """
      [input]
      particles = "start.star"
      map = "map.mrc"
      mask = "mask.mrc"
      [prior]
      enabled = true
      """, to: "job.toml")
  }

  /// The same with a set/set.toml beside it: what `fulcrum simulate` makes, of 60 particles.
  static func simulated() throws -> SmallDataSet {
    let set = try SmallDataSet()
    let run = try ProgramRun(
      ["simulate", "set", "--count", "60", "--box", "32", "--snr", "2"], in: set.path)
    try #require(run.status == 0, "\(run.errors)")
    return set
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { path + "/" + name }

  var mask: Volume { simulation.mask(of: simulation.phantom.small, near: 6, far: 60) }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: self(name), atomically: false, encoding: .utf8)
  }

  func append(_ text: String, to name: String) throws {
    try write(try String(contentsOfFile: self(name), encoding: .utf8) + text, to: name)
  }

  func write(_ map: Volume, to name: String) throws {
    try MRCVolume.write(
      map.voxels, size: SIMD3(repeating: map.size), voxelSize: map.pixelSize, to: self(name))
  }

  /// The bytes of a file.
  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: self(name))))
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: self(name)))
  }

  /// Names of everything in the folder, folders inside included.
  func names() -> [String] {
    ((try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []).sorted()
  }

  /// Writes start.star, with the columns or rows that a test wants otherwise.
  func writeStar(
    halfSets: [Int]? = nil, hasSplit: Bool = true, slices: [Int]? = nil,
    pixelSizes: [Double] = [6], extra: [(name: String, column: STARColumn)] = []
  ) throws {
    let poses = simulation.startPoses
    let angles = poses.map(\.rotation.eulerAngles)
    let groups = pixelSizes.count
    let split = halfSets ?? simulation.halfSets.map { $0.rawValue + 1 }
    var columns: [(name: String, column: STARColumn)] = [
      (
        "rlnImageName",
        .texts(poses.indices.map { "\((slices?[$0] ?? $0) + 1)@particles.mrcs" })
      ),
      ("rlnOpticsGroup", .integers(poses.indices.map { $0 % groups + 1 })),
      ("rlnAngleRot", .numbers(angles.map(\.rot))),
      ("rlnAngleTilt", .numbers(angles.map(\.tilt))),
      ("rlnAnglePsi", .numbers(angles.map(\.psi))),
      ("rlnOriginXAngst", .numbers(poses.map(\.origin.x))),
      ("rlnOriginYAngst", .numbers(poses.map(\.origin.y))),
      ("rlnDefocusU", .numbers(simulation.defoci.map(\.u))),
      ("rlnDefocusV", .numbers(simulation.defoci.map(\.v))),
      ("rlnDefocusAngle", .numbers(simulation.defoci.map { degrees($0.angle) })),
    ]
    columns += extra
    if hasSplit { columns.append(("rlnRandomSubset", .integers(split))) }
    let optics = NewSTARTable(
      blockName: "optics",
      columns: [
        ("rlnOpticsGroup", .integers(Array(1...groups))),
        ("rlnOpticsGroupName", .texts((1...groups).map { "group\($0)" })),
        ("rlnVoltage", .numbers(pixelSizes.map { _ in 300 })),
        ("rlnSphericalAberration", .numbers(pixelSizes.map { _ in 2.7 })),
        ("rlnAmplitudeContrast", .numbers(pixelSizes.map { _ in 0.1 })),
        ("rlnImagePixelSize", .numbers(pixelSizes)),
        ("rlnImageSize", .integers(pixelSizes.map { _ in simulation.settings.boxSize })),
      ])
    try STARFile.write(
      [optics, NewSTARTable(blockName: "particles", columns: columns)], to: self("start.star"))
  }

  /// Runs `check` and expects a refusal that mentions `words` and writes nothing.
  func expectRefusal(
    _ words: [String], arguments: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let before = names()
    for command in ["check", "run"] {
      let run = try ProgramRun([command, "job.toml"] + arguments, in: path)
      #expect(run.status == 2, "\(run.errors)", sourceLocation: sourceLocation)
      #expect(run.problems.count >= 1, sourceLocation: sourceLocation)
      for word in words {
        #expect(
          run.errors.contains(word), "\(word) is not in: \(run.errors)",
          sourceLocation: sourceLocation)
      }
      #expect(names() == before, sourceLocation: sourceLocation)
    }
  }
}
