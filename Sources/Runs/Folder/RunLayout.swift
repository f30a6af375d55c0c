import Glibc
import Ground

/// The names of everything that a run writes. What has another name in a run folder is somebody else's,
/// and is left alone.
enum RunLayout {
  /// Files of the run folder itself.
  static let folder = [
    "job.toml", "run.json", "events.jsonl", "note.txt", "inputs.json", "lock", "queue.json",
    "queue.log", "submit.sh",
  ]
  /// The folder of the regions' own folders.
  static let regions = "regions"
  /// Files of checkpoint/.
  static let checkpoint = ["state.bin", "search.bin", "changes.toml"]
  /// What the command at the end has printed, in control/.
  static let endLog = "at-end.txt"
  /// Files of control/, where others leave requests.
  static let control = ControlRequest.Kind.allCases.map(\.fileName) + [endLog]
  /// Files of iterations/004.
  static let iteration = [
    "metrics.json", "half_map_a.mrc", "half_map_b.mrc", "mask.mrc", "poses.star", "poses.cs",
  ]
  /// The final particles, in either format.
  static let particles = ["particles.star", "particles.cs"]
  /// Files of final/ with what they are, in the order in which people want them.
  static let final: [(name: String, title: String)] = [
    ("map_sharp.mrc", "sharpened map"),
    ("map.mrc", "map, not sharpened"),
    ("half_map_a.mrc", "half-map A"),
    ("half_map_b.mrc", "half-map B"),
    ("mask.mrc", "mask of the refinement"),
    ("mask_fsc.mrc", "mask of the FSC"),
    ("local_resolution.mrc", "local resolution"),
    ("particles.star", "particles with their new poses"),
    ("particles.cs", "particles with their new poses"),
    (PoseEvidenceFile.name, "what the images say of the poses"),
    ("fsc.tsv", "FSC curves, a table"),
    ("fsc.star", "FSC curves as of relion_postprocess"),
    ("fsc.xml", "FSC curve for a deposition"),
    ("metrics.json", "what the screens show of the final maps"),
    ("composite.mrc", "one map of all regions"),
    ("motion.json", "how the body moves"),
    ("modes.tsv", "how far each particle is along the modes of the motion"),
    ("summary.json", "summary"),
  ]

  /// The number of the iteration whose folder has a name; nil for other names.
  static func iteration(named name: String) -> Int? {
    guard let number = Int(name), (0...1_000_000).contains(number), folderName(number) == name
    else { return nil }
    return number
  }

  /// The name of an iteration's folder: 004.
  static func folderName(_ iteration: Int) -> String {
    let digits = String(iteration)
    return String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }

  /// Whether a name is that of a file of the list, half written by a process that was killed:
  /// `.map.mrc.4711.12.part`, or a lock that was being taken away, `lock.4711.12`.
  static func isLeftover(_ name: String, of list: [String]) -> Bool {
    func isNumbers(_ text: Substring) -> Bool {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }
    }
    return list.contains { file in
      let (begin, end) = (".\(file).", ".part")
      if name.hasPrefix(begin), name.hasSuffix(end),
        name.utf8.count > begin.utf8.count + end.utf8.count
      {
        return isNumbers(name.dropFirst(begin.count).dropLast(end.count))
      }
      return file == "lock" && name.hasPrefix("lock.") && isNumbers(name.dropFirst(5))
    }
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}

// MARK: The way into a run folder

/// Everything inside a run folder is reached through here: relative to the folder as it was opened, and
/// without following links, since the folder may have been made by anybody.
extension RunFolder {
  /// The place of one of the run's files or folders.
  ///
  /// - Throws: `Problem` where a folder on the way is missing, or is a link.
  func place(_ path: String) throws(Problem) -> FilePlace {
    try FilePlace(path, within: root)
  }

  /// What the system knows of a file; nil where there is none. Of a link, that it is one.
  func facts(of path: String) -> stat? { (try? place(path))?.status }

  /// Whether there is an ordinary file, not a link to one, in folders that are no links either.
  public func holds(_ path: String) -> Bool {
    facts(of: path).map { $0.st_mode & S_IFMT == S_IFREG } ?? false
  }

  /// Removes a file, or a link in its place.
  func removeFile(_ path: String) { (try? place(path))?.remove() }

  /// Makes one of the run's folders.
  func make(_ path: String) throws(Problem) { try place(path).makeFolder() }

  /// Makes the folder of an iteration, and the one that holds all, should it have vanished.
  func makeIteration(_ iteration: Int) throws(Problem) {
    try make(iterationsPath)
    try make(iterationPath(iteration))
  }

  /// Opens one of the run's files for reading.
  func input(_ path: String) throws(Problem) -> InputFile {
    try InputFile(path: path, within: root)
  }

  /// Replaces one of the run's files; of a link, the link.
  func write(_ text: String, to path: String) throws(Problem) {
    try AtomicFile.write(text, to: path, within: root)
  }

  /// Replaces one of the run's files by a value as JSON.
  func write(_ value: some Encodable, to path: String) throws(Problem) {
    try write(JSONFile.text(value) + "\n", to: path)
  }

  /// Names in one of the run's folders, sorted, without hidden ones; empty where there is no folder, or
  /// a link to one.
  func entries(of folder: String, limit: Int = .max) -> [String] {
    allEntries(of: folder, limit: limit).filter { !$0.hasPrefix(".") }.sorted()
  }

  /// Names in one of the run's folders, in no order.
  func allEntries(of folder: String, limit: Int = .max) -> [String] {
    if folder == path { return FilePlace.names(in: folder, limit: limit) }
    return (try? place(folder))?.names(limit: limit) ?? []
  }

  /// Every symbolic link among the files and folders of the run, each as a problem.
  func links() -> [Problem] {
    let iterations = entries(of: iterationsPath).map { iterationsPath + "/" + $0 }
    let folders = [controlPath, iterationsPath, checkpointPath, finalPath] + iterations
    let files = [jobPath, manifestPath, eventsPath, inputsPath, lockPath]
    let inside =
      RunLayout.checkpoint.map { checkpointPath + "/" + $0 } + [controlPath + "/parameters.toml"]
    return (folders + files + inside).compactMap { (try? place($0))?.refusal }
      + regions.flatMap { $0.links() }
  }
}
