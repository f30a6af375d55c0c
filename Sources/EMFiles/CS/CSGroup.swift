import Glibc
import Ground

/// A cryoSPARC result group (.csg): which files hold the fields of a set of items.
public struct CSGroup: Sendable {
  /// What the items are: "particle", "volume", …
  public var type: String
  /// The results in the order of the file: the name, the path of the .cs file, and the number of
  /// items.
  public var results: [Result]
  /// The file as it was read.
  private let root: YAMLValue

  /// A result of the group.
  public struct Result: Sendable {
    /// The prefix of the fields, "alignments3D".
    public var name: String
    /// The .cs file, with the group's folder where the group says so.
    public var metafile: String
    /// Records that the file should have, where the group says so.
    public var itemCount: Int?
  }

  /// Reads a group.
  ///
  /// - Throws: a problem when it is not YAML, or has no results with a metafile.
  public init(path: String) throws(Problem) {
    let file = try InputFile(path: path)
    guard file.size < 64 << 20 else {
      throw Problem(
        "\(path) has \(file.size) bytes, too many for a .csg file",
        whatToDo: "Check that the right file was given.")
    }
    let bytes = try file.bytes(at: 0, count: file.size)
    switch FileSignature(Array(bytes.prefix(4096))) {
    case .text: break
    case let other:
      throw Problem(
        "\(path) is \(other.description ?? "no text"), not a cryoSPARC .csg file",
        whatToDo: other.advice)
    }
    let root: YAMLValue
    let marked = String(decoding: bytes, as: UTF8.self)
    // A byte order mark says nothing.
    let text =
      marked.unicodeScalars.first == "\u{FEFF}"
      ? String(marked.unicodeScalars.dropFirst()) : marked
    do { root = try YAMLReader.value(of: text) } catch {
      throw Problem(
        "\(path), line \(error.line): not the YAML of a .csg file: \(error.description)",
        whatToDo: "Make or copy the file again, or correct that line.")
    }
    self.root = root
    guard let entries = root["results"]?.entries else {
      throw Problem(
        "\(path) has no results, so it is not a cryoSPARC .csg file",
        whatToDo: "Check that the right file was given.")
    }
    type = root["group"]?["type"]?.text ?? ""
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    results = entries.compactMap { entry in
      guard let metafile = entry.value["metafile"]?.text else { return nil }
      // '>' stands for the folder of the group.
      let isBeside = metafile.hasPrefix(">")
      return Result(
        name: entry.key, metafile: isBeside ? folder + metafile.dropFirst() : metafile,
        itemCount: (entry.value["num_items"]?.text).flatMap { Int($0) })
    }
    if results.isEmpty {
      throw Problem(
        "\(path): none of its results names a metafile",
        whatToDo: "Check that the right file was given.")
    }
  }
}

extension CSGroup {
  /// The result whose file holds the particles' poses, and is the one that a refinement writes anew.
  public var main: Result {
    results.first { $0.name == "alignments3D" } ?? results.first { $0.name == "blob" } ?? results[0]
  }

  /// Writes the group again beside a new file that replaces the main result's; the other results stay
  /// where they are, named by their whole paths.
  ///
  /// - Parameters:
  ///   - name: the new file, in the folder of the group.
  ///   - path: the group to write.
  ///   - root: as `FilePlace` has it.
  /// - Throws: a problem when it cannot be written.
  public func write(
    main name: String, to path: String, within root: String? = nil
  ) throws(Problem) {
    let replaced = main.metafile
    let files = results.map {
      ($0.name, $0.metafile == replaced ? ">" + name : wholePath($0.metafile))
    }
    let fileOfResult = Dictionary(files) { first, _ in first }
    let changed = self.root.changing("results") { results in
      fileOfResult.reduce(results) { results, file in
        results.changing(file.key) { $0.changing("metafile") { _ in .text(file.value) } }
      }
    }
    try AtomicFile.write(changed.yaml, to: path, within: root)
  }
}

extension CSGroup {
  /// Writes a new group of particles for a .cs file in the same folder: a result for each prefix of its
  /// fields that is one of cryoSPARC's.
  ///
  /// - Parameters:
  ///   - metafile: the .cs file.
  ///   - path: the group to write.
  /// - Throws: a problem when the file cannot be read, or the group not be written.
  public static func write(groupOf metafile: String, to path: String) throws(Problem) {
    let file = try CSFile(path: metafile)
    let prefixes = Set(
      file.fields.compactMap { field in
        field.name.contains("/") ? field.name.split(separator: "/").first.map(String.init) : nil
      })
    func mapping(_ entries: [(String, YAMLValue)]) -> YAMLValue {
      .mapping(entries.map { YAMLValue.Entry(key: $0, value: $1) })
    }
    let results = prefixes.filter { !$0.hasPrefix("relion") && $0 != "local_refine" }.sorted().map {
      (
        $0,
        mapping([
          ("metafile", .text(">" + FilePath.name(of: metafile))),
          ("num_items", .text("\(file.rowCount)")), ("type", .text("particle.\($0)")),
        ])
      )
    }
    let group = mapping([
      ("description", .text("Particles, converted")), ("name", .text("particles")),
      ("title", .text("Particles")), ("type", .text("particle")),
    ])
    try AtomicFile.write(
      mapping([("group", group), ("results", mapping(results))]).yaml, to: path)
  }
}

extension YAMLValue {
  /// The same mapping with the value of a key changed.
  fileprivate func changing(_ key: String, _ change: (YAMLValue) -> YAMLValue) -> YAMLValue {
    guard let entries else { return self }
    return .mapping(
      entries.map { $0.key == key ? Entry(key: key, value: change($0.value)) : $0 })
  }
}

/// A path from the root, where the folder of the program is known.
private func wholePath(_ path: String) -> String {
  if path.hasPrefix("/") { return path }
  guard let folder = getcwd(nil, 0) else { return path }
  defer { free(folder) }
  return String(cString: folder) + "/" + path
}
