extension YAMLValue {
  /// The value as YAML in the block style that `YAMLReader` reads.
  var yaml: String { lines.joined(separator: "\n") + "\n" }

  private var lines: [String] {
    switch self {
    case .text(let text): return [scalar(text)]
    case .list(let values):
      // Entries are texts; a deeper one stands in braces.
      return values.isEmpty ? ["[]"] : values.map { "- " + $0.inBraces }
    case .mapping(let entries):
      if entries.isEmpty { return ["{}"] }
      return entries.flatMap { entry in
        switch entry.value {
        case .mapping(let inner) where !inner.isEmpty:
          return [scalar(entry.key) + ":"] + entry.value.lines.map { "  " + $0 }
        case .list(let inner) where !inner.isEmpty:
          return [scalar(entry.key) + ":"] + entry.value.lines
        default: return [scalar(entry.key) + ": " + entry.value.lines[0]]
        }
      }
    }
  }

  private var inBraces: String {
    switch self {
    case .text(let text): scalar(text)
    case .list(let values): "[" + values.map(\.inBraces).joined(separator: ", ") + "]"
    case .mapping(let entries):
      "{" + entries.map { scalar($0.key) + ": " + $0.value.inBraces }.joined(separator: ", ") + "}"
    }
  }
}

/// A text plain where that can mean nothing else, in quotes otherwise.
private func scalar(_ text: String) -> String {
  let isPlain =
    text.first.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "/") } == true
    && text.last != " " && text.last != ":"
    && text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || " ._/+-:".utf8.contains(byte)
    } && !text.contains(": ")
  return isPlain ? text : "'" + text.replacing("'", with: "''").replacing("\n", with: " ") + "'"
}
