import Ground
import Surface
import Terminal

/// A script of keys that drives the application: for demonstrations, for tests, and to show how
/// something is done.
///
/// ```
/// # Words are keys; text in quotes is typed.
/// n Down Down Enter "12.5" Enter
/// resize 120x40
/// until "Ready to start" 20
/// wait 0.5
/// capture form.txt
/// ```
public struct KeyScript: Sendable, Hashable {
  public var steps: [Step]

  /// One step of a script.
  public enum Step: Sendable, Hashable {
    case key(Key)
    case paste(String)
    case resize(Size)
    /// Waits for seconds.
    case wait(Double)
    /// Waits until the screen shows a text, for at most so many seconds.
    case until(String, Double)
    /// Writes the screen as text to a file.
    case capture(String)
  }

  /// Reads a script.
  ///
  /// - Throws: everything that is wrong with it, with the lines.
  public init(_ text: String, file: String = "script") throws(Problems) {
    steps = []
    var problems: [Problem] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let words = Self.words(line)
      guard let first = words.first, !first.text.hasPrefix("#") || first.isQuoted else { continue }
      if let parsed = Self.directive(words) {
        steps.append(parsed)
        continue
      }
      for word in words {
        if word.isQuoted {
          steps += word.text.map { .key(.character($0)) }
        } else if let key = Key(name: word.text) {
          steps.append(.key(key))
        } else {
          problems.append(
            Problem(
              "\(file), line \(index + 1): \"\(word.text)\" is no key",
              whatToDo: "Write keys as a, Ctrl-P, F5, Enter, Space; text to type in quotes."))
        }
      }
    }
    guard problems.isEmpty else { throw Problems(problems) }
  }

  private static func directive(_ words: [(text: String, isQuoted: Bool)]) -> Step? {
    guard !words[0].isQuoted, words.count >= 2 else { return nil }
    switch words[0].text {
    case "wait": return Double(words[1].text).map(Step.wait)
    case "until":
      return .until(words[1].text, words.count > 2 ? Double(words[2].text) ?? 10 : 10)
    case "capture": return .capture(words[1].text)
    case "paste": return .paste(words[1].text)
    case "resize":
      let numbers = words[1].text.split(separator: "x").compactMap { Int($0) }
      guard numbers.count == 2 else { return nil }
      return .resize(Size(width: numbers[0], height: numbers[1]))
    default: return nil
    }
  }

  /// The words of a line; quoted ones may hold blanks, and `\"` stands for a quote.
  private static func words(_ line: Substring) -> [(text: String, isQuoted: Bool)] {
    var words: [(text: String, isQuoted: Bool)] = []
    var rest = line
    while true {
      rest = rest.drop { $0 == " " || $0 == "\t" }
      guard let first = rest.first else { return words }
      if first == "\"", rest.count > 1 {
        var text = ""
        rest = rest.dropFirst()
        while let character = rest.first, character != "\"" {
          rest = rest.dropFirst()
          if character == "\\", let next = rest.first {
            text.append(next)
            rest = rest.dropFirst()
          } else {
            text.append(character)
          }
        }
        rest = rest.dropFirst()
        words.append((text, true))
      } else {
        let word = rest.prefix { $0 != " " && $0 != "\t" }
        words.append((String(word), false))
        rest = rest.dropFirst(word.count)
      }
    }
  }
}
