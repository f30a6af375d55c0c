import Glibc
import Testing

/// One run of the built program.
struct ProgramRun {
  let status: Int32
  let output: String
  let errors: String

  /// The problems that it told: lines that begin with "error: ".
  var problems: [Substring] { errors.split(separator: "\n").filter { $0.hasPrefix("error: ") } }

  /// Runs the program in a folder and waits for its end.
  ///
  /// The output goes through files, so that no pipe can fill up; the signal mask is cleared, since
  /// test threads mask signals and children inherit that.
  init(_ arguments: [String], in folder: String, environment: [String] = []) throws {
    let started = try StartedProgram(arguments, in: folder, environment: environment)
    self = try started.wait()
  }

  init(status: Int32, output: String, errors: String) {
    self.status = status
    self.output = output
    self.errors = errors
  }
}

/// A run of the program that goes on.
struct StartedProgram {
  let processID: pid_t
  private let outputPath: String
  private let errorPath: String

  init(_ arguments: [String], in folder: String, environment: [String] = []) throws {
    let scratch = folder + "-output-\(StartedProgram.next())"
    outputPath = scratch + ".out"
    errorPath = scratch + ".err"
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, 1, outputPath, flags, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errorPath, flags, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

    // The shell changes the folder: a file action for that is not everywhere.
    let change = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder]
    var words = (change + [try StartedProgram.programPath()] + arguments).map { strdup($0) }
    var settings = (["PATH=/usr/bin:/bin", "HOME=/nonexistent"] + environment).map { strdup($0) }
    defer { (words + settings).forEach { free($0) } }
    words.append(nil)
    settings.append(nil)
    var child = pid_t()
    try #require(posix_spawn(&child, change[0], &actions, &attributes, words, settings) == 0)
    processID = child
  }

  func wait() throws -> ProgramRun {
    var status: Int32 = 0
    while waitpid(processID, &status, 0) < 0 { try #require(errno == EINTR) }
    let signal = status & 0x7f
    let run = ProgramRun(
      status: signal == 0 ? (status >> 8) & 0xff : -signal, output: try Self.text(outputPath),
      errors: try Self.text(errorPath))
    unlink(outputPath)
    unlink(errorPath)
    return run
  }

  /// What it has printed so far.
  func outputSoFar() throws -> String { try Self.text(outputPath) }

  /// The program is beside the tests.
  static func programPath() throws -> String {
    let real = try #require(realpath("/proc/self/exe", nil))
    defer { free(real) }
    let tests = String(cString: real)
    let folder = tests.split(separator: "/").dropLast().joined(separator: "/")
    return "/" + folder + "/fulcrum"
  }

  private static func text(_ path: String) throws -> String {
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return String(decoding: text, as: UTF8.self) }
      text += buffer.prefix(count)
    }
  }

  private static func next() -> UInt64 { UInt64.random(in: 0..<(.max)) }
}
