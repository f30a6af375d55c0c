// The value of an expression for every row, column by column.

extension ColumnExpression {
  /// Whether each row fulfils the expression. Numbers that are none fulfil no comparison but !=.
  ///
  /// - Throws: what is wrong, with the character: a name that is no column, a number compared with a text.
  public func rows(of columns: some ExpressionColumns) throws(ExpressionError) -> [Bool] {
    switch self {
    case .and(let a, let b):
      return zip(try a.rows(of: columns), try b.rows(of: columns)).map { $0 && $1 }
    case .or(let a, let b):
      return zip(try a.rows(of: columns), try b.rows(of: columns)).map { $0 || $1 }
    case .not(let inner): return try inner.rows(of: columns).map { !$0 }
    case .comparison(let a, let symbol, let b, let place):
      return try Self.compared(a, symbol, b, place: place, columns: columns)
    case .match(let value, let pattern, let place):
      return try value.matches(pattern, place: place, columns: columns)
    case .member(let value, let members, let place):
      return try value.isMember(of: members, place: place, columns: columns)
    case .name(let name, let place):
      if let rows = try columns.condition(name, place: place) { return rows }
      throw notCondition
    default: throw notCondition
    }
  }

  private var notCondition: ExpressionError {
    ExpressionError(
      "this is a value, not a condition", "Compare it, with = or < or >.", at: place)
  }

  /// Where the expression begins, as far as it is known.
  private var place: Int {
    switch self {
    case .number, .text: 0
    case .name(_, let place), .count(_, let place), .function(_, _, let place),
      .negated(_, let place), .arithmetic(_, _, _, let place), .comparison(_, _, _, let place),
      .match(_, _, let place), .member(_, _, let place):
      place
    case .not(let inner), .and(let inner, _), .or(let inner, _): inner.place
    }
  }

  // MARK: Numbers

  private func numbers(_ columns: some ExpressionColumns) throws(ExpressionError) -> [Double] {
    let count = columns.count
    switch self {
    case .number(let value): return [Double](repeating: value, count: count)
    case .name(let name, let place): return try columns.numbers(name, place: place)
    case .negated(let inner, _): return try inner.numbers(columns).map { -$0 }
    case .arithmetic(let a, let symbol, let b, _):
      let operation: (Double, Double) -> Double =
        switch symbol {
        case "+": { $0 + $1 }
        case "-": { $0 - $1 }
        case "*": { $0 * $1 }
        case "/": { $0 / $1 }
        default: { $0.truncatingRemainder(dividingBy: $1) }
        }
      return zip(try a.numbers(columns), try b.numbers(columns)).map(operation)
    case .function(let name, let inner, _):
      let values = try inner.numbers(columns)
      switch name {
      case "abs": return values.map(\.magnitude)
      case "sqrt": return values.map { $0.squareRoot() }
      default: return values.map { $0.rounded(.down) }
      }
    case .count(let inner, _):
      let indices = try inner.classes(columns)
      var sizes: [Int32: Int] = [:]
      for index in indices { sizes[index, default: 0] += 1 }
      return indices.map { Double(sizes[$0] ?? 0) }
    case .text(let text):
      throw ExpressionError(
        "“\(text)” is a text, and a number is needed", "Write numbers without quotes.", at: place)
    case .comparison, .match, .member, .not, .and, .or:
      throw ExpressionError(
        "this is a condition, and a number is needed", "Join conditions with and, or, not.",
        at: place)
    }
  }

  /// A number for each row that only rows with the same value share.
  private func classes(_ columns: some ExpressionColumns) throws(ExpressionError) -> [Int32] {
    if case .name(let name, let place) = self, let texts = try? columns.texts(name, place: place) {
      return texts.indices
    }
    var numberOfValue: [Double: Int32] = [:]
    return try numbers(columns).map { value in
      let number = numberOfValue[value] ?? Int32(numberOfValue.count)
      numberOfValue[value] = number
      return number
    }
  }

  // MARK: Texts

