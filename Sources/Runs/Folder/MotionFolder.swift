import Glibc
import Ground
import Motion
import TOMLText

/// What `fulcrum motion -o` has written of several runs: a folder outside of them.
public struct MotionFolder: Sendable {
  public let path: String

  /// - Parameter path: nil where there is no such folder, or where it is a run's.
  public init?(_ path: String) {
    guard !RunFolder(path).exists, access(FilePath.joined(path, "motion.json"), R_OK) == 0 else {
      return nil
    }
    self.path = path
  }

  /// How the regions move.
  public func report() throws(Problem) -> MotionReport {
    try JSONFile.read(MotionReport.self, from: FilePath.joined(path, "motion.json"))
  }

  /// The particles with their places along the modes.
  public var particles: String? {
    RunLayout.particles.lazy.map { FilePath.joined(path, $0) }.first { access($0, R_OK) == 0 }
  }

  /// The maps and masks of the regions, in the order of the report, as the folder's record names them.
  ///
  /// - Throws: a problem where the record is not there, or a file that it names.
  public func maps() throws(Problem) -> [(map: String, mask: String)] {
    let record = FilePath.joined(path, "provenance.toml")
    let file = try InputFile(path: record)
    let text = String(
      decoding: try file.bytes(at: 0, count: min(file.size, 1 << 24)), as: UTF8.self)
    let table: TOMLTable
    do throws(TOMLSyntaxError) { table = try parseTOML(text) } catch {
      throw Problem(
        "\(record), line \(error.line): \(error.description)",
        whatToDo: "Make the folder again: fulcrum motion RUN RUN -o FOLDER.")
    }
    let paths = (table["input"]?.array ?? []).compactMap { $0.table?["path"]?.string }
    func all(_ name: String) -> [String] { paths.filter { FilePath.name(of: $0) == name } }
    let found = Array(zip(all("map.mrc"), all("mask.mrc")))
    for path in found.flatMap({ [$0.0, $0.1] }) where access(path, R_OK) != 0 {
      throw Problem(
        "\(path), of which \(self.path) was made, is not there any more",
        whatToDo: "Bring it back, or make the folder again: fulcrum motion RUN RUN -o FOLDER.")
    }
    return found.map { (map: $0.0, mask: $0.1) }
  }
}
