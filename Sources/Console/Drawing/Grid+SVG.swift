import Surface

extension Grid {
  /// The grid as a picture: one text element for each run of cells of one style.
  var svg: String {
    let (width, height) = (8, 17)
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(size.width * width)" \
      height="\(size.height * height)" font-family="monospace" font-size="13">
      <rect width="100%" height="100%" fill="#101418"/>

      """
    for y in 0..<size.height {
      var x = 0
      while x < size.width {
        let style = self[x, y].style
        var end = x
        var content = ""
        while end < size.width, self[end, y].style == style {
          content += self[end, y].text
          end += 1
        }
        text += Self.element(
          content, style: style, x: x * width, y: y * height, width: (end - x) * width,
          height: height)
        x = end
      }
    }
    return text + "</svg>\n"
  }

  private static func element(
    _ content: String, style: Style, x: Int, y: Int, width: Int, height: Int
  ) -> String {
    var (front, back) = (style.foreground.hexText ?? "#d0d0d0", style.background.hexText)
    if style.attributes.contains(.reverse) { (front, back) = (back ?? "#101418", front) }
    var text = ""
    if let back {
      text +=
        "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\" fill=\"\(back)\"/>\n"
    }
    guard content.contains(where: { $0 != " " }) else { return text }
    let weight = style.attributes.contains(.bold) ? " font-weight=\"bold\"" : ""
    let safe = content.map { character -> String in
      switch character {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      default: String(character)
      }
    }.joined()
    return text + "<text x=\"\(x)\" y=\"\(y + 13)\" fill=\"\(front)\"\(weight) "
      + "xml:space=\"preserve\" textLength=\"\(width)\">\(safe)</text>\n"
  }
}
