/// An expression over the columns of a table, as a tree: conditions that each row fulfils or not.
public indirect enum ColumnExpression: Sendable, Equatable {
  case number(Double)
  case text(String)
  /// A column, or a word that the table knows.
  case name(String, place: Int)
  /// `count(micrograph)`: how many particles have the same value.
  case count(ColumnExpression, place: Int)
  /// A function of one number.
  case function(String, ColumnExpression, place: Int)
  case negated(ColumnExpression, place: Int)
  case arithmetic(ColumnExpression, String, ColumnExpression, place: Int)
  case comparison(ColumnExpression, String, ColumnExpression, place: Int)
  /// Whether a text has a match of a regular expression.
  case match(ColumnExpression, String, place: Int)
  case member(ColumnExpression, [ColumnExpression], place: Int)
  case not(ColumnExpression)
  case and(ColumnExpression, ColumnExpression)
  case or(ColumnExpression, ColumnExpression)
}

extension ColumnExpression {
  /// The names that occur in it.
  public var names: Set<String> {
    switch self {
    case .number, .text: []
    case .name(let name, _): [name]
    case .count(let a, _), .function(_, let a, _), .negated(let a, _), .match(let a, _, _),
      .not(let a):
      a.names
    case .arithmetic(let a, _, let b, _), .comparison(let a, _, let b, _), .and(let a, let b),
      .or(let a, let b):
      a.names.union(b.names)
    case .member(let a, let members, _): members.reduce(into: a.names) { $0.formUnion($1.names) }
    }
  }

  /// Reads an expression.
  ///
  ///     or:          and { ("or" | "||") and }
  ///     and:         not { ("and" | "&&") not }
  ///     not:         ("not" | "!") not | comparison
  ///     comparison:  sum [ ("=" | "!=" | "<" | "<=" | ">" | ">=") sum
  ///                      | ("~" | "!~") text | ["not"] "in" "(" sum { "," sum } ")" ]
  ///     sum:         product { ("+" | "-") product }
  ///     product:     factor { ("*" | "/" | "%") factor }
  ///     factor:      "-" factor | number | text | name | name "(" or ")" | "(" or ")"
  ///
  /// - Parameter example: an expression of the kind that is wanted, for advice.
  /// - Throws: what is wrong, with the character.
  public init(_ expression: String, example: String) throws(ExpressionError) {
    var parser = Parser(
      tokens: try ExpressionToken.all(in: expression), example: "Write, for example: " + example)
    if parser.tokens.count == 1 {
      throw ExpressionError("nothing stands here", parser.example, at: 0)
    }
    self = try parser.or()
    guard parser.next.kind == .end else { throw parser.unexpected() }
  }

  /// Names of functions of a number.
  public static let functions = ["abs", "sqrt", "floor", "count"]

  private struct Parser {
    var tokens: [ExpressionToken]
    let example: String
    var position = 0
    var depth = 0
    /// Conditions and terms that were joined.
    var links = 0

    var next: ExpressionToken { tokens[position] }

    mutating func take() -> ExpressionToken {
      let token = next
      if position < tokens.count - 1 { position += 1 }
      return token
    }

    /// Takes one of some symbols or words.
    mutating func take(_ wanted: String...) -> (what: String, place: Int)? {
      switch next.kind {
      case .symbol(let symbol) where wanted.contains(symbol):
        return (symbol, take().place)
      case .word(let word) where wanted.contains(word.lowercased()):
        return (word.lowercased(), take().place)
      default: return nil
      }
    }

    func unexpected() -> ExpressionError {
      let what: String
      switch next.kind {
      case .end: what = "the expression ends too early"
      case .symbol(let symbol): what = "“\(symbol)” is not expected"
      case .word(let word): what = "“\(word)” is not expected"
      case .number(let value): what = "the number \(value) is not expected"
      case .text(let text): what = "the text “\(text)” is not expected"
      }
      return ExpressionError(
        what, "Join conditions with and, or, not and parentheses. " + example, at: next.place)
    }

    mutating func expect(_ symbol: String) throws(ExpressionError) {
      if take(symbol) == nil {
        throw ExpressionError(
          next.kind == .end ? "“\(symbol)” is missing" : "here “\(symbol)” should stand",
          "Close every parenthesis, and part the values of a list by commas.", at: next.place)
      }
    }

