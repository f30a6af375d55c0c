import CryoEM
import Ground
import Motion
import Particles
import Runs

/// What `fulcrum motion` writes: the modes in numbers, the particles with every region's pose and their
/// place along each mode, and maps of the complex along the modes with a script that plays them.
public struct MotionOutput: Sendable {
  public let input: MotionInput
  public let analysis: MotionAnalysis
  /// Maps along each mode; 0 for none.
  public var frames = 7
  /// Modes that have maps, at most.
  public var mappedModes = 3
  /// How far the maps go, standard deviations to either side.
  public static let reach = 2.0
  public var threads = 1

  public init(_ input: MotionInput, _ analysis: MotionAnalysis) {
    (self.input, self.analysis) = (input, analysis)
  }

  /// Writes everything into a folder.
  ///
  /// - Returns: the files' names.
  public func write(
    into folder: ToolFolder, _ progress: (String, Double) -> Void = { _, _ in }
  ) throws(Problem) -> [String] {
    let particles = "particles." + input.file.format.rawValue
    try AtomicFile.write(JSONFile.text(analysis.report) + "\n", to: try folder.file("motion.json"))
    try AtomicFile.write(analysis.report.tsv, to: try folder.file("modes.tsv"))
    progress("particles", 0)
    try input.file.write(extraColumns: analysis.particleColumns, to: try folder.file(particles))
    return ["motion.json", "modes.tsv", particles] + (try writeMaps(into: folder, progress))
  }

  private func writeMaps(
    into folder: ToolFolder, _ progress: (String, Double) -> Void
  ) throws(Problem) -> [String] {
    let modes = min(mappedModes, analysis.report.claimed)
    guard frames > 0, modes > 0 else { return [] }
    let schedule = scheduler(threads: threads)
    var parts: [Composite.Part] = []
    for source in input.sources {
      parts.append(try source.read(on: input.grid, reference: input.sources[0].map))
    }
    var names: [String] = []
    for mode in 0..<modes {
      var maps: [String] = []
      for frame in 0..<frames {
        progress(
          "maps along mode \(mode + 1)",
          (Double(mode) + Double(frame) / Double(frames)) / Double(modes))
        let map = Self.composed(
          parts, analysis.arrangement(mode: mode, amplitude: amplitude(frame)), schedule)
        let name = "mode\(mode + 1)_\(frame < 9 ? "0" : "")\(frame + 1).mrc"
        try input.grid.write(map, to: try folder.file(name))
        maps.append(name)
      }
      let script = "mode\(mode + 1).cxc"
      try AtomicFile.write(self.script(mode, maps), to: try folder.file(script))
      names += maps + [script]
    }
    return names
  }

  /// Of a frame along a mode: from −2 to 2; a single one is the middle.
  func amplitude(_ frame: Int) -> Double {
    frames == 1 ? 0 : Self.reach * (2 * Double(frame) / Double(frames - 1) - 1)
  }

  /// The complex with each region moved into a frame of its own, voxels from the regions that own them.
  public static func composed(
    _ parts: [Composite.Part], _ frames: [FrameChange], _ schedule: Scheduler
  ) -> Volume {
    guard let first = parts.first else { return Volume(size: 2, pixelSize: 1) }
    // The maps are of the same images, and have one scale.
    var composite = Composite(like: first.map, consensus: nil, scales: false)
    for (part, frame) in zip(parts, frames) {
      if frame == FrameChange() {
        composite.add(part)
        continue
      }
      composite.add(
        Composite.Part(
          map: part.map.moved(by: frame, schedule),
          mask: part.mask.movedAsMask(by: frame, schedule),
          localResolution: part.localResolution?.movedAsMask(by: frame, schedule)))
    }
    return composite.map
  }

  /// A script that plays the maps to and fro and records a movie.
  private func script(_ mode: Int, _ maps: [String]) -> String {
    let share = Format.fixed(100 * analysis.report.modes[mode].share.value, 0)
    return """
      # Mode \(mode + 1), \(share)% of the motion, from -\(Format.shortest(Self.reach)) to \
      \(Format.shortest(Self.reach)) standard deviations: chimerax mode\(mode + 1).cxc
      open \(maps.joined(separator: " ")) vseries true
      volume #1 style surface sdLevel 4
      view
      lighting soft
      vseries play #1 direction oscillate loop true maxFrameRate 10
      # To record it, instead of the line before:
      # movie record; vseries play #1 direction oscillate; wait \(4 * maps.count)
      # movie encode mode\(mode + 1).mp4

      """
  }
}

/// What `fulcrum motion --json` prints.
public struct MotionSummary: Encodable, Sendable {
  public let motion: MotionReport
  public let files: [String]

  public init(_ report: MotionReport, files: [String]) { (motion, self.files) = (report, files) }
}
