import CryoEM
import Ground
import Particles

/// A new frame and what is brought into it.
public struct FramePlan: Sendable {
  let recipe: FrameRecipe
  let lead: Volume?
  let grid: MapGrid?
  let particles: ParticleFile?
  public internal(set) var change = FrameChange()
  /// Of a search; nil where the frame was given.
  public internal(set) var correlation: Double?

  /// Writes everything into a folder, each file under its own name.
  ///
  /// - Returns: the names.
  public func write(
    into folder: ToolFolder, _ progress: (String, Double) -> Void = { _, _ in }
  ) throws -> [String] {
    let schedule = scheduler(threads: recipe.threads)
    let paths = recipe.maps + [recipe.particles].compactMap { $0 }
    let names = paths.map { FilePath.name(of: $0) }
    // Before anything is computed.
    let files = try names.map { name throws(Problem) in try folder.file(name) }
    for (index, path) in recipe.maps.enumerated() {
      guard let grid, let first = recipe.maps.first else { break }
      progress("moving \(names[index])", Double(index) / Double(files.count))
      let map =
        if index == 0, let lead { lead } else { try grid.readLike(path, reference: first) }
      let moved =
        map.isMask ? map.movedAsMask(by: change, schedule) : map.moved(by: change, schedule)
      try grid.write(moved, to: files[index])
    }
    if let particles, let file = files.last {
      progress("poses", 0.95)
      try particles.write(poses: poses, extraColumns: defoci, to: file)
    }
    return names
  }

  /// The poses in the new frame.
  var poses: [Pose] { (particles?.particles.poses ?? []).map { $0.moved(by: change) } }

  /// The defoci at the new centre: U and V less the height of it, or plus, by the sign that was asked
  /// for; none where they stay.
  var defoci: [ParticleColumn] {
    guard let sign = recipe.defocusSign, let set = particles?.particles,
      set.defoci.count == set.count
    else { return [] }
    let heights = set.poses.map { sign * $0.height(of: change.centre) }
    return [
      ParticleColumn(
        starName: "rlnDefocusU", csName: "ctf/df1_A",
        values: zip(set.defoci, heights).map { $0.u - $1 }),
      ParticleColumn(
        starName: "rlnDefocusV", csName: "ctf/df2_A",
        values: zip(set.defoci, heights).map { $0.v - $1 }),
    ]
  }

  /// What the record says.
  public var facts: [(key: String, value: ToolRecord.Fact)] {
    let angles = change.rotation.eulerAngles
    var facts: [(key: String, value: ToolRecord.Fact)] = [
      ("centre_x", .number(change.centre.x)), ("centre_y", .number(change.centre.y)),
      ("centre_z", .number(change.centre.z)), ("rot", .number(angles.rot)),
      ("tilt", .number(angles.tilt)), ("psi", .number(angles.psi)),
    ]
    if let correlation { facts.append(("correlation", .number(correlation))) }
    return facts
  }

  /// The result as `--json` prints it.
  public func summary(files: [String]) -> FrameSummary {
    let angles = change.rotation.eulerAngles
    return FrameSummary(
      centre: [change.centre.x, change.centre.y, change.centre.z],
      turn: [angles.rot, angles.tilt, angles.psi], angle: degrees(change.rotation.angle),
      correlation: correlation, particles: particles?.particles.count, files: files)
  }
}

/// What `fulcrum frame --json` prints: the point (Å from the box centre) that became the centre, and the
/// turn as Euler angles and as one angle, degrees.
public struct FrameSummary: Encodable, Sendable {
  public let centre: [Double]
  public let turn: [Double]
  public let angle: Double
  public let correlation: Double?
  public let particles: Int?
  public let files: [String]

  /// The result in a few lines.
  public var text: String {
    func list(_ values: [Double], _ decimals: Int) -> String {
      values.map { Format.fixed($0, decimals) }.joined(separator: ", ")
    }
    var lines = [
      "centre      \(list(centre, 2)) Å of the old frame",
      "turn        \(Format.fixed(angle, 2))° (rot, tilt, psi \(list(turn, 2)))",
    ]
    if let correlation { lines.append("correlation \(Format.fixed(correlation, 4))") }
    if let particles { lines.append("particles   \(Format.count(particles))") }
    return (lines + files).joined(separator: "\n")
  }
}
