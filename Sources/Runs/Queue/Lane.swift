import Ground
import TOMLText

/// A way to a batch scheduler: how a job is described to it, handed over, cancelled and looked for.
///
/// A file `~/.config/fulcrum/lanes/NAME.toml`. Slurm's is built in; a file `slurm.toml` takes its place.
public struct Lane: Sendable, Hashable {
  /// The name of its file.
  public var name: String
  /// What the screens call it.
  public var title: String
  /// Shell commands, with holes: `{script}` in the first, `{number}` in the others. The first prints the
  /// number of the job, the last the numbers of all jobs that wait or run.
  public var submit: String
  public var cancel: String
  public var query: String
  /// What a job asks for where nobody says otherwise.
  public var request: BatchRequest
  /// The batch script, with holes.
  public var template: String

  /// Slurm.
  public static let slurm = Lane(
    name: "slurm", title: "Slurm", submit: "sbatch --parsable {script}",
    cancel: "scancel {number}", query: "squeue --noheader --me --format=%i",
    request: BatchRequest(), template: slurmTemplate)

  /// The lanes of a settings folder, and what is wrong with their files.
  ///
  /// - Parameter hasSlurm: whether Slurm's own commands are here, so that its lane is one without a file.
  public static func all(
    in settingsFolder: String?, hasSlurm: Bool
  ) -> (lanes: [Lane], problems: [Problem]) {
    var lanes: [Lane] = []
    var problems: [Problem] = []
    for path in files(in: settingsFolder) {
      do throws(Problem) { lanes.append(try Lane(path: path)) } catch { problems.append(error) }
    }
    if hasSlurm, !lanes.contains(where: { $0.name == slurm.name }) { lanes.append(slurm) }
    return (lanes.sorted { $0.name < $1.name }, problems)
  }

  /// The lane of a name.
  ///
  /// - Throws: `Problem` that names those that there are.
  public static func named(_ name: String, in settingsFolder: String?) throws(Problem) -> Lane {
    let paths = files(in: settingsFolder)
    if let path = paths.first(where: { FilePath.stem(of: $0) == name }) {
      return try Lane(path: path)
    }
    if name == slurm.name { return slurm }
    let known = Set(paths.map { FilePath.stem(of: $0) } + [slurm.name]).sorted()
    throw Problem(
      "there is no lane \(name)",
      whatToDo: "Use one of \(known.joined(separator: ", ")), or write "
        + "\(settingsFolder ?? "~/.config/fulcrum")/lanes/\(name).toml.")
  }

  private static func files(in settingsFolder: String?) -> [String] {
    guard let folder = settingsFolder.map({ $0 + "/lanes" }) else { return [] }
    return FilePlace.names(in: folder).filter { !$0.hasPrefix(".") && $0.hasSuffix(".toml") }
      .sorted().map { folder + "/" + $0 }
  }
}

extension Lane {
  /// Reads a lane's file. What it does not say is as in Slurm's lane.
  ///
  /// - Throws: `Problem` with the file, the line and what to do.
  public init(path: String) throws(Problem) {
    let file = try InputFile(path: path)
    guard file.size < 1 << 17 else {
      throw Problem("\(path): too large for a lane", whatToDo: "Give the template alone.")
    }
    let text = String(decoding: try file.bytes(at: 0, count: file.size), as: UTF8.self)
    let table: TOMLTable
    do throws(TOMLSyntaxError) { table = try parseTOML(text) } catch {
      throw Problem(
        "\(path), line \(error.line): not valid TOML: \(error.description)",
        whatToDo: "Mend the line.")
    }
    self = .slurm
    name = FilePath.stem(of: path)
    title = name
    for key in table.keys {
      guard let value = table[key] else { continue }
      try take(key, value, file: path)
    }
  }

  private mutating func take(
    _ key: String, _ value: TOMLValue, file: String
  ) throws(Problem) {
    let place = "\(file), line \(value.line): \(key)"
    switch key {
    case "title", "submit", "cancel", "query", "template", "time":
      guard let text = value.string, !text.isEmpty else {
        throw Problem("\(place) is no text", whatToDo: "Put it into quotes.")
      }
      let holes: Set<String> =
        switch key {
        case "submit": ["script"]
        case "cancel", "query": ["number"]
        case "template": BatchRequest.holes
        default: []
        }
      if let unknown = Holes(text).names.first(where: { !holes.contains($0) }) {
        throw Problem(
          "\(place) has a hole {\(unknown)}",
          whatToDo: holes.isEmpty
            ? "Give it without holes."
            : "There are \(holes.sorted().map { "{\($0)}" }.joined(separator: ", ")).")
      }
      switch key {
      case "title": title = text
      case "submit": submit = text
      case "cancel": cancel = text
      case "query": query = text
      case "template": template = text
      default: request.time = text
      }
    case "nodes", "ranks", "threads":
      guard let count = value.int, (1...100_000).contains(count) else {
        throw Problem("\(place) is no number of them", whatToDo: "Give a whole number from 1.")
      }
      switch key {
      case "nodes": request.nodes = count
      case "ranks": request.ranks = count
      default: request.threads = count
      }
    default:
      throw Problem(
        "\(place) is nothing that a lane has",
        whatToDo:
          "There are title, submit, cancel, query, template, nodes, ranks, threads and time.")
    }
  }
}
