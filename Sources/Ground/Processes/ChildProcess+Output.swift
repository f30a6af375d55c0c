import Glibc

extension ChildProcess {
  /// Runs a program to its end, and hands over what it and its errors print while they do.
  ///
  /// - Parameters:
  ///   - words: the program, by its path or as PATH finds it, and its arguments.
  ///   - environment: entries `NAME=value`; nil for those of this process.
  ///   - ownGroup: whether it gets a process group of its own, to be signalled with all it starts.
  ///   - started: gets the program once it runs.
  ///   - reading: gets the bytes as they come.
  /// - Returns: how it ended; nil where the system does not say.
  public static func run(
    _ words: [String], environment: [String]? = nil, ownGroup: Bool = false,
    started: (ChildProcess) -> Void = { _ in }, reading: (ArraySlice<UInt8>) -> Void
  ) throws(StartFailure) -> Ending? {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw StartFailure(code: errno) }
    let readingEnd = ends[0]
    defer { close(readingEnd) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let child: ChildProcess
    do throws(StartFailure) {
      child = try ChildProcess(
        words, environment: environment, output: .descriptor(ends[1]), ownGroup: ownGroup)
      close(ends[1])
    } catch {
      close(ends[1])
      throw error
    }
    started(child)
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(readingEnd, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      reading(buffer[..<count])
    }
    return child.wait()
  }

  /// Runs a program to its end; its status as a shell has it, and what it and its errors have printed.
  public static func output(
    of words: [String]
  ) throws(StartFailure) -> (status: Int32, bytes: [UInt8]) {
    var bytes: [UInt8] = []
    let ending = try run(words) { part in
      if bytes.count < 1 << 20 { bytes += part }
    }
    return (ending?.shellStatus ?? 127, bytes)
  }

  /// Whether PATH finds a program.
  public static func isInPath(_ program: String) -> Bool {
    guard let path = getenv("PATH") else { return false }
    return String(cString: path).split(separator: ":").contains {
      access($0 + "/" + program, X_OK) == 0
    }
  }
}
