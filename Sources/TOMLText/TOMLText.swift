// TOML that comes from outside: job files, themes, settings.
//
// Owns reading TOML 1.0 (https://toml.io/en/v1.0.0) with the place of everything that is read, and
// writing texts so that they are read back. Never knows what a key means.

/// Why a text is not TOML.
public struct TOMLSyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The line, from 1.
  public var line: Int
  /// The character of the line, from 1.
  public var column: Int
  /// What is wrong, in one line.
  public var description: String
}

/// The table of a TOML text that anybody may have written.
///
/// - Throws: the first place where it is not TOML 1.0, or where tables and lists are more than 200 deep
///   in each other.
public func parseTOML(_ text: String) throws(TOMLSyntaxError) -> TOMLTable {
  var reader = TOMLReader(text)
  return try reader.document()
}
