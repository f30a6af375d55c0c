import Glibc
import Ground

/// Builds the plug-in with the compiler of a cluster's MPI.
public struct MPIBuild: Sendable {
  /// Where the plug-in goes.
  public let path: String
  /// The compiler: a name that PATH finds, or a path.
  public let compiler: String

  /// - Parameters:
  ///   - path: nil for the place where it is looked for.
  ///   - compiler: nil for `mpicc`, or what MPICC names.
  public init(path: String? = nil, compiler: String? = nil) {
    self.path = FilePath.absolute(path ?? Self.usualPath)
    self.compiler = compiler ?? environment("MPICC") ?? "mpicc"
  }

  /// Where a plug-in is looked for that nobody names.
  public static var usualPath: String {
    let base = environment("XDG_DATA_HOME") ?? (environment("HOME") ?? "") + "/.local/share"
    return base + "/fulcrum/mpi.so"
  }

  /// Compiles the plug-in beside its place and puts it there.
  ///
  /// - Throws: `Problem` that says what is missing and what to do.
  public func run() throws(Problem) {
    let folder = FilePath.folder(of: path)
    try makeFolder(folder)
    let base = "\(folder)/.\(FilePath.name(of: path)).\(getpid())"
    let (source, object, log) = (base + ".c", base + ".so", base + ".log")
    defer { for file in [source, object, log] { unlink(file) } }
    try AtomicFile.write(MPIPluginSource.text, to: source)
    let words = [compiler, "-shared", "-fPIC", "-O2", "-o", object, source]
    let ending: ChildProcess.Ending?
    do throws(ChildProcess.StartFailure) {
      ending = try ChildProcess(words, output: .file(log)).wait()
    } catch {
      throw Problem(
        "\(compiler): \(error.description): the compiler of MPI is missing",
        whatToDo:
          "Load the cluster's MPI module (module load openmpi, or mpich), or install one "
          + "(libopenmpi-dev or libmpich-dev), or name it: MPICC=/path/to/mpicc fulcrum mpi build")
    }
    guard ending == .exited(0) else {
      throw Problem(
        "\(compiler) has failed: \(Self.firstError(in: log))",
        whatToDo: "Look whether it compiles anything: \(words.joined(separator: " "))")
    }
    guard rename(object, path) == 0 else {
      throw Problem(
        "\(path): \(String(cString: strerror(errno)))", whatToDo: "Choose another place with -o.")
    }
    _ = try MPIPlugin(path: path)
  }

  private static func firstError(in log: String) -> String {
    guard let file = try? InputFile(path: log),
      let bytes = try? file.bytes(at: 0, count: min(file.size, 1 << 16))
    else { return "it says nothing" }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    return lines.first { $0.contains("error") }
      ?? lines.first { $0.contains(where: \.isLetter) } ?? "it says nothing"
  }
}

/// A variable of the environment that is not empty.
func environment(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
}
