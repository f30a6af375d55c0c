// TOML that comes from outside: job files, themes, settings.
//
// Owns parsing it without danger: the parser's faults are caught here, and nobody else calls it. Never
// knows what a key means.
import TOMLKit

/// Why a text is not TOML.
public struct TOMLSyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The line, from 1; nil where it is not known.
  public var line: Int?
  /// What is wrong, in one line.
  public var description: String
}

/// The table of a TOML text that anybody may have written.
///
/// - Throws: where it is not TOML, and where it is nested so deeply that the parser would run out of
///   stack.
public func parseTOML(_ text: String) throws(TOMLSyntaxError) -> TOMLTable {
  var scanner = TOMLScanner(text)
  if let problem = scanner.problem() { throw problem }
  do { return try TOMLTable(string: text) } catch {
    let parsing = error as? TOMLParseError
    throw TOMLSyntaxError(
      line: parsing?.source.begin.line, description: parsing?.description ?? "\(error)")
  }
}
