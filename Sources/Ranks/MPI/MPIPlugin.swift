import Glibc
import Ground

/// The functions of a plug-in that was opened. It stays open until the program ends.
struct MPIPlugin {
  let begin: @convention(c) () -> Int32
  let rank: @convention(c) () -> Int32
  let count: @convention(c) () -> Int32
  typealias Moving =
    @convention(c) (_ bytes: UnsafeMutableRawPointer?, _ count: Int32, _ rank: Int32, _ tag: Int32)
    -> UnsafeMutableRawPointer?
  let send: Moving
  let receive: Moving
  let isDone: @convention(c) (UnsafeMutableRawPointer?) -> Int32
  let waiting: @convention(c) (_ rank: UnsafeMutablePointer<Int32>, _ tag: Int32) -> Int32
  let library: @convention(c) () -> UnsafePointer<CChar>?
  let end: @convention(c) () -> Void

  /// Opens a plug-in.
  ///
  /// - Throws: `Problem` for a file that is missing, is no plug-in, or one of another version.
  init(path: String) throws(Problem) {
    guard access(path, R_OK) == 0 else {
      throw Problem(
        "\(path): \(String(cString: strerror(errno)))",
        whatToDo: "Build the plug-in with: fulcrum mpi build -o \(path)")
    }
    // MPI loads parts of itself, which look for the rest in what is open to all.
    guard let handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL) else {
      throw Problem(
        "\(path): cannot be opened: \(dlerror().map { String(cString: $0) } ?? "")",
        whatToDo:
          "Load the MPI module with which it was built, or build it again: fulcrum mpi build")
    }
    func function<Function>(_ name: String, _: Function.Type) throws(Problem) -> Function {
      guard let symbol = dlsym(handle, "fulcrum_mpi_" + name) else {
        throw Problem(
          "\(path): no plug-in of this program: it has no fulcrum_mpi_\(name)",
          whatToDo: "Build it again: fulcrum mpi build -o \(path)")
      }
      return unsafeBitCast(symbol, to: Function.self)
    }
    let layout = try function("layout", (@convention(c) () -> Int32).self)
    guard layout() == MPIPluginSource.layout else {
      throw Problem(
        "\(path): a plug-in of another version of this program",
        whatToDo: "Build it again: fulcrum mpi build -o \(path)")
    }
    begin = try function("begin", (@convention(c) () -> Int32).self)
    rank = try function("rank", (@convention(c) () -> Int32).self)
    count = try function("count", (@convention(c) () -> Int32).self)
    send = try function("send", Moving.self)
    receive = try function("receive", Moving.self)
    isDone = try function(
      "is_done", (@convention(c) (UnsafeMutableRawPointer?) -> Int32).self)
    waiting = try function(
      "waiting", (@convention(c) (UnsafeMutablePointer<Int32>, Int32) -> Int32).self)
    library = try function("library", (@convention(c) () -> UnsafePointer<CChar>?).self)
    end = try function("end", (@convention(c) () -> Void).self)
  }
}
