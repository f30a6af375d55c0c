import Glibc

/// A file by the open folder that holds it and its name there.
///
/// A path is walked once, when the place is made. Inside `root`, the folder of a run for example, no
/// symbolic link is followed, neither on the way nor at the end: such a folder may come from anybody,
/// and a link in it could lead what is written or removed to any file of the user. The way to the root
/// itself is the user's own, links included.
public final class FilePlace: Sendable {
  /// The path as it was given, for messages.
  public let path: String
  /// The folder inside of which no link is followed; nil for none.
  public let root: String?
  /// The name in the folder.
  let name: String
  /// The open folder.
  let folder: Int32
  private let follows: Bool

  /// Walks to the folder of `path`.
  ///
  /// - Parameter root: a folder above `path`, by the same spelling; nil to follow links everywhere.
  /// - Throws: a problem where a folder on the way is missing, or is a link inside the root.
  public init(_ path: String, within root: String? = nil) throws(Problem) {
    self.path = path
    self.root = root
    follows = root == nil
    let (start, inside) = Self.parts(of: path, within: root)
    guard let last = inside.last, !inside.contains(".."), last != "." else {
      throw Problem("\(path): not a path inside \(root ?? ".")", whatToDo: "Give a file's path.")
    }
    name = last
    var folder = Self.openFolder(AT_FDCWD, start.isEmpty ? "." : start, O_CLOEXEC)
    guard folder >= 0 else { throw Self.failure(path, "the folder \(start) cannot be opened") }
    var way = start
    for part in inside.dropLast() where part != "." {
      way += "/" + part
      let next = Self.openFolder(folder, part, O_NOFOLLOW | O_CLOEXEC)
      let number = errno
      if next < 0 {
        let isLink = Self.isLink(folder, part)
        close(folder)
        if isLink { throw Self.isLinkProblem(way) }
        errno = number
        throw Self.failure(path, "the folder \(way) cannot be opened")
      }
      close(folder)
      folder = next
    }
    self.folder = folder
  }

  deinit { close(folder) }

  /// The folder from which to walk, and the names from there.
  private static func parts(of path: String, within root: String?) -> (String, [String]) {
    func names(_ text: Substring) -> [String] {
      text.split(separator: "/").map(String.init)
    }
    if let root, path.hasPrefix(root + "/") {
      return (root, names(path.dropFirst(root.count + 1)))
    }
    // Outside of any root the system walks to the folder as it does for any path.
    guard root == nil, let slash = path.lastIndex(of: "/") else {
      return ("", root == nil ? [path] : [".."])
    }
    let folder = slash == path.startIndex ? "/" : String(path[..<slash])
    return (folder, [String(path[path.index(after: slash)...])].filter { !$0.isEmpty })
  }

  /// Opens a folder so that it can be listed and flushed, or at least be walked.
  private static func openFolder(_ from: Int32, _ name: String, _ flags: Int32) -> Int32 {
    let readable = openat(from, name, O_RDONLY | O_DIRECTORY | flags)
    guard readable < 0, errno == EACCES else { return readable }
    return openat(from, name, openPathOnly | O_DIRECTORY | flags)
  }

  private static func isLink(_ folder: Int32, _ name: String) -> Bool {
    var status = stat()
    return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0
      && status.st_mode & S_IFMT == S_IFLNK
  }

  private static func isLinkProblem(_ path: String) -> Problem {
    var problem = Problem(
      "\(path) is a symbolic link, and links in a run folder are not followed",
      whatToDo: "Remove the link, or put what it leads to in its place.")
    problem.systemError = ELOOP
    return problem
  }

  private static func failure(_ path: String, _ what: String) -> Problem {
    let number = errno
    var problem = Problem(
      "\(path): \(what) (\(systemError()))", whatToDo: "Check the path and permissions.")
    problem.systemError = number
    return problem
  }

  // MARK: The file

  /// Opens the file, as `open` does; -1 with `errno` set where it cannot. Closed when programs start.
  public func open(_ flags: Int32, mode: mode_t = 0o666) -> Int32 {
    openat(folder, name, flags | O_CLOEXEC | (follows ? 0 : O_NOFOLLOW), mode)
  }

  /// What the system knows about the file, and of a link itself inside a root; nil where there is none.
  public var status: stat? {
    var status = stat()
    return fstatat(folder, name, &status, follows ? 0 : AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
  }

  /// Why the file is refused: it is a link inside a root. Nil for any other.
  public var refusal: Problem? {
    !follows && Self.isLink(folder, name) ? Self.isLinkProblem(path) : nil
  }

  /// Removes the file, or the link; returns whether it was there to be removed. It is tried again for a
  /// moment where the file system fails as it may for one.
  @discardableResult
  public func remove() -> Bool {
    for _ in 0..<4 {
      if unlinkat(folder, name, 0) == 0 { return true }
      guard Problem.mayPass(errno) else { return false }
      usleep(50_000)
    }
    return false
  }

  /// Gives the file the name of another place, over whatever has it; returns whether it could.
  public func rename(to other: FilePlace) -> Bool {
    renameat(folder, name, other.folder, other.name) == 0
  }

  /// Gives the file another name besides, where none has it; returns whether it could.
  @discardableResult
  public func link(to other: FilePlace) -> Bool {
    linkat(folder, name, other.folder, other.name, 0) == 0
  }

  /// Removes an empty folder; a link to one stays.
  @discardableResult
  public func removeFolder() -> Bool { unlinkat(folder, name, AT_REMOVEDIR) == 0 }

  /// Makes a folder of the name, where there is none, so that it survives a power cut.
  ///
  /// - Throws: a problem where it cannot be made, or something else has the name.
  public func makeFolder() throws(Problem) {
    if mkdirat(folder, name, 0o777) == 0 {
      fsync(folder)
      return
    }
    let number = errno
    if number == EEXIST {
      if let refusal { throw refusal }
      if let status, status.st_mode & S_IFMT == S_IFDIR { return }
    }
    errno = number
    var problem = Problem(
      "\(path) cannot be made (\(systemError()))",
      whatToDo: "Check the permissions, or choose another folder.")
    problem.systemError = number
    throw problem
  }

  /// Flushes the folder, so that a new name in it survives a power cut. A file system that cannot do it
  /// is no reason to fail.
  public func flushFolder() { fsync(folder) }

  /// Names in the folder that has this name, in no order, at most `limit`; empty where there is none.
  public func names(limit: Int = .max) -> [String] {
    Self.names(in: Self.openFolder(folder, name, O_CLOEXEC | (follows ? 0 : O_NOFOLLOW)), limit)
  }

  /// Names in a folder that the user has named; empty where there is none.
  public static func names(in path: String, limit: Int = .max) -> [String] {
    names(in: openFolder(AT_FDCWD, path, O_CLOEXEC), limit)
  }

  private static func names(in inside: Int32, _ limit: Int) -> [String] {
    inside < 0 ? [] : FolderEntry.all(in: inside, limit: limit).map(\.name)
  }
}

/// O_PATH, which the system's module leaves out.
private let openPathOnly: Int32 = 0o10000000
