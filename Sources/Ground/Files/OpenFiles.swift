import Glibc
import Synchronization

/// Files of which more are in use than may be open at once: they are opened in turn.
///
/// Particles of thousands of micrographs come in as many stacks, and a process may have 1024 files open
/// on many systems. Some descriptors are always left for what the program writes.
public final class OpenFiles: Sendable {
  /// Those of the program.
  public static let shared = OpenFiles()

  /// Descriptors that are left for everything else.
  private static let reserve = 96

  private let fixedCapacity: Int?
  private let open = Mutex<[Entry]>([])

  private struct Entry {
    weak var file: RotatingFile?
  }

  /// - Parameter capacity: files that are open at once; nil for what the system allows, less the reserve.
  public init(capacity: Int? = nil) { fixedCapacity = capacity }

  private var capacity: Int {
    if let fixedCapacity { return fixedCapacity }
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 256 }
    return max(8, Int(clamping: limit.rlim_cur) - Self.reserve)
  }

  /// Makes room for a file, by closing those that were opened first, and counts it as open.
  fileprivate func makeRoom(for file: RotatingFile) {
    let capacity = self.capacity
    let others = open.withLock { entries -> [RotatingFile] in
      if entries.count >= capacity { entries.removeAll { $0.file == nil } }
      var closing: [RotatingFile] = []
      while entries.count >= capacity, let first = entries.first {
        entries.removeFirst()
        if let file = first.file { closing.append(file) }
      }
      entries.append(Entry(file: file))
      return closing
    }
    for other in others where other !== file { other.rest() }
  }

  /// Closes half of the files; after the system has refused another.
  fileprivate func giveBack() {
    let others = open.withLock { entries -> [RotatingFile] in
      let half = entries.prefix(max(1, entries.count / 2)).compactMap(\.file)
      entries.removeFirst(min(entries.count, max(1, entries.count / 2)))
      return half
    }
    for other in others { other.rest() }
  }
}

/// An input file that is closed while others need its descriptor, and opened again when it is read.
public final class RotatingFile: Sendable {
  public let path: String
  public let size: Int
  private let identity: FileIdentity
  private let files: OpenFiles
  private let file: Mutex<InputFile?>

  /// Opens a file.
  ///
  /// - Throws: as `InputFile` does.
  public init(path: String, among files: OpenFiles = .shared) throws(Problem) {
    let first = try Self.opened(path, among: files)
    self.path = path
    self.files = files
    size = first.size
    identity = first.identity
    file = Mutex(first)
    files.makeRoom(for: self)
  }

  /// The file, open as long as it is held.
  ///
  /// - Throws: a problem where it cannot be opened again, or is not the same any more.
  public func opened() throws(Problem) -> InputFile {
    if let open = file.withLock({ $0 }) { return open }
    let again = try Self.opened(path, among: files)
    guard again.identity == identity else {
      throw Problem(
        "\(path): the file was written to or replaced while it was in use",
        whatToDo: "Do not change particle stacks while a refinement runs.")
    }
    let (kept, isNew) = file.withLock { known -> (InputFile, Bool) in
      if let known { return (known, false) }
      known = again
      return (again, true)
    }
    if isNew { files.makeRoom(for: self) }
    return kept
  }

  /// Gives the descriptor back as soon as nobody reads any more.
  fileprivate func rest() { file.withLock { $0 = nil } }

  private static func opened(_ path: String, among files: OpenFiles) throws(Problem) -> InputFile {
    do throws(Problem) { return try InputFile(path: path) } catch {
      guard error.systemError == EMFILE else { throw error }
      files.giveBack()
      return try InputFile(path: path)
    }
  }
}
