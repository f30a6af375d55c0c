import Glibc
import Ground
import Synchronization

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

  /// Seconds for which a holder that cannot be looked at is watched before it is taken for dead: clocks
  /// differ, but one that lives beats three times.
  static let watch = 3.0

  /// Takes a folder; a holder that is dead loses it.
  ///
  /// - Parameters:
  ///   - takingOver: whether a lock that cannot be read, and a holder elsewhere that was heard of lately
  ///     and does not beat now, lose it too. One that lives never does.
  ///   - watch: seconds for which a holder elsewhere is watched.
  /// - Throws: `Problem` naming the holder, and the way out.
  init(
    _ folder: RunFolder, takingOver: Bool = false, watch: Double = RunLock.watch
  ) throws(Problem) {
    self.folder = folder
    let place = try folder.place(folder.lockPath)
    for _ in 0..<40 {
      let file = place.open(O_RDWR | O_CREAT | O_EXCL)
      if file >= 0 {
        descriptor = file
        let holder = RunHolder()
        guard Self.write(holder, to: file) else {
          let problem = Self.failure(folder.lockPath)
          close(file)
          place.remove()
          throw problem
        }
        fsync(file)
        place.flushFolder()
        state = Mutex(holder)
        return
      }
      guard errno == EEXIST else { throw Self.failure(folder.lockPath) }
      let hold = folder.hold()
      if try Self.mayTake(hold, from: folder, takingOver: takingOver, watch: watch) {
        try Self.takeAway(hold, from: folder)
      }
    }
    throw Problem(
      "\(folder.lockPath): others take the folder at the same time", whatToDo: "Try again.")
  }

  /// The same hold after the folder was renamed.
  init(_ lock: RunLock, movedTo folder: RunFolder) {
    self.folder = folder
    descriptor = dup(lock.descriptor)
    state = Mutex(lock.state.withLock { $0 })
  }

  deinit { close(descriptor) }

  /// Whether the lock that says `hold` is a dead one; false where it has changed meanwhile.
  private static func mayTake(
    _ hold: RunHold, from folder: RunFolder, takingOver: Bool, watch: Double
  ) throws(Problem) -> Bool {
    switch hold {
    case .free: return false
    case .unreadable(let reason):
      guard !takingOver else { return true }
      throw unreadable(folder, reason)
    case .damaged: return !hasChanged(hold, in: folder, within: watch)
    case .held(let holder):
      if holder.isHere {
        guard holder.isAlive() else { return true }
        throw held(folder, by: holder, isTakingOver: takingOver)
      }
      guard takingOver || !holder.isAlive() || holder.isMissedHere else {
        throw held(folder, by: holder)
      }
      guard hasChanged(hold, in: folder, within: watch) else { return true }
      if let now = folder.holder() { throw held(folder, by: now, isTakingOver: takingOver) }
      return false
    }
  }

  /// Watches the lock, until it changes or the time is over.
  private static func hasChanged(
    _ hold: RunHold, in folder: RunFolder, within seconds: Double
  ) -> Bool {
    let end = MonotonicClock.now + seconds
    while MonotonicClock.now < end {
      usleep(100_000)
      if folder.hold() != hold { return true }
    }
    return false
  }

  /// Moves a dead lock away. Two that do it at once do not both believe to have done it.
  private static func takeAway(_ hold: RunHold, from folder: RunFolder) throws(Problem) {
    // One after the other where the file system can do that; where not, the rename decides.
    let guardian = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if guardian >= 0 { close(guardian) } }
    if guardian >= 0 { flock(guardian, LOCK_EX) }
    guard folder.hold() == hold else { return }
    let lock = try folder.place(folder.lockPath)
    let name = "lock.\(ProcessFacts.processID).\(UInt32.random(in: 0 ... .max))"
    let aside = try folder.place(folder.path + "/" + name)
    guard lock.rename(to: aside) else {
      guard errno == ENOENT else { throw failure(folder.lockPath) }
      return
    }
    defer { aside.remove() }
    guard case .held(let holder) = hold else { return }
    let taken = (try? folder.input(aside.path)).flatMap { file in
      (try? file.bytes(at: 0, count: min(file.size, size))).flatMap {
        JSONFile.value(RunHolder.self, of: $0)
      }
    }
    // Another has been faster, and this is its lock already: it gets it back.
    if let taken, taken != holder {
      aside.link(to: lock)
      throw held(folder, by: taken)
    }
  }

  private static func held(
    _ folder: RunFolder, by holder: RunHolder, isTakingOver: Bool = false
  ) -> Problem {
    let name = shellQuoted(folder.path)
    let what = "\(folder.path) is held by \(holder.description())"
    if isTakingOver {
      return Problem(
        what + ", and lives",
        whatToDo: "What lives is not taken over. Stop it first: touch \(name)/control/stop")
    }
    let follow = "Follow it with: fulcrum watch \(name) — or stop it before you resume it here."
    return Problem(
      what,
      whatToDo: holder.isHere
        ? follow
        : follow + " If that process is gone for certain: fulcrum resume --take-over \(name)")
  }

  private static func unreadable(_ folder: RunFolder, _ reason: String) -> Problem {
    Problem(
      "\(folder.path): who holds it cannot be told, so it is taken for held (\(reason))",
      whatToDo: "Try again; if no process works on it for certain: fulcrum resume --take-over "
        + shellQuoted(folder.path))
  }

  private static func failure(_ path: String) -> Problem {
    let number = errno
    var problem = Problem(
      "\(path) cannot be written (\(String(cString: strerror(number))))",
      whatToDo: "Check the permissions and the free space of the run folder.")
    problem.systemError = number
    return problem
  }

  private static func write(_ holder: RunHolder, to file: Int32) -> Bool {
    var bytes = Array(JSONFile.text(holder, pretty: false).utf8)
    guard bytes.count < size else { return false }
    bytes += [UInt8](repeating: UInt8(ascii: " "), count: size - bytes.count - 1)
    bytes.append(UInt8(ascii: "\n"))
    return Ground.write(bytes[...], to: file, at: 0) == size
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
    guard fstat(descriptor, &mine) == 0 else { return false }
    let there: stat?
    do throws(Problem) { there = try folder.place(folder.lockPath).status } catch {
      // A file system that does not answer for a moment has not given the folder to another.
      return error.systemError != ENOENT
    }
    guard let there else { return errno != ENOENT }
    return mine.st_ino == there.st_ino && mine.st_dev == there.st_dev
  }

  /// Gives the folder free.
  func release() { if isMine { folder.removeFile(folder.lockPath) } }
}
