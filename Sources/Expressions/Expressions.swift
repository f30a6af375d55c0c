// Conditions over the columns of a table, as people write them: `turned > 10 and half = A`.
//
// Owns the grammar, and what an expression says of each row. Knows no table: what a name stands for, its
// columns say. Never reads a file.

/// The columns that the names of an expression stand for.
public protocol ExpressionColumns {
  /// Rows of the table.
  var count: Int { get }
  /// The column of a name as numbers, one for each row; NaN where a row has none.
  ///
  /// - Throws: what is wrong with the name, at its `place`.
  func numbers(_ name: String, place: Int) throws(ExpressionError) -> [Double]
  /// The column of a name as texts: each text once, and which one each row has.
  ///
  /// - Throws: what is wrong with the name, at its `place`.
  func texts(
    _ name: String, place: Int
  ) throws(ExpressionError) -> (values: [String], indices: [Int32])
  /// The words that a column may hold where they are few: they need no quotes. Empty for others.
  func words(of name: String) -> [String]
  /// What each row says to a name that is a condition by itself; nil for others.
  func condition(_ name: String, place: Int) throws(ExpressionError) -> [Bool]?
}

extension ExpressionColumns {
  public func words(of name: String) -> [String] { [] }
  public func condition(_ name: String, place: Int) throws(ExpressionError) -> [Bool]? { nil }
}
