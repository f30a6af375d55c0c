import Glibc

extension ChildProcess {
  /// Runs a program to its end; its status as a shell has it, and what it and its errors have printed.
  public static func output(
    of words: [String]
  ) throws(StartFailure) -> (status: Int32, bytes: [UInt8]) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw StartFailure(code: errno) }
    let reading = ends[0]
    defer { close(reading) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let child: ChildProcess
    do throws(StartFailure) {
      child = try ChildProcess(words, output: .descriptor(ends[1]))
      close(ends[1])
    } catch {
      close(ends[1])
      throw error
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(reading, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      if bytes.count < 1 << 20 { bytes += buffer[..<count] }
    }
    return (child.wait()?.shellStatus ?? 127, bytes)
  }

  /// Whether PATH finds a program.
  public static func isInPath(_ program: String) -> Bool {
    guard let path = getenv("PATH") else { return false }
    return String(cString: path).split(separator: ":").contains {
      access($0 + "/" + program, X_OK) == 0
    }
  }
}
