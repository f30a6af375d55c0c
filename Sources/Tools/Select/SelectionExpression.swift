/// An expression over the columns of particles, as a tree.
indirect enum SelectionExpression: Equatable {
  case number(Double)
  case text(String)
  /// A column, or a word that the selection knows: `half`, `defocus`, `turned`, …
  case name(String, place: Int)
  /// `count(micrograph)`: how many particles have the same value.
  case count(SelectionExpression, place: Int)
  /// A function of one number.
  case function(String, SelectionExpression, place: Int)
  case negated(SelectionExpression, place: Int)
  case arithmetic(SelectionExpression, String, SelectionExpression, place: Int)
  case comparison(SelectionExpression, String, SelectionExpression, place: Int)
  /// Whether a text has a match of a regular expression.
  case match(SelectionExpression, String, place: Int)
  case member(SelectionExpression, [SelectionExpression], place: Int)
  case not(SelectionExpression)
  case and(SelectionExpression, SelectionExpression)
  case or(SelectionExpression, SelectionExpression)
}

extension SelectionExpression {
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
  /// - Throws: what is wrong, with the character.
  init(_ expression: String) throws(SelectionError) {
    var parser = Parser(tokens: try SelectionToken.all(in: expression))
    if parser.tokens.count == 1 {
      throw SelectionError("nothing stands here", Parser.example, at: 0)
    }
    self = try parser.or()
    guard parser.next.kind == .end else { throw parser.unexpected() }
  }

  /// Names of functions of a number.
  static let functions = ["abs", "sqrt", "floor", "count"]

  private struct Parser {
    var tokens: [SelectionToken]
    var position = 0
    var depth = 0
    /// Conditions and terms that were joined.
    var links = 0

    static let example = "Write, for example: rlnDefocusU < 20000 and half = A"

    var next: SelectionToken { tokens[position] }

    mutating func take() -> SelectionToken {
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

    func unexpected() -> SelectionError {
      let what: String
      switch next.kind {
      case .end: what = "the expression ends too early"
      case .symbol(let symbol): what = "“\(symbol)” is not expected"
      case .word(let word): what = "“\(word)” is not expected"
      case .number(let value): what = "the number \(value) is not expected"
      case .text(let text): what = "the text “\(text)” is not expected"
      }
      return SelectionError(
        what, "Join conditions with and, or, not and parentheses. " + Self.example, at: next.place)
    }

    mutating func expect(_ symbol: String) throws(SelectionError) {
      if take(symbol) == nil {
        throw SelectionError(
          next.kind == .end ? "“\(symbol)” is missing" : "here “\(symbol)” should stand",
          "Close every parenthesis, and part the values of a list by commas.", at: next.place)
      }
    }

    mutating func or() throws(SelectionError) -> SelectionExpression {
      var left = try and()
      while take("or", "||", "|") != nil {
        try link()
        left = .or(left, try and())
      }
      return left
    }

    mutating func and() throws(SelectionError) -> SelectionExpression {
      var left = try not()
      while take("and", "&&", "&") != nil {
        try link()
        left = .and(left, try not())
      }
      return left
    }

    /// Counts a link of a chain, each of which is a level of the tree.
    private mutating func link() throws(SelectionError) {
      links += 1
      guard links <= 500 else {
        throw SelectionError(
          "more than 500 conditions are joined", "Write a list: row in (1, 2, 3).", at: next.place)
      }
    }

    mutating func not() throws(SelectionError) -> SelectionExpression {
      try deeper()
      defer { depth -= 1 }
      if take("not", "!") != nil { return .not(try not()) }
      return try comparison()
    }

    /// Nobody nests by hand as deep as the stack would allow.
    private mutating func deeper() throws(SelectionError) {
      depth += 1
      if depth > 200 {
        throw SelectionError(
          "the parentheses are nested too deep", "Write it simpler.", at: next.place)
      }
    }

    mutating func comparison() throws(SelectionError) -> SelectionExpression {
      let left = try sum()
      if let (symbol, place) = take("=", "==", "!=", "<", "<=", ">", ">=") {
        let right = try sum()
        let result = SelectionExpression.comparison(
          left, symbol == "==" ? "=" : symbol, right, place: place)
        if case .symbol(let again) = next.kind, ["=", "<", ">", "<=", ">=", "!="].contains(again) {
          throw SelectionError(
            "comparisons cannot be chained", "Write a < b and b < c.", at: next.place)
        }
        return result
      }
      if let (symbol, place) = take("~", "!~") {
        guard case .text(let pattern) = take().kind else {
          throw SelectionError(
            "a regular expression is a text in quotes", "Write, for example: micrograph ~ 'grid2'",
            at: tokens[max(0, position - 1)].place)
        }
        let match = SelectionExpression.match(left, pattern, place: place)
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
      let member = SelectionExpression.member(left, values, place: place)
      return isNot ? .not(member) : member
    }

    mutating func sum() throws(SelectionError) -> SelectionExpression {
      var left = try product()
      while let (symbol, place) = take("+", "-") {
        try link()
        left = .arithmetic(left, symbol, try product(), place: place)
      }
      return left
    }

    mutating func product() throws(SelectionError) -> SelectionExpression {
      var left = try factor()
      while let (symbol, place) = take("*", "/", "%") {
        try link()
        left = .arithmetic(left, symbol, try factor(), place: place)
      }
      return left
    }

    mutating func factor() throws(SelectionError) -> SelectionExpression {
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
        guard SelectionExpression.functions.contains(word) else {
          throw SelectionError(
            "there is no function “\(word)”",
            "Functions are \(SelectionExpression.functions.joined(separator: ", ")).",
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
