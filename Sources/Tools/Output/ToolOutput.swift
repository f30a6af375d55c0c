import Glibc
import Ground

/// Where a tool writes: one file, or a folder of files.
///
/// What is there already stays unless it shall be replaced, and no input is ever written to. Beside the
/// output stands a record of where it comes from: `mask.mrc.toml`, or `provenance.toml` in a folder.
public struct ToolOutput: Sendable {
  /// What the user named.
  public let path: String
  /// Whether it is a folder.
  public let isFolder: Bool

  /// - Parameters:
  ///   - path: the file or folder to write.
  ///   - isFolder: whether it is a folder.
  ///   - replacing: whether what is there may be replaced; of a folder, the files that the tool writes.
  ///   - inputs: paths of everything that is read.
  /// - Throws: a problem where there is something already, or where the output is one of the inputs.
  public init(
    _ path: String, isFolder: Bool = false, replacing: Bool, inputs: [String]
  ) throws(Problem) {
    var status = stat()
    if stat(path, &status) == 0 {
      let isFolderThere = status.st_mode & S_IFMT == S_IFDIR
      guard isFolderThere == isFolder else {
        throw Problem(
          "\(path) is \(isFolderThere ? "a folder" : "no folder")",
          whatToDo: "Name \(isFolder ? "a new folder" : "a file") for the output with -o.")
      }
      for input in inputs where !isFolder && Self.isSame(input, status) {
        throw Problem(
          "\(path) is one of the inputs, and inputs are never written to",
          whatToDo: "Choose another name for the output.")
      }
      guard replacing else {
        throw Problem(
          "\(path) exists already",
          whatToDo: "Choose another name, or replace it with --force.")
      }
    }
    (self.path, self.isFolder) = (path, isFolder)
  }

  /// The path of a file of the output: in the folder, or the file itself.
  ///
  /// - Parameters:
  ///   - name: the file's name in the folder.
  ///   - inputs: paths of everything that is read.
  /// - Throws: a problem where it is one of the inputs.
  public func file(_ name: String, notOneOf inputs: [String] = []) throws(Problem) -> String {
    guard isFolder else { return path }
    let file = FilePath.joined(path, name)
    var status = stat()
    if stat(file, &status) == 0, inputs.contains(where: { Self.isSame($0, status) }) {
      throw Problem(
        "\(file) is one of the inputs, and inputs are never written to",
        whatToDo: "Choose another folder for the output.")
    }
    return file
  }

  /// Makes the folder, or the one that the file is to be in.
  public func makeFolders() throws(Problem) {
    try makeFolder(isFolder ? path : FilePath.folder(of: path))
  }

  /// The path of the record of where the output comes from.
  public var recordPath: String {
    isFolder ? FilePath.joined(path, "provenance.toml") : path + ".toml"
  }

  private static func isSame(_ path: String, _ other: stat) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_dev == other.st_dev
      && status.st_ino == other.st_ino
  }
}
