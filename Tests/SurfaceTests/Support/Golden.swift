import Glibc
import Testing

@testable import Surface

/// Compares a grid with the text file of this name in Golden, or writes that file where
/// FULCRUM_RECORD_GOLDENS is 1.
func expectGolden(
  _ grid: Grid, _ name: String, styles: Bool = false,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let text =
    "# \(name) made by \(sourceLocation.fileID), \(grid.size.width)x\(grid.size.height)\n"
    + grid.text + (styles ? styleMap(of: grid) : "")
  let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
  let path = "/\(folder)/Golden/\(name).txt"
  if getenv("FULCRUM_RECORD_GOLDENS").map({ String(cString: $0) }) == "1" {
    let file = fopen(path, "w")
    #expect(file != nil, "\(path) cannot be written")
    if let file {
      fputs(text, file)
      fclose(file)
    }
    return
  }
  guard let recorded = Files.text(of: path) else {
    Issue.record(
      "\(path) is missing: FULCRUM_RECORD_GOLDENS=1 swift test writes it",
      sourceLocation: sourceLocation)
    return
  }
  #expect(
    text == recorded, "differs from \(path); it is now\n\(text)", sourceLocation: sourceLocation)
}

/// One letter for each style in place of each cell, and what the letters mean: colours that a
/// person can review.
private func styleMap(of grid: Grid) -> String {
  let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
  var known: [Style] = []
  var result = ""
  for y in 0..<grid.size.height {
    for x in 0..<grid.size.width {
      let style = grid[x, y].style
      if !known.contains(style) { known.append(style) }
      let index = known.firstIndex(of: style) ?? 0
      result += index < letters.count ? String(letters[index]) : "?"
    }
    result += "\n"
  }
  for (index, style) in known.enumerated() where index < letters.count {
    let attributes: [(Style.Attributes, String)] = [
      (.bold, "bold"), (.dim, "dim"), (.underline, "underline"), (.reverse, "reverse"),
    ]
    let words =
      [describe(style.foreground), "on", describe(style.background)]
      + attributes.filter { style.attributes.contains($0.0) }.map(\.1)
    result += "\(letters[index]): \(words.joined(separator: " "))\n"
  }
  return result
}

private func describe(_ colour: Colour) -> String {
  switch colour {
  case .terminal: return "terminal"
  case .indexed(let index): return "palette-\(index)"
  case .rgb: return colour.hexText ?? ""
  }
}

extension Appearance {
  /// The looks that goldens are made for: the best and the least terminal, and a console.
  static let tested: [(name: String, appearance: Appearance)] = [
    ("unicode", Appearance()),
    ("ascii", Appearance(colours: .none, glyphs: .ascii)),
    ("basic", Appearance(colours: .c8, glyphs: .basic)),
  ]
}
