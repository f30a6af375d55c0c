import EMFiles
import Glibc
import Ground

/// Reads folders and headers for the file picker.
enum FolderReader {
  /// The folders, and the files with one of the endings, of a folder.
  static func listing(of path: String, endings: [String]) -> FolderListing {
    guard let found = FolderEntry.all(in: path) else {
      return FolderListing(
        path: path, entries: [], problem: String(cString: strerror(errno)))
    }
    var entries: [FolderListing.Entry] = []
    for entry in found where !entry.name.hasPrefix(".") {
      let name = entry.name
      let lower = name.lowercased()
      let fits = endings.isEmpty || endings.contains { lower.hasSuffix("." + $0.lowercased()) }
      // Of a file that does not fit nobody wants to know anything, and its type is told for nothing.
      if !fits, entry.kind == .file { continue }
      if entries.count >= Self.mostSizes, entry.kind != .other {
        entries.append(
          FolderListing.Entry(name: name, isFolder: entry.kind == .folder, bytes: nil))
        continue
      }
      var status = stat()
      guard stat(FilePath.joined(path, name), &status) == 0 else { continue }
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      if isFolder || fits {
        entries.append(
          FolderListing.Entry(name: name, isFolder: isFolder, bytes: Int(status.st_size)))
      }
    }
    let order = entries.map { (lower: $0.name.lowercased(), entry: $0) }.sorted {
      $0.entry.isFolder != $1.entry.isFolder ? $0.entry.isFolder : $0.lower < $1.lower
    }
    return FolderListing(path: path, entries: order.map(\.entry))
  }

  /// Files of a folder whose sizes are looked at: on a disk in a network each takes its time.
  private static let mostSizes = 2000

  /// What the header of a file says, a line each.
  static func header(of path: String) -> HeaderPreview {
    let lower = path.lowercased()
    var lines: [String] = [FilePath.name(of: path)]
    do {
      if [".mrc", ".mrcs", ".map", ".rec"].contains(where: lower.hasSuffix) {
        lines += try mrcLines(path)
      } else if lower.hasSuffix(".star") {
        lines += try starLines(path)
      } else if lower.hasSuffix(".cs") {
        lines += try csLines(path)
      }
    } catch { lines += [error.what, error.whatToDo] }
    return HeaderPreview(path: path, lines: lines)
  }

  private static func mrcLines(_ path: String) throws(Problem) -> [String] {
    let header = try MRCHeader(path: path)
    let voxel = header.voxelSize
    return [
      "Box \(header.columns) x \(header.rows) x \(header.sections)",
      "Pixel \(Numbers.short(voxel.x)) Å", "Mode \(header.mode.rawValue)",
      "Values \(Numbers.short(Double(header.minimum))) to "
        + Numbers.short(Double(header.maximum)),
    ] + header.labels.prefix(3)
  }

  /// Larger files would make the picker wait.
  private static let largestText = 64 << 20

  private static func starLines(_ path: String) throws(Problem) -> [String] {
    let size = try InputFile(path: path).size
    guard size <= largestText else { return ["STAR file of \(Format.bytes(size))"] }
    let star = try STARFile(path: path)
    return summary(of: star)
      + star.tables.flatMap { table in
        ["\(table.blockName): \(Format.counted(table.rowCount, "row"))"]
          + table.columnNames.prefix(12).map { "  " + $0 }
          + (table.columnNames.count > 12 ? ["  and \(table.columnNames.count - 12) more"] : [])
      }
  }

  /// What counts before a file is taken: how many particles, of which box and pixel size.
  private static func summary(of star: STARFile) -> [String] {
    guard let particles = star.tables.first(where: { $0.columnNames.contains("rlnImageName") })
    else { return [] }
    let optics = star.tables.first { $0.blockName == "optics" }
    func value(_ name: String) -> String? {
      guard let optics, optics.rowCount > 0, optics.columnNames.contains(name) else { return nil }
      return (try? optics.texts(name))?.first.flatMap(Double.init).map { Numbers.short($0) }
    }
    var lines = [Format.counted(particles.rowCount, "particle")]
    if let box = value("rlnImageSize") { lines.append("Box \(box)") }
    if let pixel = value("rlnImagePixelSize") { lines.append("Pixel \(pixel) Å") }
    let split = particles.columnNames.contains("rlnRandomSubset")
    return lines + [split ? "With half-sets" : "Without half-sets"]
  }

  private static func csLines(_ path: String) throws(Problem) -> [String] {
    let size = try InputFile(path: path).size
    return ["cryoSPARC dataset of \(Format.bytes(size))"]
  }
}
