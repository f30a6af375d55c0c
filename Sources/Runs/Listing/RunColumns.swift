import Expressions
import Ground
import Jobs

/// What the names of an expression stand for among runs: what came out, what is known of the run, and
/// every parameter by its key.
struct RunColumns: ExpressionColumns {
  let runs: [KnownRun]

  /// An expression of the kind that is wanted.
  static let example = "prior.rotation_sd > 5 & Å < 3.5"

  var count: Int { runs.count }

  /// Something that is known of a run and is no parameter.
  struct Outcome: Sendable {
    /// Its names, the one that is offered first.
    var names: [String]
    var value: @Sendable (KnownRun) -> Value
    /// The words that it may be; empty for others.
    var words: [String] = []
  }

  enum Value {
    case number(Double?)
    case text(String)
    case condition(Bool)
  }

  /// Everything that is no parameter, in the order in which it is offered.
  static let outcomes: [Outcome] = [
    Outcome(names: ["Å", "resolution", "A"]) { .number($0.resolution) },
    Outcome(names: ["start"]) {
      .number($0.summary?.resolutionBefore ?? $0.entry.manifest?.startResolution)
    },
    Outcome(names: ["limit"]) { .number($0.summary.map { 100 * $0.shareAtLimit }) },
    Outcome(names: ["SCF"]) { .number($0.summary?.samplingCompensation) },
    Outcome(names: ["cFAR"]) { .number($0.summary?.conicalAreaRatio) },
    Outcome(names: ["turned"]) { .number($0.summary?.medianRotation) },
    Outcome(names: ["moved"]) { .number($0.summary?.medianShift) },
    Outcome(names: ["iteration"]) { .number($0.iteration.map(Double.init)) },
    Outcome(names: ["particles"]) { .number($0.entry.manifest.map { Double($0.particles) }) },
    Outcome(names: ["minutes"]) { .number($0.entry.manifest.map { $0.duration / 60 }) },
    Outcome(
      names: ["status"], value: { .text($0.entry.status?.rawValue ?? "damaged") },
      words: RunStatus.allCases.map(\.rawValue) + ["damaged"]),
    Outcome(names: ["converged"]) { .condition($0.summary?.converged == true) },
    Outcome(names: ["doubtful"]) { .condition($0.summary.map { !$0.isClean } == true) },
    Outcome(names: ["name", "run"]) { .text($0.name) },
    Outcome(names: ["note"]) { .text($0.entry.note) },
    Outcome(names: ["sweep"]) { .text($0.entry.manifest?.group?.name ?? "") },
    Outcome(names: ["parent"]) { .text($0.entry.manifest?.parent?.run ?? "") },
    Outcome(names: ["host"]) { .text($0.entry.manifest?.host ?? "") },
  ]

  static func outcome(_ name: String) -> Outcome? {
    let wanted = name.lowercased()
    return outcomes.first { $0.names.contains { $0.lowercased() == wanted } }
  }

  // MARK: The columns of an expression

  func numbers(_ name: String, place: Int) throws(ExpressionError) -> [Double] {
    let values = try values(name, place: place)
    var numbers: [Double] = []
    for value in values {
      guard case .number(let number) = value else {
        throw ExpressionError(
          "“\(name)” is \(Self.kind(value)), no number", advice(name, value), at: place)
      }
      numbers.append(number ?? .nan)
    }
    return numbers
  }

  func texts(
    _ name: String, place: Int
  ) throws(ExpressionError) -> (values: [String], indices: [Int32]) {
    var (texts, indices, known): ([String], [Int32], [String: Int32]) = ([], [], [:])
    for value in try values(name, place: place) {
      let text: String
      switch value {
      case .text(let word): text = word
      case .condition(let isSo): text = isSo ? "true" : "false"
      case .number:
        throw ExpressionError(
          "“\(name)” is a number", "Compare it with a number without quotes.", at: place)
      }
      let index = known[text] ?? Int32(texts.count)
      if known[text] == nil {
        known[text] = index
        texts.append(text)
      }
      indices.append(index)
    }
    return (texts, indices)
  }

  func words(of name: String) -> [String] {
    if let outcome = Self.outcome(name) {
      if case .condition = outcome.value(Self.none) { return ["true", "false"] }
      return outcome.words
    }
    guard let parameter = try? Self.field(name, place: 0).parameter else { return [] }
    return switch parameter.type {
    case .toggle: ["true", "false"]
    case .choice(let words): words
    default: []
    }
  }

  func condition(_ name: String, place: Int) throws(ExpressionError) -> [Bool]? {
    if name.hasPrefix("#") {
      let tag = String(name.dropFirst())
      return runs.map { $0.tags.contains(tag) }
    }
    var rows: [Bool] = []
    for value in try values(name, place: place) {
      guard case .condition(let isSo) = value else { return nil }
      rows.append(isSo)
    }
    return rows
  }

  private static func kind(_ value: Value) -> String {
    if case .condition = value { "true or false" } else { "a text" }
  }

  private func advice(_ name: String, _ value: Value) -> String {
    if case .condition = value { return "Write \(name), or not \(name)." }
    let words = words(of: name)
    return words.isEmpty
      ? "Compare it with a text in quotes: \(name) ~ 'a'."
      : "It is one of \(words.joined(separator: ", "))."
  }

  // MARK: Values

  /// A run of which nothing is known, to see what kind of thing a name stands for.
  private static let none = KnownRun(
    entry: RunCatalogue.Entry(unread: RunFolder("/")), job: nil, summary: nil)
  static let ofNothing = RunColumns(runs: [none])

  private func values(_ name: String, place: Int) throws(ExpressionError) -> [Value] {
    if let outcome = Self.outcome(name) { return runs.map(outcome.value) }
    let field = try Self.field(name, place: place)
    return runs.map { Self.value($0.job?[field.key], of: field.parameter) }
  }

  private static func value(_ value: ParameterValue?, of parameter: Parameter) -> Value {
    switch (parameter.type, value) {
    case (.toggle, _): .condition(value?.bool == true)
    case (.count, _), (.number, _): .number(value?.double)
    // As the lists show them: without their folders.
    case (.file, let value?), (.folder, let value?): .text(FilePath.name(of: value.text))
    case (.files, .paths(let paths)?):
      .text(paths.map { FilePath.name(of: $0) }.joined(separator: ","))
    default: .text(value?.text ?? "")
    }
  }

  /// The parameter of a name: its key, that of a region, or the last part of a key where only one is meant.
  private static func field(_ name: String, place: Int) throws(ExpressionError) -> JobField {
    if let field = JobField(name) { return field }
    let meant = Parameter.all.map(\.key).filter { $0.hasSuffix("." + name) }
    if meant.count == 1, let field = JobField(meant[0]) { return field }
    if meant.count > 1 {
      throw ExpressionError(
        "“\(name)” may be \(meant.joined(separator: " or "))", "Write the whole key.", at: place)
    }
    let nearest = nearestName(to: name, among: RunFilter.names)
    throw ExpressionError(
      "there is no column “\(name)”",
      nearest.map { "Do you mean \($0)? Put texts in quotes." } ?? "Put texts in quotes.",
      at: place)
  }
}
