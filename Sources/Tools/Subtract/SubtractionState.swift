import Glibc
import Ground
import Particles

/// Whether a folder holds the beginning of the very subtraction that is asked for.
public struct SubtractionState: Sendable {
  private let folder: String
  private let path: String
  /// What decides: every option and every input.
  private let text: String

  /// - Parameters:
  ///   - options: as text, all that changes a byte.
  ///   - inputs: files that are read; their bytes count.
  ///   - stacks: of images; their sizes and times count.
  public init(
    _ folder: String, options: String, inputs: [String], stacks: [String]
  ) throws(Problem) {
    self.folder = folder
    path = FilePath.joined(folder, Self.stateName)
    var text = "\(programVersion)\n\(options)\n"
    for input in inputs {
      text += "\(try InputFile(path: input).checksum()) \(input)\n"
    }
    for stack in stacks {
      var status = stat()
      stat(stack, &status)
      text += "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) \(stack)\n"
    }
    self.text = text
  }

  /// Whether a folder holds the beginning of some subtraction.
  public static func isUnfinished(_ folder: String) -> Bool {
    access(FilePath.joined(folder, stateName), F_OK) == 0
  }

  private static let stateName = ".subtract"

  /// Whether the folder has been begun for the same and is not finished.
  public var isBegun: Bool {
    guard let file = try? InputFile(path: path),
      let bytes = try? file.bytes(at: 0, count: file.size)
    else { return false }
    return String(decoding: bytes, as: UTF8.self) == text
  }

  /// Begins: what the folder holds of an earlier subtraction goes, unless it is the same.
  public func begin() throws(Problem) {
    try makeFolder(folder)
    // What was being written when a process was killed.
    for name in FilePlace.names(in: folder, limit: .max)
    where name.hasPrefix(".") && name.hasSuffix(".part") {
      unlink(FilePath.joined(folder, name))
    }
    if isBegun { return }
    for name in FilePlace.names(in: folder, limit: .max)
    where name.hasPrefix("particles_") && name.hasSuffix(".mrcs") || name == "particles.star"
      || name == "particles.cs"
    { unlink(FilePath.joined(folder, name)) }
    try AtomicFile.write(text, to: path)
  }

  /// Nothing is left to be done.
  public func finish() { unlink(path) }
}
