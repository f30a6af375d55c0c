/// A cryoSPARC result group (.csg): which files hold the fields of a set of items.
public struct CSGroup: Sendable {
  /// What the items are: "particle", "volume", …
  public var type: String
  /// The results in the order of the file: the name, the path of the .cs file, and the number of
  /// items.
  public var results: [Result]

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
    do { root = try YAMLReader.value(of: String(decoding: bytes, as: UTF8.self)) } catch {
      throw Problem(
        "\(path), line \(error.line): not the YAML of a .csg file: \(error.description)",
        whatToDo: "Make or copy the file again, or correct that line.")
    }
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
