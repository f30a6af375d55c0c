/// A header or a key of a TOML text and the bytes of UTF-8 that it takes: for who changes a value and leaves
/// everything else as it was written.
public struct TOMLEntry: Sendable, Hashable {
  /// The names of the table header that it stands under; of a header its own. Empty before the first.
  public var header: [String]
  /// Whether that header opens an element of a list, `[[…]]`.
  public var isElement: Bool
  /// The names of its key; nil for a header.
  public var key: [String]?
  /// What it is set to; empty for a header.
  public var value: Range<Int>
  /// Its lines, with what stands before and behind it on them.
  public var lines: Range<Int>
}

/// The headers and keys of a TOML text in their order; keys of inline tables are parts of their value.
///
/// - Throws: the first place where it is not TOML 1.0.
public func outlineTOML(_ text: String) throws(TOMLSyntaxError) -> [TOMLEntry] {
  var reader = TOMLReader(text)
  _ = try reader.document()
  return reader.entries
}
