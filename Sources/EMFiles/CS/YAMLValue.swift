/// The part of YAML 1.1 that cryoSPARC's result groups are written in (the block style of PyYAML's
/// `safe_dump`): mappings in mappings by indentation, lists of plain entries, texts plain or in quotes and
/// folded over several lines, and the innermost collections in braces and brackets, as older versions
/// write them.
///
/// Everything else (anchors, tags, documents, block texts) is refused at its place rather than guessed at.
indirect enum YAMLValue: Sendable, Hashable {
  case text(String)
  case list([YAMLValue])
  /// In the order of the file.
  case mapping([Entry])

  struct Entry: Sendable, Hashable {
    var key: String
    var value: YAMLValue
  }

  var text: String? { if case .text(let text) = self { text } else { nil } }
  var entries: [Entry]? { if case .mapping(let entries) = self { entries } else { nil } }

  /// The value of a key of a mapping.
  subscript(key: String) -> YAMLValue? { entries?.first { $0.key == key }?.value }
}

/// Why a text is not YAML of this part.
struct YAMLSyntaxError: Error, Hashable {
  /// From 1.
  var line: Int
  var description: String
}
