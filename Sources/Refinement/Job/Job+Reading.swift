import CryoEM
import EMFiles
import TOMLKit
import TOMLText

extension Job {
  /// Reads a job file, as much of it as can be understood, with everything that is wrong with it:
  /// unknown keys, wrong types, values out of range. Cross-field rules are the business of `findings`.
  ///
  /// Throws where there is no readable TOML at all.
  public static func read(path: String) throws(Problem) -> (job: Job, problems: [Problem]) {
    let text = try fileText(path)
    return try parsed(toml: text, file: path)
  }

  /// Parses the text of a job file; `file` names it in messages and gives folder and name.
  ///
  /// Throws where the text is not TOML.
  public static func parsed(
    toml text: String, file: String
  ) throws(Problem) -> (job: Job, problems: [Problem]) {
    let table: TOMLTable
    do { table = try parseTOML(text) } catch {
      let place = error.line.map { ", line \($0)" } ?? ""
      throw Problem(
        "\(file)\(place): not valid TOML: \(error.description)",
        whatToDo: "Correct that line; text values stand in \"quotes\", tables in [brackets].")
    }
    var job = Job(name: FilePath.stem(of: file), folder: FilePath.folder(of: file))
    var problems: [Problem] = []
    job.take(table, prefix: "", place: Place(file: file, text: text), problems: &problems)
    return (job, problems)
  }

  /// Where keys are in a job file, for messages.
  private struct Place {
    let file: String
    /// The first line of each key and table.
    private var lines: [String: Int] = [:]

    /// "job.toml, line 12: " for a key, without the line where it is not found.
    func callAsFunction(_ key: String) -> String {
      lines[key].map { "\(file), line \($0): " } ?? "\(file): "
    }

    init(file: String, text: String) {
      self.file = file
      func note(_ key: String, _ line: Int) { if lines[key] == nil { lines[key] = line } }
      var table = ""
      for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
        .enumerated()
      {
        let line = String(line).trimmed
        if line.hasPrefix("["), let end = line.firstIndex(of: "]") {
          table = String(line[line.index(after: line.startIndex)..<end]) + "."
          note(String(table.dropLast()), index + 1)
        } else if let equals = line.firstIndex(of: "=") {
          note(table + String(line[..<equals]).trimmed, index + 1)
        }
      }
    }
  }

  private mutating func take(
    _ table: TOMLTable, prefix: String, place: Place, problems: inout [Problem]
  ) {
    for name in table.keys where problems.count < 100 {
      guard let value = table[name] else { continue }
      let key = prefix + name
      if let inner = value.table {
        take(inner, prefix: key + ".", place: place, problems: &problems)
        continue
      }
      guard let parameter = Parameter.named(key) else {
        problems.append(Job.unknownKey(key, place: place(key)))
        continue
      }
      do { self[key] = try parameter.value(of: value) } catch {
        problems.append(Problem(place(key) + error.what, whatToDo: error.whatToDo))
      }
    }
  }
}

extension Parameter {
  /// The value of a TOML value; nil where it is a word that asks for the default.
  fileprivate func value(of toml: TOMLValueConvertible) throws(Problem) -> ParameterValue? {
    guard let value = typedValue(of: toml) else {
      // A word or a number with its unit, in quotes, is understood as it would be when typed.
      if let text = toml.string, !isText { return try parsed(text) }
      throw problem(withText: text(of: toml))
    }
    if case .text(let word) = value, defaultValue == nil, type != .symmetry {
      return try parsed(word)
    }
    if let problem = problem(with: value) { throw problem }
    return value
  }

  private var isText: Bool {
    switch type {
    case .choice, .file, .files, .folder, .symmetry: true
    default: false
    }
  }

  private func typedValue(of toml: TOMLValueConvertible) -> ParameterValue? {
    switch type {
    case .toggle: return toml.bool.map(ParameterValue.toggle)
    case .count: return toml.int.map(ParameterValue.count)
    case .number: return (toml.double ?? toml.int.map(Double.init)).map(ParameterValue.number)
    case .choice, .file, .folder: return toml.string.map(ParameterValue.text)
    case .symmetry: return toml.string.map { .text($0.uppercased()) }
    case .files:
      if let path = toml.string { return .paths([path]) }
      return strings(of: toml).map(ParameterValue.paths)
    case .coordinates:
      guard let array = toml.array, array.count == 3 else { return nil }
      let numbers = array.compactMap { $0.double ?? $0.int.map(Double.init) }
      guard numbers.count == 3 else { return nil }
      return .coordinates(Vector3(numbers[0], numbers[1], numbers[2]))
    }
  }

  private func strings(of toml: TOMLValueConvertible) -> [String]? {
    guard let array = toml.array else { return nil }
    let strings = array.compactMap(\.string)
    return strings.count == array.count ? strings : nil
  }

  private func text(of toml: TOMLValueConvertible) -> String {
    if let number = toml.double { return number.description }
    if let text = toml.string { return ParameterValue.quoted(text) }
    return toml.debugDescription
  }
}

/// The text of a small file; throws a `Problem` for one that is missing, a folder, or not UTF-8.
private func fileText(_ path: String) throws(Problem) -> String {
  let file = try InputFile(path: path)
  guard file.size < 1 << 20 else {
    throw Problem(
      "\(path): this is not a job file", whatToDo: "Give the path of a TOML file (fulcrum new).")
  }
  let bytes = try file.bytes(at: 0, count: file.size)
  guard let text = String(validating: bytes, as: UTF8.self) else {
    throw Problem(
      "\(path): not a text file in UTF-8",
      whatToDo: "Give a job file in TOML; particles go into its input.particles.")
  }
  return text
}
