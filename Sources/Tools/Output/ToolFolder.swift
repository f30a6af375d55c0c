import Glibc
import Ground

/// A folder of output that comes into being whole: files are written into a hidden folder beside, which
/// gets its name at the end. Into a folder that is there, the files are moved one by one.
public final class ToolFolder {
  private let output: ToolOutput
  private let inputs: [String]
  private let hidden: String
  private var isFinished = false

  /// Begins a folder.
  ///
  /// - Parameters:
  ///   - output: where it is to be.
  ///   - inputs: paths of everything that is read; none of them is replaced.
  public init(_ output: ToolOutput, inputs: [String]) throws(Problem) {
    (self.output, self.inputs) = (output, inputs)
    hidden = Self.part(of: output.path, processID: getpid())
    try makeFolder(hidden)
  }

  /// Where a process writes what is to be a folder.
  private static func part(of path: String, processID: pid_t) -> String {
    let path = FilePath.absolute(path)
    return FilePath.joined(
      FilePath.folder(of: path), ".\(FilePath.name(of: path).prefix(200)).\(processID).part")
  }

  /// Removes what a process that was killed has left of a folder, or a file, that it was writing.
  public static func removePart(of path: String, leftBy processID: pid_t) {
    remove(part(of: path, processID: processID))
    let (folder, name) = (FilePath.folder(of: path), FilePath.name(of: path))
    for file in FilePlace.names(in: folder, limit: .max)
    where file.hasPrefix(".\(name.prefix(200)).\(processID).") && file.hasSuffix(".part") {
      unlink(FilePath.joined(folder, file))
    }
  }

  deinit { if !isFinished { remove() } }

  /// Where to write a file of the folder.
  ///
  /// - Throws: a problem where it would replace one of the inputs.
  public func file(_ name: String) throws(Problem) -> String {
    _ = try output.file(name, notOneOf: inputs)
    return FilePath.joined(hidden, name)
  }

  /// Writes the record of where the files come from, and gives them their names.
  public func finish(_ record: ToolRecord) throws(Problem) {
    try AtomicFile.write(
      try record.toml(), to: FilePath.joined(hidden, FilePath.name(of: output.recordPath)))
    isFinished = true
    if rename(hidden, output.path) == 0 { return }
    for name in FilePlace.names(in: hidden, limit: .max) {
      guard rename(FilePath.joined(hidden, name), FilePath.joined(output.path, name)) == 0 else {
        let reason = systemError()
        remove()
        throw Problem(
          "\(output.path)/\(name) cannot be written (\(reason))",
          whatToDo: "Check that the folder may be written, or choose another one.")
      }
    }
    remove()
  }

  private func remove() { Self.remove(hidden) }

  private static func remove(_ folder: String) {
    for name in FilePlace.names(in: folder, limit: .max) { unlink(FilePath.joined(folder, name)) }
    rmdir(folder)
  }
}
