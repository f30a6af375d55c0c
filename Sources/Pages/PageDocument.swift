import Ground
import Images
import Surface

/// A page as a list of blocks, from which HTML and text are made.
public struct PageDocument: Sendable {
  public var title: String
  public var blocks: [Block] = []

  /// A part of a page.
  public enum Block: Sendable {
    /// Of level 1, 2 or 3.
    case heading(Int, String)
    case paragraph(String)
    /// A sentence that warns, or praises.
    case note(String, isGood: Bool)
    /// The first row is the heading; numbers stand to the right.
    case table([[String]], caption: String)
    /// Vector figures, and as text the numbers that a reader would take from each.
    case figures([(svg: String, caption: String, numbers: String)])
    /// Pictures side by side, each with its caption.
    case pictures([(image: IndexedImage, caption: String)])
    /// Text to be copied as it is.
    case code(String, caption: String)
    /// The same, folded away until it is wanted.
    case folded(String, title: String)
  }

  public init(title: String) { self.title = title }

  /// The page as text, at most 100 columns where words can be wrapped.
  public var text: String {
    var lines: [String] = [title, String(repeating: "=", count: title.columns), ""]
    for block in blocks {
      switch block {
      case .heading(let level, let text):
        if level == 1 { continue }
        lines += ["", text, String(repeating: level == 2 ? "-" : "~", count: text.columns)]
      case .paragraph(let text): lines += text.wrapped(toColumns: 100) + [""]
      case .note(let text, let isGood):
        lines += ((isGood ? "  " : "! ") + text).wrapped(toColumns: 100)
      case .table(let rows, let caption):
        if !caption.isEmpty { lines.append(caption) }
        lines += Self.aligned(rows) + [""]
      case .figures(let figures):
        for figure in figures {
          lines += figure.caption.wrapped(toColumns: 100)
          lines += figure.numbers.split(separator: "\n").map { "  " + $0 } + [""]
        }
      case .pictures(let pictures):
        lines += pictures.flatMap { ("[picture] " + $0.caption).wrapped(toColumns: 100) } + [""]
      case .code(let text, let caption):
        if !caption.isEmpty { lines += caption.wrapped(toColumns: 100) }
        lines +=
          text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
          + [""]
      case .folded(let text, let title):
        lines.append(title)
        lines +=
          text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
          + [""]
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Columns of a table, two blanks apart, numbers to the right.
  static func aligned(_ rows: [[String]]) -> [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? $0[column].columns : 0 }.max() ?? 0
    }
    let isNumeric = (0..<count).map { column in
      rows.dropFirst().allSatisfy { column >= $0.count || Self.isNumber($0[column]) }
    }
    return rows.map { row in
      var line = ""
      for column in 0..<count {
        let text = column < row.count ? row[column] : ""
        let blanks = String(repeating: " ", count: max(0, widths[column] - text.columns))
        line += (column > 0 ? "  " : "") + (isNumeric[column] ? blanks + text : text + blanks)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  /// Whether a cell is a number, with its unit or none at all.
  static func isNumber(_ text: String) -> Bool {
    guard let first = text.first else { return true }
    return first.isNumber || first == "-" || first == "−" || first == "–"
  }
}

extension PageDocument {
  /// The page as the ending of a file asks for: text for `.txt` and `.md`, else HTML.
  public func contents(for path: String) -> String {
    path.hasSuffix(".txt") || path.hasSuffix(".md") ? text : html
  }
}
