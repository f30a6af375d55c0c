import Glibc
import Ground
import Synchronization

/// Who holds a run folder: the process that writes into it, as the file `lock` says.
public struct RunHolder: Codable, Sendable, Equatable {
  public var host: String
  public var processID: Int32
  /// Which start of the machine, and when the process began on it: process numbers are used again.
  var boot: String
  var processStart: UInt64
  /// In which of the machine's worlds of process numbers: containers each have their own. Nil in locks of
  /// older versions.
  var namespace: String?
  /// Seconds since 1970: since when it holds the folder, and when it last said so.
  public var since: Double
  public var heartbeat: Double
  /// What hinders it, where run.json cannot be written: a full disk.
  public var notice: String?

  /// Seconds without a heartbeat after which a holder that cannot be looked at is taken for dead.
  public static let patience = 120.0

  /// This process.
  init(at time: Double = WallClock.now) {
    host = ProcessFacts.host
    processID = ProcessFacts.processID
    boot = ProcessFacts.boot
    processStart = ProcessFacts.start(of: processID) ?? 0
    namespace = ProcessFacts.namespace
    since = time
    heartbeat = time
  }

  /// Whether it is where its process can be looked at: on this machine, among the same process numbers.
  var isHere: Bool {
    host == ProcessFacts.host && !boot.isEmpty && boot == ProcessFacts.boot
      && namespace != nil && namespace == ProcessFacts.namespace
  }

  /// Whether it is a holder of an older version, which did not say in which world of process numbers it
  /// is, on this machine, and no process of this one is it.
  var isMissedHere: Bool {
    namespace == nil && host == ProcessFacts.host && !boot.isEmpty && boot == ProcessFacts.boot
      && ProcessFacts.start(of: processID) != processStart
  }

  /// Whether the process lives: here the system tells, elsewhere the heartbeat.
  func isAlive(at time: Double = WallClock.now) -> Bool {
    guard isHere else { return Self.isFresh(heartbeat, at: time) }
    guard ProcessFacts.isAlive(processID) else { return false }
    return ProcessFacts.start(of: processID).map { $0 == processStart } ?? true
  }

  /// Whether a heartbeat is near a time. One far in the future says no more than one long past: the
  /// clock that it came from is another.
  static func isFresh(_ heartbeat: Double, at time: Double) -> Bool {
    abs(time - heartbeat) <= patience
  }

  /// The holder in words.
  public func description(at time: Double = WallClock.now) -> String {
    let age = time - heartbeat
    let heard =
      age < -Self.patience
      ? "its clock \(Format.duration(-age)) ahead of this one's"
      : "last heard of \(Format.duration(max(0, age))) ago"
    return "process \(processID) on \(host.printable), \(heard)"
  }
}

/// What the lock of a run folder says.
enum RunHold: Sendable, Equatable {
  case free
  case held(RunHolder)
  /// It is no lock as a process writes it: just being written, or its writer died over it. What is in it.
  case damaged([UInt8])
  /// There is one, and the system does not let it be read.
  case unreadable(String)

  var holder: RunHolder? { if case .held(let holder) = self { holder } else { nil } }
}

extension RunFolder {
  /// The file that says who writes into the folder.
  public var lockPath: String { path + "/lock" }

  /// Who holds the folder, alive or not; nil for nobody, and where it cannot be told.
  public func holder() -> RunHolder? { hold().holder }

  /// What the lock says. One that cannot be read is none that is free.
  func hold() -> RunHold {
    do throws(Problem) {
      let file = try input(lockPath)
      let bytes = try file.bytes(at: 0, count: min(file.size, RunLock.size))
      guard let holder = JSONFile.value(RunHolder.self, of: bytes) else { return .damaged(bytes) }
      return .held(holder)
    } catch {
      // `input` leaves the system's number where the file could not be opened.
      if error.systemError == ENOENT || error.systemError == ENOTDIR { return .free }
      return .unreadable(error.what)
    }
  }

  /// What taking the folder over would take from whom, in a sentence.
  public var takeOverNote: String {
    switch hold() {
    case .free: "\(path) is held by nobody."
    case .held(let holder):
      "Taking \(path) over from \(holder.description()), unless it beats within "
        + "\(Format.duration(RunLock.watch))."
    case .damaged: "Taking \(path) over from a lock that names nobody."
    case .unreadable(let reason): "Taking \(path) over from a lock that cannot be read: \(reason)"
    }
  }

  /// Gives the folder free where this process, which is about to end, holds it.
  public func releaseOwnHold() {
    guard let holder = holder(), holder.isHere, holder.processID == ProcessFacts.processID,
      holder.isAlive()
    else { return }
    removeFile(lockPath)
  }
}
