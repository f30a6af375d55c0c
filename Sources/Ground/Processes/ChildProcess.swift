import Glibc

/// A program that this one has started and waits for.
public struct ChildProcess: Sendable {
  public let processID: pid_t

  /// How a program ended.
  public enum Ending: Sendable, Hashable {
    case exited(Int32)
    case killed(signal: Int32)

    /// The status as a shell has it.
    public var shellStatus: Int32 {
      switch self {
      case .exited(let status): status
      case .killed(let signal): 128 + signal
      }
    }
  }

  /// Why a program could not be started.
  public struct StartFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The system's error number.
    public let code: Int32
    public var description: String { String(cString: strerror(code)) }
  }

  /// Where a program's output goes.
  public enum Output: Sendable, Hashable {
    /// A file that is made anew.
    case file(String)
    /// An open file of this process.
    case descriptor(Int32)
  }

  /// Starts a program, with nothing to read and no signal masked: threads of queues have them masked,
  /// which children would inherit.
  ///
  /// - Parameters:
  ///   - words: the program, by its path or as PATH finds it, and its arguments.
  ///   - environment: entries `NAME=value`; nil for those of this process.
  ///   - output: where what it prints goes.
  ///   - errors: a file for its errors, made anew; nil for where the output goes.
  ///   - ownGroup: whether it gets a process group of its own, to be signalled with all it starts.
  public init(
    _ words: [String], environment: [String]? = nil, output: Output = .file("/dev/null"),
    errors: String? = nil, ownGroup: Bool = false
  ) throws(StartFailure) {
    guard let program = words.first else { throw StartFailure(code: EINVAL) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    switch output {
    case .file(let path): posix_spawn_file_actions_addopen(&actions, 1, path, flags, 0o644)
    case .descriptor(let file): posix_spawn_file_actions_adddup2(&actions, file, 1)
    }
    if let errors {
      posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0o644)
    } else {
      posix_spawn_file_actions_adddup2(&actions, 1, 2)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    // This program ignores them, which children would inherit too.
    for ignored in [SIGPIPE, SIGXFSZ] { sigaddset(&signals, ignored) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    var settings = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    // A group of number 0 is one of the child's own.
    if ownGroup { settings |= POSIX_SPAWN_SETPGROUP }
    posix_spawnattr_setflags(&attributes, Int16(settings))
    let arguments = CStrings(words)
    let variables = CStrings(environment ?? Self.ownEnvironment)
    defer {
      arguments.free()
      variables.free()
    }
    var child = pid_t()
    let failure = posix_spawnp(
      &child, program, &actions, &attributes, arguments.pointers, variables.pointers)
    guard failure == 0 else { throw StartFailure(code: failure) }
    processID = child
  }

  /// Waits for the end; nil where the process is not, or no more, a child of this one.
  @discardableResult
  public func wait() -> Ending? {
    var status: Int32 = 0
    while waitpid(processID, &status, 0) < 0 { guard errno == EINTR else { return nil } }
    let signal = status & 0x7F
    return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: signal)
  }

  /// Sends a signal to the process and all that it has started, where it has a group of its own.
  public func signalGroup(_ signal: Int32) { _ = kill(-processID, signal) }

  /// The path of the program that this process runs.
  public static var ownProgram: String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else { return CommandLine.arguments.first ?? "fulcrum" }
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The environment of this process, as `NAME=value`.
  public static var ownEnvironment: [String] {
    var entries: [String] = []
    var next = environ
    while let entry = next.pointee {
      entries.append(String(cString: entry))
      next += 1
    }
    return entries
  }
}

/// Texts as C has them, with the nil at the end.
private struct CStrings {
  let pointers: [UnsafeMutablePointer<CChar>?]

  init(_ texts: [String]) { pointers = texts.map { strdup($0) } + [nil] }

  func free() { for pointer in pointers { Glibc.free(pointer) } }
}
