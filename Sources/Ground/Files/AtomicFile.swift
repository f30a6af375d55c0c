import Glibc
import Synchronization

/// Writes a file so that its readers see the old content or the new, never a part: the bytes go to
/// a file beside, which is flushed to the disk and renamed.
///
/// Nothing is at the path until `commit()`; without it, the file beside is removed.
public final class AtomicFile {
  /// The path that the file will have.
  public let path: String
  private let place: FilePlace
  private let temporary: String
  private var descriptor: Int32

  /// Begins to write beside `path`. A symbolic link at `path` stays a link, and the file that it leads to
  /// is replaced; inside `root` the link itself is.
  ///
  /// - Parameter root: the folder inside of which no link is followed, as `FilePlace` has it.
  /// - Throws: a problem when the folder does not exist or may not be written, or when `path` is a
  ///   folder or a device.
  public init(path: String, within root: String? = nil) throws(Problem) {
    let place = try FilePlace(root == nil ? resolvedLink(path) : path, within: root)
    let kind = place.status.map { $0.st_mode & S_IFMT }
    guard kind == nil || kind == S_IFREG || kind == S_IFLNK else {
      throw Problem(
        "\(path) cannot be written: it is not an ordinary file",
        whatToDo: "Choose another name for the output.")
    }
    let serial = temporaryCounter.wrappingAdd(1, ordering: .relaxed).newValue
    let temporary = ".\(place.name.prefix(200)).\(getpid()).\(serial).part"
    let descriptor = openat(
      place.folder, temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      let number = errno
      var problem = Problem(
        "\(path) cannot be written (\(systemError()))",
        whatToDo: "Check that the folder exists and may be written.")
      problem.systemError = number
      throw problem
    }
    self.path = path
    self.place = place
    self.temporary = temporary
    self.descriptor = descriptor
  }

  deinit { discard() }

  /// Adds bytes at the end.
  public func append(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
    guard let base = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(descriptor, base + done, bytes.count - done)
      if count < 0 {
        if errno == EINTR { continue }
        throw failure("writing")
      }
      done += count
    }
  }

  /// Adds bytes at the end.
  public func append(_ bytes: [UInt8]) throws(Problem) {
    var failure: Problem?
    bytes.withUnsafeBytes { buffer in
      do throws(Problem) { try append(buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Replaces bytes written before, from `offset` on.
  public func overwrite(_ bytes: [UInt8], at offset: Int) throws(Problem) {
    let count = bytes.withUnsafeBytes {
      pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset))
    }
    guard count == bytes.count else { throw failure("writing") }
  }

  /// Flushes the bytes to the disk and gives the file its name.
  public func commit() throws(Problem) {
    guard descriptor >= 0 else { return }
    guard fsync(descriptor) == 0 else { throw failure("flushing") }
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0, renameat(place.folder, temporary, place.folder, place.name) == 0 else {
      let problem = failure("renaming")
      unlinkat(place.folder, temporary, 0)
      throw problem
    }
    place.flushFolder()
  }

  /// Gives up: what was there stays.
  public func discard() {
    guard descriptor >= 0 else { return }
    close(descriptor)
    descriptor = -1
    unlinkat(place.folder, temporary, 0)
  }

  /// Writes a whole file.
  public static func write(
    _ bytes: [UInt8], to path: String, within root: String? = nil
  ) throws(Problem) {
    let file = try AtomicFile(path: path, within: root)
    try file.append(bytes)
    try file.commit()
  }

  /// Writes a whole file as UTF-8.
  public static func write(
    _ text: String, to path: String, within root: String? = nil
  ) throws(Problem) {
    try write(Array(text.utf8), to: path, within: root)
  }

  private func failure(_ action: String) -> Problem {
    let number = errno
    var problem = Problem(
      "\(path): \(action) failed (\(systemError()))",
      whatToDo: number == EFBIG
        ? "Raise the limit of file sizes (ulimit -f); what was there before is untouched."
        : "Check the free space and the disk quota; what was there before is untouched.")
    problem.systemError = number
    return problem
  }
}

private let temporaryCounter = Atomic<Int>(0)

/// The file that a symbolic link leads to, so that replacing it keeps the link.
private func resolvedLink(_ path: String) -> String {
  guard let resolved = realpath(path, nil) else { return path }
  defer { free(resolved) }
  return String(cString: resolved)
}