    mutating func or() throws(ExpressionError) -> ColumnExpression {
      var left = try and()
      while take("or", "||", "|") != nil {
        try link()
        left = .or(left, try and())
      }
      return left
    }

    mutating func and() throws(ExpressionError) -> ColumnExpression {
      var left = try not()
      while take("and", "&&", "&") != nil {
        try link()
        left = .and(left, try not())
      }
      return left
    }

    /// Counts a link of a chain, each of which is a level of the tree.
    private mutating func link() throws(ExpressionError) {
      links += 1
      guard links <= 500 else {
        throw ExpressionError(
          "more than 500 conditions are joined", "Write a list: name in (1, 2, 3).", at: next.place)
      }
    }

    mutating func not() throws(ExpressionError) -> ColumnExpression {
      try deeper()
      defer { depth -= 1 }
      if take("not", "!") != nil { return .not(try not()) }
      return try comparison()
    }

    /// Nobody nests by hand as deep as the stack would allow.
    private mutating func deeper() throws(ExpressionError) {
      depth += 1
      if depth > 200 {
        throw ExpressionError(
          "the parentheses are nested too deep", "Write it simpler.", at: next.place)
      }
    }

    mutating func comparison() throws(ExpressionError) -> ColumnExpression {
      let left = try sum()
      if let (symbol, place) = take("=", "==", "!=", "<", "<=", ">", ">=") {
        let right = try sum()
        let result = ColumnExpression.comparison(
          left, symbol == "==" ? "=" : symbol, right, place: place)
        if case .symbol(let again) = next.kind, ["=", "<", ">", "<=", ">=", "!="].contains(again) {
          throw ExpressionError(
            "comparisons cannot be chained", "Write a < b and b < c.", at: next.place)
        }
        return result
      }
      if let (symbol, place) = take("~", "!~") {
        guard case .text(let pattern) = take().kind else {
          throw ExpressionError(
            "a regular expression is a text in quotes", "Write, for example: name ~ 'grid2'",
            at: tokens[max(0, position - 1)].place)
        }
        let match = ColumnExpression.match(left, pattern, place: place)
        return symbol == "~" ? match : .not(match)
      }
      let start = position
      let isNot = take("not") != nil
      guard let (_, place) = take("in") else {
        position = start
        return left
      }
      try expect("(")
      var values = [try sum()]
      while take(",") != nil { values.append(try sum()) }
      try expect(")")
      let member = ColumnExpression.member(left, values, place: place)
      return isNot ? .not(member) : member
    }

    mutating func sum() throws(ExpressionError) -> ColumnExpression {
      var left = try product()
      while let (symbol, place) = take("+", "-") {
        try link()
        left = .arithmetic(left, symbol, try product(), place: place)
      }
      return left
    }

    mutating func product() throws(ExpressionError) -> ColumnExpression {
      var left = try factor()
      while let (symbol, place) = take("*", "/", "%") {
        try link()
        left = .arithmetic(left, symbol, try factor(), place: place)
      }
      return left
    }

    mutating func factor() throws(ExpressionError) -> ColumnExpression {
      try deeper()
      defer { depth -= 1 }
      if let (_, place) = take("-") { return .negated(try factor(), place: place) }
      if take("(") != nil {
        let inner = try or()
        try expect(")")
        return inner
      }
      let token = next
      switch token.kind {
      case .number(let value):
        _ = take()
        return .number(value)
      case .text(let text):
        _ = take()
        return .text(text)
      case .word(let word) where !["and", "or", "not", "in"].contains(word.lowercased()):
        _ = take()
        guard next.kind == .symbol("(") else { return .name(word, place: token.place) }
        guard ColumnExpression.functions.contains(word) else {
          throw ExpressionError(
            "there is no function “\(word)”",
            "Functions are \(ColumnExpression.functions.joined(separator: ", ")).",
            at: token.place)
        }
        _ = take()
        let argument = try or()
        try expect(")")
        return word == "count"
          ? .count(argument, place: token.place) : .function(word, argument, place: token.place)
      default: throw unexpected()
      }
    }
  }
}