  /// The text of a constant; beside a column of a few words, one of these without quotes, too.
  private func constantText(
    beside other: ColumnExpression, _ columns: some ExpressionColumns
  ) -> String? {
    switch (self, other) {
    case (.text(let text), _): text
    case (.name(let word, _), .name(let name, _)):
      columns.words(of: name).first { $0.lowercased() == word.lowercased() }
    default: nil
    }
  }

  private func texts(_ columns: some ExpressionColumns) throws(ExpressionError) -> (
    values: [String], indices: [Int32]
  ) {
    guard case .name(let name, let place) = self else {
      throw ExpressionError(
        "a text can only be compared with a column", "Write the name of a column.", at: place)
    }
    return try columns.texts(name, place: place)
  }

  private static func compared(
    _ a: ColumnExpression, _ symbol: String, _ b: ColumnExpression, place: Int,
    columns: some ExpressionColumns
  ) throws(ExpressionError) -> [Bool] {
    if let text = b.constantText(beside: a, columns) {
      return try a.compared(symbol, text: text, place: place, columns: columns)
    }
    if let text = a.constantText(beside: b, columns) {
      return try b.compared(symbol, text: text, place: place, columns: columns)
    }
    if case .name(let name, let place) = a, let words = Words(columns.words(of: name)) {
      throw ExpressionError(
        "\(name) is \(words.choice)", "Write \(name) = \(words.first).", at: place)
    }
    let (left, right) = (try a.numbers(columns), try b.numbers(columns))
    let comparison: (Double, Double) -> Bool =
      switch symbol {
      case "=": { $0 == $1 }
      case "!=": { $0 != $1 }
      case "<": { $0 < $1 }
      case "<=": { $0 <= $1 }
      case ">": { $0 > $1 }
      default: { $0 >= $1 }
      }
    return zip(left, right).map(comparison)
  }

  private func compared(
    _ symbol: String, text: String, place: Int, columns: some ExpressionColumns
  ) throws(ExpressionError) -> [Bool] {
    guard symbol == "=" || symbol == "!=" else {
      throw ExpressionError(
        "texts are equal or not; “\(symbol)” compares numbers", "Write numbers without quotes.",
        at: place)
    }
    let (values, indices) = try texts(columns)
    let isSame = values.map { $0 == text }
    return indices.map { isSame[Int($0)] == (symbol == "=") }
  }

  private func matches(
    _ pattern: String, place: Int, columns: some ExpressionColumns
  ) throws(ExpressionError) -> [Bool] {
    let expression: Regex<AnyRegexOutput>
    do { expression = try Regex(pattern) } catch {
      throw ExpressionError(
        "“\(pattern)” is no regular expression", "Put a \\ before signs that mean themselves.",
        at: place)
    }
    let (values, indices) = try texts(columns)
    let isMatch = values.map { $0.firstMatch(of: expression) != nil }
    return indices.map { isMatch[Int($0)] }
  }

  private func isMember(
    of members: [ColumnExpression], place: Int, columns: some ExpressionColumns
  ) throws(ExpressionError) -> [Bool] {
    let wanted = members.compactMap { $0.constantText(beside: self, columns) }
    if wanted.isEmpty {
      let values = try numbers(columns)
      var isIn = [Bool](repeating: false, count: values.count)
      for member in members {
        for (row, value) in try member.numbers(columns).enumerated() where value == values[row] {
          isIn[row] = true
        }
      }
      return isIn
    }
    guard wanted.count == members.count else {
      throw ExpressionError(
        "the list has numbers and texts", "Put all of them in quotes, or none.", at: place)
    }
    let (values, indices) = try texts(columns)
    let set = Set(wanted)
    let isIn = values.map { set.contains($0) }
    return indices.map { isIn[Int($0)] }
  }
}

/// The few words that a column may hold, as a choice.
private struct Words {
  let first: String
  let choice: String

  init?(_ words: [String]) {
    guard let first = words.first, let last = words.last else { return nil }
    self.first = first
    choice =
      words.count > 1 ? words.dropLast().joined(separator: ", ") + " or " + last : first
  }
}
