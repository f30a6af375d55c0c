import EMFiles
import Glibc
import Refinement

/// The files that a run began with, as they were: inputs.json. A run that is resumed goes on only with
/// the same.
struct InputRecord: Codable, Sendable, Equatable {
  var files: [File]

  /// A file: its size, when it was last changed (nanoseconds since 1970), and the checksum of its first
  /// bytes.
  struct File: Codable, Sendable, Equatable {
    var path: String
    var size: Int
    var modified: Int
    var header: String

    /// The file as it is; nil where it cannot be read.
    init?(of path: String) {
      guard let file = try? InputFile(path: path),
        let head = try? file.bytes(at: 0, count: min(file.size, InputRecord.headerBytes))
      else { return nil }
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      self.path = path
      size = file.size
      modified = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
      header = String(Checksum.of(head), radix: 16)
    }
  }

  /// Bytes at the front of a file that are looked at: the whole header of any map or stack.
  static let headerBytes = 4096

  init(files: [File]) { self.files = files }

  /// The inputs of a job: particle files with those that a group names, image stacks, maps and mask, and
  /// the job file itself.
  init(of prepared: PreparedInput, jobPath: String) {
    var paths = prepared.inputPaths
    paths.append(jobPath)
    var seen = Set<String>()
    files = paths.filter { seen.insert($0).inserted }.compactMap(File.init(of:))
  }

  /// What has changed since; `ignoringTimes` takes a file for the same whose size and first bytes are.
  func problems(ignoringTimes: Bool) -> [Problem] {
    files.compactMap { before in
      guard let now = File(of: before.path) else {
        return Problem(
          "\(before.path): it was there when the run began, and cannot be read now",
          whatToDo: "Put it back, or start a new run from the last poses.")
      }
      if now.size != before.size {
        return changed(before, "it had \(before.size) bytes when the run began, now \(now.size)")
      }
      if now.header != before.header {
        return changed(before, "its first bytes are not those with which the run began")
      }
      if now.modified != before.modified, !ignoringTimes {
        return Problem(
          "\(before.path): it was written to since the run began",
          whatToDo:
            "If it is only a copy of the same file: fulcrum resume --ignore-times; else put "
            + "the old one back.")
      }
      return nil
    }
  }

  private func changed(_ file: File, _ what: String) -> Problem {
    Problem(
      "\(file.path): \(what)",
      whatToDo: "Put the old file back, or start a new run from the last poses.")
  }
}
