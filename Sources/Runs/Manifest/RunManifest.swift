import Ground
import Jobs
import Provenance
import Refinement

/// What is known about a run at a glance: run.json, replaced whole at every heartbeat.
public struct RunManifest: Codable, Sendable, Equatable {
  /// Version of the program that made the run or went on with it last, and the commit that it was built
  /// from; nil where it was not built in a checkout, and in runs of older versions.
  public var version: String
  public var commit: String?
  /// The instructions that it computes with (`Machine.instructions`); nil in runs of older versions.
  public var instructions: String?
  /// What distinguishes the run from all others; nil in runs of older versions.
  public var identifier: String?
  /// The run's name when it was made.
  public var name: String
  /// Where it runs or ran.
  public var host: String
  public var processID: Int32
  /// As its process last wrote it; see `RunFolder.status(of:)` for a process that died.
  public var status: RunStatus
  /// The iteration under way or last done; 0 is the preparation.
  public var iteration: Int
  public var maximumIterations: Int
  /// The stage under way; nil before the first and after the last.
  public var progress: RunProgress?
  /// Seconds since 1970.
  public var started: Double
  public var ended: Double?
  public var heartbeat: Double
  /// Resolution in Å inside the mask (corrected FSC 0.143) of the input, and of the last iteration or,
  /// at the end, of the final maps.
  public var startResolution: Double?
  public var resolution: Double?
  public var particles: Int
  /// What part of the file's particles they are; nil for all.
  public var part: ParticlePart?
  public var boxSize: Int
  public var pixelSize: Double
  public var threads: Int
  /// Resident bytes and CPU seconds of the process at the last heartbeat.
  public var memory: Int
  public var cpuSeconds: Double
  /// The last word: the verdict of a finished run, the reason of a failed one.
  public var message: String
  /// The run that this one was started from; nil for none, and where its inputs tell (`RunOrigin`).
  public var parent: Parent?
  /// The sweep that it is one of; nil for none.
  public var group: Group?
  /// Its turn in the queue of its folder; nil where it never waited there.
  public var turn: Turn?
  /// CPU seconds of the processes before this one, where the run was resumed.
  public var cpuSecondsBefore: Double?
  /// Seconds that the run has taken, pauses between its processes left out, by a clock that nobody sets;
  /// and those of the processes before this one. Nil in runs of older versions.
  public var seconds: Double?
  public var secondsBefore: Double?
  /// Seconds for which the run was held, without the pause that lasts; nil for none.
  public var pausedSeconds: Double?
  /// Since when it is held, seconds since 1970; nil while it is not.
  public var pausedSince: Double?
  /// What was expected of it before it began; nil in runs of older versions.
  public var expected: Expected?
  /// What it may still take, told at the end of each iteration from the second on.
  public var remaining: RemainingTime?

  /// How several regions stand that are refined together, in their order; nil for one.
  public var regions: [Region]?

  /// A region and what its last iteration came to.
  public struct Region: Codable, Sendable, Equatable {
    public var name: String
    public var iteration: Int
    /// Resolution in Å inside its mask of the input, and of the last iteration.
    public var startResolution: Double?
    public var resolution: Double?
    /// Median change against the input: degrees, and Å at its fulcrum.
    public var rotation: Double?
    public var shift: Double?
    /// Share of particles at a search limit, 0…1.
    public var shareAtLimit: Double?
  }

  /// What is expected of a run before it begins.
  public struct Expected: Codable, Sendable, Equatable {
    /// Seconds of preparing the images, and of the final pass.
    public var preparation: Double
    public var final: Double
    /// Passes after convergence.
    public var extraPasses: Int

    public init(preparation: Double, final: Double, extraPasses: Int) {
      (self.preparation, self.final, self.extraPasses) = (preparation, final, extraPasses)
    }
  }

  /// A run from which another was started.
  public struct Parent: Codable, Sendable, Equatable {
    /// What was taken of it.
    public enum Kind: String, Codable, Sendable {
      /// The poses of its iteration.
      case continued
      /// Particles that were selected of its result.
      case selected
      /// Its parameters only, with others changed.
      case rerun
    }

    /// Its name when the run was made.
    public var run: String
    /// 0 where it gave its parameters only.
    public var iteration: Int
    /// Nil in runs of older versions, all of which continue.
    public var kind: Kind?
    /// What distinguishes it from all others, whatever it is called by now.
    public var identifier: String?

    public init(
      run: String, iteration: Int, kind: Kind = .continued, identifier: String? = nil
    ) {
      (self.run, self.iteration) = (run, iteration)
      (self.kind, self.identifier) = (kind, identifier)
    }

