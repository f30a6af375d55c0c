import Glibc
import Ground
import Jobs

/// The files that a run began with, as they were: inputs.json. A run that is resumed goes on only with
/// the same.
struct InputRecord: Codable, Sendable, Equatable {
  var files: [File]

  /// A file: its size, when it was last changed (nanoseconds since 1970), and checksums of its first
  /// bytes and of its content.
  struct File: Codable, Sendable, Equatable {
    var path: String
    var size: Int
    var modified: Int
    var header: String
    /// Checksum of the content, or of the samples of it; nil in records of older versions.
    var content: String?
    /// Places of the file that were looked at; nil for the whole file.
    var samples: Int?

    /// The file as it is; nil where it cannot be read.
    ///
    /// - Parameter samples: places to look at; nil for the whole file.
    init?(of path: String, samples: Int?) {
      guard let file = try? InputFile(path: path),
        let head = try? file.bytes(at: 0, count: InputRecord.headerBytes),
        let sum = try? InputRecord.checksum(of: file, samples: samples)
      else { return nil }
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      self.path = path
      size = file.size
      modified = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
      header = String(Checksum.of(head), radix: 16)
      content = String(sum, radix: 16)
      self.samples = samples
    }
  }

  /// Bytes at the front of a file that are looked at: the whole header of any map or stack.
  static let headerBytes = 4096
  /// Bytes that are read at each place of a stack.
  static let sampleBytes = 16384
  /// Places that are looked at in a stack, and in all stacks together: a project has thousands of them.
  static let samplesOfStack = 16
  static let samplesOfAll = 16384

  init(files: [File]) { self.files = files }

  /// The inputs of a job: particle files with those that a group names, image stacks, maps and mask, and
  /// the job file itself. All are read whole but the stacks, which are sampled.
  init(of prepared: PreparedInput, jobPath: String) {
    self.init(
      of: prepared.inputPaths, stacks: prepared.particleFile.particles.stacks, jobPath: jobPath)
  }

  /// The same of paths, of which some are stacks.
  init(of paths: [String], stacks: [String], jobPath: String) {
    let stacks = Set(stacks)
    let samples = max(2, min(Self.samplesOfStack, Self.samplesOfAll / max(1, stacks.count)))
    var seen = Set<String>()
    files = (paths + [jobPath]).filter { seen.insert($0).inserted }
      .compactMap { File(of: $0, samples: stacks.contains($0) ? samples : nil) }
  }

  /// The checksum of a file, or of so many places of it from its front to its end.
  private static func checksum(of file: InputFile, samples: Int?) throws(Problem) -> UInt64 {
    guard let samples, samples > 1, file.size > samples * sampleBytes else {
      return try file.checksum()
    }
    var sum = Checksum()
    for sample in 0..<samples {
      let start = (file.size - sampleBytes) / (samples - 1) * sample
      let place = sample == samples - 1 ? file.size - sampleBytes : start
      try file.add(place..<place + sampleBytes, to: &sum)
    }
    return sum.value
  }

  /// What has changed since; `ignoringTimes` takes a file for the same whose size and content are.
  func problems(ignoringTimes: Bool) -> [Problem] {
    files.compactMap { before in
      guard let now = File(of: before.path, samples: before.samples.map { min(max(2, $0), 4096) })
      else {
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
      if let content = before.content, now.content != content {
        return changed(before, "its content is not that with which the run began")
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

extension RunFolder {
  /// The inputs as they were when the run began; nil where no record was kept.
  ///
  /// - Throws: `Problem` where there is a record that cannot be read: nothing tells then whether the
  ///   inputs are the same.
  func inputRecord() throws(Problem) -> InputRecord? {
    guard facts(of: inputsPath) != nil else { return nil }
    do throws(Problem) {
      return try JSONFile.read(InputRecord.self, from: inputsPath, within: path)
    } catch {
      throw Problem(
        error.what,
        whatToDo:
          "It says which inputs the run began with. If they are the same for certain, remove "
          + "it: the run then goes on with what is there now.")
    }
  }
}
