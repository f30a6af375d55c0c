import Glibc
import Synchronization

/// An ordinary file opened for reading, which any number of threads may read at once.
///
/// Folders, pipes and devices are refused: their size means nothing, and reading one can wait for
/// ever.
public final class InputFile: Sendable {
  /// The path as it was given, for messages.
  public let path: String
  /// Size in bytes when the file was opened.
  public let size: Int
  /// The open file, for reading through libraries; it is closed with this object.
  public let descriptor: Int32
  private let root: String?
  /// When the content last changed before the file was opened.
  private let changed: timespec
  /// Whether reading failed once in spite of patience: further failures are told at once.
  private let isLost = Atomic(false)

  /// Opens a file.
  ///
  /// - Parameter root: the folder inside of which no link is followed, as `FilePlace` has it.
  /// - Throws: a problem when there is no such file, when it may not be read, or when it is not an
  ///   ordinary file.
  public init(path: String, within root: String? = nil) throws(Problem) {
    var descriptor = try openForReading(path, within: root)
    if descriptor < 0 && errno == EMFILE && allowMoreFiles() {
      descriptor = try openForReading(path, within: root)
    }
    guard descriptor >= 0 else {
      let number = errno
      var problem = Problem(
        "\(path): cannot be read (\(systemError()))",
        whatToDo: path.unicodeScalars.contains("\u{FFFD}")
          ? "Its name is not in UTF-8, which paths have to be: rename it, or make a link to it."
          : "Check the path and permissions.")
      problem.systemError = number
      throw problem
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let reason = systemError()
      close(descriptor)
      throw Problem(
        "\(path): cannot be examined (\(reason))", whatToDo: "Check the file system.")
    }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG else {
      close(descriptor)
      throw Problem("\(path) is \(kindName(kind)), not a file", whatToDo: "Give a file's path.")
    }
    self.path = path
    self.root = root
    self.size = Int(status.st_size)
    self.changed = status.st_mtim
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Reads until `buffer` is full or the file ends; returns the number of bytes read.
  ///
  /// Network file systems fail for moments and recover: a failure is tried again for a third of a
  /// second, once for each file.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Problem)
    -> Int
  {
    guard let base = buffer.baseAddress else { return 0 }
    var done = 0
    var pauses: [UInt32] = [30_000, 300_000]
    while done < buffer.count {
      let count = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
      if count == 0 { break }
      if count < 0 {
        let failure = errno
        if failure == EINTR { continue }
        if !isLost.load(ordering: .relaxed), Problem.passes(failure), !pauses.isEmpty {
          usleep(pauses.removeFirst())
          if failure == ESTALE { reopen() }
          continue
        }
        isLost.store(true, ordering: .relaxed)
        errno = failure
        var problem = Problem(
          "\(path): reading failed at byte \(offset + done) (\(systemError()))",
          whatToDo: "Check the disk or the network file system, then try again.")
        problem.systemError = failure
        throw problem
      }
      done += count
    }
    return done
  }

  /// Whether the file on disk is no longer what it was when it was opened: written to, or cut.
  ///
  /// A file that was replaced by another of its name is still the old one here.
  public var hasChanged: Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && !isSame(status)
  }

  /// What tells the file from others, and from itself after a change.
  var identity: FileIdentity {
    var status = stat()
    fstat(descriptor, &status)
    return FileIdentity(
      device: UInt64(status.st_dev), number: UInt64(status.st_ino), size: size,
      seconds: changed.tv_sec, nanoseconds: changed.tv_nsec)
  }

  private func isSame(_ status: stat) -> Bool {
    status.st_size == size && status.st_mtim.tv_sec == changed.tv_sec
      && status.st_mtim.tv_nsec == changed.tv_nsec
  }

  /// A file server that was restarted knows the path and no longer the open file: takes the path's file
  /// in its place, if it is the same.
  func reopen() {
    guard let again = try? openForReading(path, within: root), again >= 0 else { return }
    defer { close(again) }
    var status = stat()
    // dup2 replaces the file under the same number, also for threads that are reading.
    if fstat(again, &status) == 0, status.st_mode & S_IFMT == S_IFREG, isSame(status) {
      dup2(again, descriptor)
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
  }

  /// Up to `count` bytes from `offset`; fewer at the end of the file.
  public func bytes(at offset: Int, count: Int) throws(Problem) -> [UInt8] {
    let wanted = max(0, min(count, size - offset))
    var result = [UInt8](repeating: 0, count: wanted)
    var read = 0
    var failure: Problem?
    result.withUnsafeMutableBytes { buffer in
      do throws(Problem) {
        read = try self.read(into: buffer, at: offset)
      } catch { failure = error }
    }
    if let failure { throw failure }
    result.removeLast(wanted - read)
    return result
  }
}

/// A file on a disk, and its content as far as size and time tell.
struct FileIdentity: Sendable, Equatable {
  var device: UInt64
  var number: UInt64
  var size: Int
  var seconds: Int
  var nanoseconds: Int
}

/// Opens a path for reading. Without O_NONBLOCK the opening of a pipe would wait for its writer.
///
/// - Throws: a problem where a link is not to be followed.
private func openForReading(_ path: String, within root: String?) throws(Problem) -> Int32 {
  guard let root else { return open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) }
  let place = try FilePlace(path, within: root)
  let descriptor = place.open(O_RDONLY | O_NONBLOCK)
  if descriptor < 0, let refusal = place.refusal { throw refusal }
  return descriptor
}

/// The text of the last system error.
public func systemError() -> String { String(cString: strerror(errno)) }

/// Raises the number of files that the process may have open as far as the system lets it.
///
/// Particles of thousands of micrographs come in as many stacks, and the usual limit is 1024.
///
/// - Returns: whether the limit is higher now.
private func allowMoreFiles() -> Bool {
  var limit = rlimit()
  guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0,
    limit.rlim_cur < limit.rlim_max
  else { return false }
  limit.rlim_cur = limit.rlim_max
  return setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
}

/// What a file of a kind is called.
private func kindName(_ kind: mode_t) -> String {
  switch kind {
  case S_IFDIR: "a folder"
  case S_IFIFO: "a named pipe"
  case S_IFCHR, S_IFBLK: "a device"
  case S_IFSOCK: "a socket"
  default: "a special file"
  }
}
