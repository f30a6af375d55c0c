import Glibc
import Yams

/// A cryoSPARC result group (.csg): which files hold the fields of a set of items.
public struct CSGroup: Sendable {
  /// What the items are: "particle", "volume", …
  public var type: String
  /// The results in the order of the file: the name, the path of the .cs file, and the number of
  /// items.
  public var results: [Result]
  /// The file as it was read.
  private let text: String

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
    text = String(decoding: bytes, as: UTF8.self)
    let root: Node?
    do {
      root = try compose(yaml: text)
    } catch {
      throw Problem("\(path) is not YAML: \(error)", whatToDo: "Make or copy the file again.")
    }
    guard let entries = root?["results"]?.mapping else {
      throw Problem(
        "\(path) has no results, so it is not a cryoSPARC .csg file",
        whatToDo: "Check that the right file was given.")
    }
    type = root?["group"]?["type"]?.string ?? ""
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    results = entries.compactMap { name, entry in
      guard let name = name.string, let metafile = entry["metafile"]?.string else { return nil }
      // '>' stands for the folder of the group.
      let isBeside = metafile.hasPrefix(">")
      return Result(
        name: name, metafile: isBeside ? folder + metafile.dropFirst() : metafile,
        itemCount: entry["num_items"]?.int)
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
  /// - Throws: a problem when it cannot be written.
  public func write(main name: String, to path: String) throws(Problem) {
    let replaced = main.metafile
    var written: String?
    if var root = try? compose(yaml: text), var entries = root["results"]?.mapping {
      for result in results {
        guard var entry = entries[Node(result.name)] else { continue }
        let file = result.metafile == replaced ? ">" + name : wholePath(result.metafile)
        entry["metafile"] = Node(file, Tag(.implicit), .singleQuoted)
        entries[Node(result.name)] = entry
      }
      root["results"] = .mapping(entries)
      written = try? serialize(node: root)
    }
    guard let written else {
      throw Problem(
        "\(path): the group cannot be written again",
        whatToDo: "This is a defect of the program: please report it.")
    }
    try AtomicFile.write(written, to: path)
  }
}

/// A path from the root, where the folder of the program is known.
private func wholePath(_ path: String) -> String {
  if path.hasPrefix("/") { return path }
  guard let folder = getcwd(nil, 0) else { return path }
  defer { free(folder) }
  return String(cString: folder) + "/" + path
}
