import Glibc
import Synchronization

/// Writes a file so that its readers see the old content or the new, never a part: the bytes go to
/// a file beside, which is flushed to the disk and renamed.
///
/// Nothing is at the path until `commit()`; without it, the file beside is removed.
public final class AtomicFile {
  /// The path that the file will have.
  public let path: String
  private let temporaryPath: String
  private let finalPath: String
  private var descriptor: Int32

  /// Begins to write beside `path`. A symbolic link at `path` stays a link.
  ///
  /// - Throws: a problem when the folder does not exist or may not be written, or when `path` is a
  ///   folder or a device.
  public init(path: String) throws(Problem) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw Problem(
        "\(path) cannot be written: it is not an ordinary file",
        whatToDo: "Choose another name for the output.")
    }
    let final = resolvedLink(path)
    let slash = final.lastIndex(of: "/")
    let folder = slash.map { String(final[...$0]) } ?? ""
    let name = slash.map { String(final[final.index(after: $0)...]) } ?? final
    let serial = temporaryCounter.wrappingAdd(1, ordering: .relaxed).newValue
    let temporary = "\(folder).\(name.prefix(200)).\(getpid()).\(serial).part"
    let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      let number = errno
      var problem = Problem(
        "\(path) cannot be written (\(systemError()))",
        whatToDo: "Check that the folder exists and may be written.")
      problem.systemError = number
      throw problem
    }
    self.path = path
    self.finalPath = final
    self.temporaryPath = temporary
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
    guard closed == 0, rename(temporaryPath, finalPath) == 0 else {
      let problem = failure("renaming")
      unlink(temporaryPath)
      throw problem
    }
    flushFolder(of: finalPath)
  }

  /// Gives up: what was there stays.
  public func discard() {
    guard descriptor >= 0 else { return }
    close(descriptor)
    descriptor = -1
    unlink(temporaryPath)
  }

  /// Writes a whole file.
  public static func write(_ bytes: [UInt8], to path: String) throws(Problem) {
    let file = try AtomicFile(path: path)
    try file.append(bytes)
    try file.commit()
  }

  /// Writes a whole file as UTF-8.
  public static func write(_ text: String, to path: String) throws(Problem) {
    try write(Array(text.utf8), to: path)
  }

  private func failure(_ action: String) -> Problem {
    let number = errno
    var problem = Problem(
      "\(path): \(action) failed (\(systemError()))",
      whatToDo: "Check the free space and the disk quota; what was there before is untouched.")
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

/// A rename survives a power cut only when the folder is flushed too; a file system that cannot do
/// it is no reason to fail.
private func flushFolder(of path: String) {
  let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}
