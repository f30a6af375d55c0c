import EMFiles
import Glibc
import Synchronization

/// Who holds a run folder: the process that writes into it, as the file `lock` says.
public struct RunHolder: Codable, Sendable, Equatable {
  public var host: String
  public var processID: Int32
  /// Which start of the machine, and when the process began on it: process numbers are used again.
  var boot: String
  var processStart: UInt64
  /// Seconds since 1970: since when it holds the folder, and when it last said so.
  public var since: Double
  public var heartbeat: Double
  /// What hinders it, where run.json cannot be written: a full disk.
  public var notice: String?

  /// Seconds without a heartbeat after which a holder on another machine is taken for dead.
  public static let patience = 120.0

  /// This process.
  init(at time: Double = WallClock.now) {
    host = ProcessFacts.host
    processID = ProcessFacts.processID
    boot = ProcessFacts.boot
    processStart = ProcessFacts.start(of: processID) ?? 0
    since = time
    heartbeat = time
  }

  /// Whether it is on this machine, where its process can be looked at.
  var isHere: Bool { host == ProcessFacts.host && boot == ProcessFacts.boot }

  /// Whether the process lives: on this machine the system tells, of another one the heartbeat.
  func isAlive(at time: Double = WallClock.now) -> Bool {
    guard isHere else { return time - heartbeat <= Self.patience }
    guard ProcessFacts.isAlive(processID) else { return false }
    return ProcessFacts.start(of: processID).map { $0 == processStart } ?? true
  }

  /// The holder in words.
  public func description(at time: Double = WallClock.now) -> String {
    "process \(processID) on \(host), last heard of "
      + "\(Format.duration(max(0, time - heartbeat))) ago"
  }
}

extension RunFolder {
  /// The file that says who writes into the folder.
  public var lockPath: String { path + "/lock" }

  /// Who holds the folder, alive or not; nil for nobody.
  public func holder() -> RunHolder? {
    guard let file = try? InputFile(path: lockPath), file.size <= RunLock.size,
      let bytes = try? file.bytes(at: 0, count: file.size)
    else { return nil }
    return JSONFile.value(RunHolder.self, of: bytes)
  }

  /// Gives the folder free where this process, which is about to end, holds it.
  public func releaseOwnHold() {
    guard let holder = holder(), holder.isHere, holder.processID == ProcessFacts.processID,
      holder.isAlive()
    else { return }
    unlink(lockPath)
  }
}

/// The hold of this process on a run folder: a file that only one can make. It beats once a second, so
/// that another machine sees whether the process still lives.
///
/// The file has its full size from the beginning and is written in place: on a full disk it beats on,
/// and can say so.
final class RunLock: Sendable {
  static let size = 1024

  private let folder: RunFolder
  private let descriptor: Int32
  private let state: Mutex<RunHolder>

  /// Takes a folder; a holder that is dead loses it.
  ///
  /// - Throws: `Problem` naming the holder that lives.
  init(_ folder: RunFolder) throws(Problem) {
    self.folder = folder
    let path = folder.lockPath
    for attempt in 0... {
      let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if file >= 0 {
        descriptor = file
        let holder = RunHolder()
        guard Self.write(holder, to: file) else {
          let problem = Self.failure(path)
          close(file)
          unlink(path)
          throw problem
        }
        fsync(file)
        state = Mutex(holder)
        return
      }
      guard errno == EEXIST, attempt < 20 else { throw Self.failure(path) }
      guard let holder = folder.holder() else {
        // It is just being written, or its writer died before it came to that.
        if attempt < 10 { usleep(100_000) } else { unlink(path) }
        continue
      }
      if try Self.lives(holder, in: folder) { throw Self.held(folder, by: holder) }
      try Self.takeAway(holder, from: folder)
    }
    throw Self.failure(path)
  }

  /// The same hold after the folder was renamed.
  init(_ lock: RunLock, movedTo folder: RunFolder) {
    self.folder = folder
    descriptor = dup(lock.descriptor)
    state = Mutex(lock.state.withLock { $0 })
  }

  deinit { close(descriptor) }

  /// Whether a holder lives. One on another machine is watched for three seconds before it is taken
  /// for dead, since clocks differ.
  private static func lives(_ holder: RunHolder, in folder: RunFolder) throws(Problem) -> Bool {
    if holder.isAlive() { return true }
    if holder.isHere { return false }
    usleep(3_000_000)
    return folder.holder().map { $0 != holder } ?? false
  }

  /// Moves the lock of a dead holder away. Two that do it at once do not both believe to have done it.
  private static func takeAway(_ holder: RunHolder, from folder: RunFolder) throws(Problem) {
    // One after the other where the file system can do that; where not, the rename decides.
    let guardian = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if guardian >= 0 { close(guardian) } }
    if guardian >= 0 { flock(guardian, LOCK_EX) }
    guard folder.holder() == holder else { return }
    let aside = folder.lockPath + ".\(ProcessFacts.processID).\(UInt32.random(in: 0 ... .max))"
    guard rename(folder.lockPath, aside) == 0 else { return }
    defer { unlink(aside) }
    let taken =
      (try? InputFile(path: aside)).flatMap { file in
        (try? file.bytes(at: 0, count: file.size)).flatMap {
          JSONFile.value(RunHolder.self, of: $0)
        }
      }
    // Another has been faster, and this is its lock already: it gets it back.
    if let taken, taken != holder {
      link(aside, folder.lockPath)
      throw held(folder, by: taken)
    }
  }

  private static func held(_ folder: RunFolder, by holder: RunHolder) -> Problem {
    Problem(
      "\(folder.path) is held by \(holder.description())",
      whatToDo:
        "Follow it with: fulcrum watch \(folder.path) — or stop it before you resume it here."
    )
  }

  private static func failure(_ path: String) -> Problem {
    var problem = Problem(
      "\(path) cannot be written (\(String(cString: strerror(errno))))",
      whatToDo: "Check the permissions and the free space of the run folder.")
    problem.systemError = errno
    return problem
  }

  private static func write(_ holder: RunHolder, to file: Int32) -> Bool {
    var bytes = Array(JSONFile.text(holder, pretty: false).utf8)
    guard bytes.count < size else { return false }
    bytes += [UInt8](repeating: UInt8(ascii: " "), count: size - bytes.count - 1)
    bytes.append(UInt8(ascii: "\n"))
    return bytes.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) } == size
  }

  /// Says that the process lives, and what hinders it. Returns whether the folder is still this
  /// process's.
  func beat(notice: String?) -> Bool {
    guard isMine else { return false }
    state.withLock { holder in
      holder.heartbeat = WallClock.now
      holder.notice = notice.map { String($0.prefix(300)) }
      _ = Self.write(holder, to: descriptor)
    }
    return true
  }

  /// Whether the file in the folder is the one that this process made.
  private var isMine: Bool {
    var mine = stat()
    var there = stat()
    guard fstat(descriptor, &mine) == 0 else { return false }
    // A file system that does not answer for a moment has not given the folder to another.
    guard stat(folder.lockPath, &there) == 0 else { return errno != ENOENT }
    return mine.st_ino == there.st_ino && mine.st_dev == there.st_dev
  }

  /// Gives the folder free.
  func release() { if isMine { unlink(folder.lockPath) } }
}