    /// The run whose parameters a job file in its folder holds; nil for other job files.
    public init?(ofJobFile path: String) {
      let folder = RunFolder(FilePath.folder(of: FilePath.absolute(path)))
      guard FilePath.absolute(path) == folder.jobPath, let manifest = try? folder.manifest() else {
        return nil
      }
      self.init(run: folder.name, iteration: 0, kind: .rerun, identifier: manifest.identifier)
    }
  }

  public init(
    name: String, particles: Int = 0, boxSize: Int = 0, pixelSize: Double = 0, threads: Int = 0,
    maximumIterations: Int = 0, parent: Parent? = nil, at time: Double = WallClock.now
  ) {
    version = programVersion
    commit = Provenance.commit
    instructions = Machine.instructions
    identifier = Self.newIdentifier()
    self.name = name
    host = ProcessFacts.host
    processID = ProcessFacts.processID
    status = .running
    iteration = 0
    self.maximumIterations = maximumIterations
    progress = nil
    started = time
    ended = nil
    heartbeat = time
    startResolution = nil
    resolution = nil
    self.particles = particles
    self.boxSize = boxSize
    self.pixelSize = pixelSize
    self.threads = threads
    memory = 0
    cpuSeconds = 0
    message = ""
    self.parent = parent
  }

  /// A number that no other run has, in hexadecimal digits.
  private static func newIdentifier() -> String {
    String(UInt64.random(in: .min ... .max), radix: 16)
      + String(UInt64.random(in: .min ... .max), radix: 16)
  }

  /// Takes the run over for this process, to go on with it.
  mutating func takeOver(threads: Int, at time: Double = WallClock.now) {
    cpuSecondsBefore = cpuSeconds
    secondsBefore = duration
    version = programVersion
    commit = Provenance.commit
    instructions = Machine.instructions
    host = ProcessFacts.host
    processID = ProcessFacts.processID
    status = .running
    progress = nil
    ended = nil
    heartbeat = time
    self.threads = threads
    message = ""
    pausedSince = nil
  }

  /// Seconds of the run until `time` for which it was not held.
  public func activeSeconds(at time: Double) -> Double {
    let held = (pausedSeconds ?? 0) + (pausedSince.map { max(0, time - $0) } ?? 0)
    return max(0, duration(at: time) - held)
  }

  /// The program as a line names it: "fulcrum 0.1.0 (1a2b3c4d)".
  public static let programName = name(ofVersion: programVersion, commit: Provenance.commit)

  private static func name(ofVersion version: String, commit: String?) -> String {
    "fulcrum \(version)" + (commit.map { " (\($0))" } ?? "")
  }

  /// Who computes, and on what, in a run that this process has begun or taken over.
  var place: String {
    "\(Self.programName) on \(host), \(Format.counted(threads, "thread")), \(Machine.instructions)"
  }

  /// What this process does otherwise than the one before it, so that the result may not be to the last
  /// bit that of an unbroken run.
  var differences: [String] {
    var found: [String] = []
    if version != programVersion || commit != Provenance.commit {
      found.append(
        "Until now the run was \(Self.name(ofVersion: version, commit: commit))'s; "
          + "\(Self.programName) may refine otherwise")
    }
    if let instructions, instructions != Machine.instructions {
      found.append(
        "Until now the run computed with \(instructions), here with \(Machine.instructions): "
          + "the last digits may differ from those of a run on one kind of machine")
    }
    return found
  }

  /// Seconds that the run has taken up to its end, or to the last heartbeat.
  public var duration: Double { seconds ?? max(0, (ended ?? heartbeat) - started) }

  /// Seconds that a run which goes on has taken at a time, which its heartbeat is near.
  public func duration(at time: Double) -> Double {
    guard let seconds else { return time - started }
    return seconds + min(max(0, time - heartbeat), RunHolder.patience)
  }
}

/// How a run stands.
public enum RunStatus: String, Codable, Sendable, CaseIterable {
  case running, paused, finished, stopped, failed
  /// It waits for a scheduler to begin it, which then takes it up like one that was interrupted.
  case queued
  /// It says that it runs, but its process is gone. Never written, only found.
  case interrupted

  /// Whether its process may still write.
  public var isLive: Bool { self == .running || self == .paused }

  /// A letter-sized sign, so that status is never shown by colour alone.
  public var glyph: String {
    switch self {
    case .running: ">"
    case .paused: "="
    case .finished: "+"
    case .stopped: "-"
    case .failed: "!"
    case .interrupted: "?"
    case .queued: "."
    }
  }
}
