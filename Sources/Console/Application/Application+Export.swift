import Ground
import Surface

extension Application {
  /// Asks for the file that the pane with the focus is saved to; its ending says as what.
  func askWhereToExport(_ surroundings: Surroundings) -> [Effect] {
    let exported = screen.exported(surroundings)
    let (name, hasNumbers) = (exported.name, exported.table != nil)
    let safe = name.map { $0.isLetter || $0.isNumber ? String($0).lowercased() : "-" }.joined()
    return [
      .popUp(
        TextPrompt(
          .exportPane, title: "Save \(name) as", text: "\(safe).txt",
          hint: "NAME.txt as characters, NAME.tsv as numbers, NAME.svg as a figure",
          objection: { path in
            if path.isEmpty || path.hasSuffix("/") {
              return Problem("a file needs a name", whatToDo: "Write one, or press Esc.")
            }
            return path.hasSuffix(".tsv") && !hasNumbers
              ? Problem("\(name) has no numbers", whatToDo: "Save it as .txt or .svg.") : nil
          }))
    ]
  }

  func export(to path: String) -> [Effect] {
    let export = screen.exported(surroundings)
    if path.hasSuffix(".tsv") {
      guard let table = export.table else {
        return [.say("\(export.name) has no numbers; save it as .txt or .svg")]
      }
      let text = table.map { $0.joined(separator: "\t") }.joined(separator: "\n") + "\n"
      return [.change(.write(path: path, text: text))]
    }
    if path.hasSuffix(".svg") {
      if let figure = export.figure {
        let (width, height) = figure.size
        return [
          .change(
            .write(path: path, text: figure.svg(title: export.name, width: width, height: height)))
        ]
      }
      return [.change(.write(path: path, text: surroundings.picture(of: export)))]
    }
    return [.change(.write(path: path, text: export.grid.text))]
  }
}

extension Surroundings {
  /// A pane as a picture. What has the terminal's own colours gets a ground as dark or as light as the
  /// theme is.
  func picture(of export: Export) -> String {
    theme.isLight
      ? export.grid.svg(title: export.name)
      : export.grid.svg(
        title: export.name, foreground: Colour(hex: 0xD0D0D0), background: Colour(hex: 0x101418))
  }
}
