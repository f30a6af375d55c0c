import CryoEM
import Ground
import TOMLText

extension Job {
  /// Reads a job file, as much of it as can be understood, with everything that is wrong with it:
  /// unknown keys, wrong types, values out of range. Cross-field rules are the business of `findings`.
  ///
  /// - Parameter root: as `FilePlace` has it.
  /// - Throws: `Problem` where there is no readable TOML at all.
  public static func read(
    path: String, within root: String? = nil
  ) throws(Problem) -> (job: Job, problems: [Problem]) {
    let text = try Self.fileText(path, within: root)
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
      throw Problem(
        "\(file), line \(error.line): not valid TOML at character \(error.column): "
          + error.description,
        whatToDo: "Correct that line; text values stand in \"quotes\", tables in [brackets].")
    }
    var job = Job(name: FilePath.stem(of: file), folder: FilePath.folder(of: file))
    var problems: [Problem] = []
    job.take(table, prefix: "", file: file, problems: &problems)
    return (job, problems)
  }

  private mutating func take(
    _ table: TOMLTable, prefix: String, file: String, problems: inout [Problem]
  ) {
    for name in table.keys where problems.count < 100 {
      guard let value = table[name] else { continue }
      let key = prefix + name
      if key == "region", let tables = value.array {
        for table in tables {
          regions.append(region(table, number: regions.count + 1, file: file, &problems))
        }
        continue
      }
      if let inner = value.table {
        take(inner, prefix: key + ".", file: file, problems: &problems)
        continue
      }
      let place = "\(file), line \(value.line): "
      guard let parameter = Parameter.named(key) else {
        problems.append(Job.unknownKey(key, place: place))
        continue
      }
      do { self[key] = try parameter.value(of: value) } catch {
        problems.append(Problem(place + error.what, whatToDo: error.whatToDo))
      }
    }
  }
}

extension Job {
  /// A region from its table.
  private func region(
    _ value: TOMLValue, number: Int, file: String, _ problems: inout [Problem]
  ) -> JobRegion {
    let place = "\(file), line \(value.line): "
    guard let table = value.table else {
      problems.append(
        Problem(
          "\(place)region: it takes tables",
          whatToDo: "Write [[region]], and below it name = \"…\" and mask = \"…\"."))
      return JobRegion(name: "region\(number)")
    }
    var region = JobRegion(name: table["name"]?.string ?? "region\(number)")
    take(table, prefix: "", of: &region, file: file, &problems)
    return region
  }

  private func take(
    _ table: TOMLTable, prefix: String, of region: inout JobRegion, file: String,
    _ problems: inout [Problem]
  ) {
    for name in table.keys where problems.count < 100 {
      guard let value = table[name], prefix + name != "name" else { continue }
      if let inner = value.table {
        take(inner, prefix: prefix + name + ".", of: &region, file: file, &problems)
        continue
      }
      let place = "\(file), line \(value.line): "
      guard let parameter = JobRegion.parameter(named: prefix + name) else {
        problems.append(JobRegion.unknown(prefix + name, place: place))
        continue
      }
      do { region.values[parameter.key] = try parameter.value(of: value) } catch {
        problems.append(Problem(place + error.what, whatToDo: error.whatToDo))
      }
    }
  }
}

extension Parameter {
  /// The value of a TOML value; nil where it is a word that asks for the default.
  fileprivate func value(of toml: TOMLValue) throws(Problem) -> ParameterValue? {
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

  private func typedValue(of toml: TOMLValue) -> ParameterValue? {
    switch type {
    case .toggle: return toml.bool.map(ParameterValue.toggle)
    case .count: return toml.int.map(ParameterValue.count)
    case .number: return toml.number.map(ParameterValue.number)
    case .choice, .file, .folder: return toml.string.map(ParameterValue.text)
    case .symmetry: return toml.string.map { .text($0.uppercased()) }
    case .files:
      if let path = toml.string { return .paths([path]) }
      return strings(of: toml).map(ParameterValue.paths)
    case .coordinates:
      guard let array = toml.array, array.count == 3 else { return nil }
      let numbers = array.compactMap(\.number)
      guard numbers.count == 3 else { return nil }
      return .coordinates(Vector3(numbers[0], numbers[1], numbers[2]))
    }
  }

  private func strings(of toml: TOMLValue) -> [String]? {
    guard let array = toml.array else { return nil }
    let strings = array.compactMap(\.string)
    return strings.count == array.count ? strings : nil
  }

  private func text(of toml: TOMLValue) -> String {
    if let text = toml.string { return quotedTOML(text) }
    return toml.description
  }
}

extension Job {
  /// The text of a job file, without a look at what it says.
  ///
  /// - Throws: a `Problem` for one that is missing, a folder, too large, or not UTF-8.
  public static func fileText(
    _ path: String, within root: String? = nil
  ) throws(Problem) -> String {
    let file = try InputFile(path: path, within: root)
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
}
