import EMFiles
import Ground

/// What a particle file is, by its first bytes where they tell and by its name where they do not.
enum ParticleFileKind {
  case star, cs, csg

  /// Whether it is RELION's; of cryoSPARC's files the others are.
  var isSTAR: Bool {
    switch self {
    case .star: true
    case .cs, .csg: false
    }
  }

  init(path: String) throws(Problem) {
    let file = try InputFile(path: path)
    let head = try file.bytes(at: 0, count: 8)
    let name = path.lowercased()
    if head.first.map({ (0x93...0x95).contains($0) }) == true {
      self = .cs
    } else if name.hasSuffix(".csg") {
      self = .csg
    } else {
      self = name.hasSuffix(".cs") ? .cs : .star
    }
  }
}

extension CSFile {
  /// The particles of a result group: the file with the alignments, joined with the others.
  init(group: CSGroup, path: String) throws(Problem) {
    guard group.type.isEmpty || group.type == "particle" else {
      throw Problem(
        "\(path) is a group of type \"\(group.type)\", not of particles",
        whatToDo: "Give the .csg file of a particle output.")
    }
    let main = group.main
    try self.init(metafile: main.metafile, of: path)
    var joined: Set<String> = [main.metafile]
    for result in group.results {
      if joined.insert(result.metafile).inserted {
        try join(CSFile(metafile: result.metafile, of: path))
      }
      if let count = result.itemCount, result.metafile == main.metafile, count != rowCount {
        throw Problem(
          "\(path) promises \(Format.counted(count, "particle")), and \(result.metafile) has \(rowCount)",
          whatToDo: "Export the group again: its files do not belong together.")
      }
    }
  }
  /// A file that a group names.
  private init(metafile: String, of group: String) throws(Problem) {
    do throws(Problem) {
      try self.init(path: metafile)
    } catch {
      throw Problem("\(error.what); \(group) names it", whatToDo: error.whatToDo)
    }
  }
}
