/// A text as SVG and HTML have it between tags and in quotes.
public func markupEscaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "\n", "\t": result.unicodeScalars.append(scalar)
    default:
      // Neither has a place for control characters.
      if scalar.value >= 0x20, scalar.value != 0x7F { result.unicodeScalars.append(scalar) }
    }
  }
  return result
}
