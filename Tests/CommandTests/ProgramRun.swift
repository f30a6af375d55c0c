import Glibc
import Ground
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
  /// The output goes through files, so that no pipe can fill up.
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
  private let process: ChildProcess
  private let outputPath: String
  private let errorPath: String

  var processID: pid_t { process.processID }

  init(_ arguments: [String], in folder: String, environment: [String] = []) throws {
    let scratch = folder + "-output-\(StartedProgram.next())"
    outputPath = scratch + ".out"
    errorPath = scratch + ".err"
    // The shell changes the folder: starting a process somewhere else is not everywhere.
    let change = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder]
    process = try ChildProcess(
      change + [try StartedProgram.programPath()] + arguments,
      environment: ["PATH=/usr/bin:/bin", "HOME=/nonexistent"] + environment,
      output: .file(outputPath), errors: errorPath)
  }

  func wait() throws -> ProgramRun {
    let status: Int32 =
      switch try #require(process.wait()) {
      case .exited(let status): status
      case .killed(let signal): -signal
      }
    let run = ProgramRun(
      status: status, output: try Self.text(outputPath), errors: try Self.text(errorPath))
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
