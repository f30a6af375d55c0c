import Surface
import Terminal

extension TextInput {
  /// Takes a key or pasted text; false when it means nothing to a line of text.
  mutating func take(_ input: InputEvent) -> Bool {
    switch input {
    case .paste(let text):
      apply(.insert(text))
      return true
    case .key(let key):
      guard let edit = Self.edit(for: key) else { return false }
      apply(edit)
      return true
    default: return false
    }
  }

  private static func edit(for key: Key) -> Edit? {
    switch key {
    case .character(let character): .insert(String(character))
    case .backspace: .deleteBackwards
    case .delete, .control("d"): .deleteForwards
    case .left, .control("b"): .left
    case .right, .control("f"): .right
    case .home, .control("a"): .start
    case .end, .control("e"): .end
    case .alt("b"): .wordLeft
    case .alt("f"): .wordRight
    case .control("u"): .deleteAll
    case .control("k"): .deleteToEnd
    case .control("w"): .deleteWord
    default: nil
    }
  }
}

extension String {
  /// The text without blanks and line ends before and after.
  var trimmingBlanks: String {
    let kept = drop(while: \.isWhitespace)
    return String(
      kept[..<(kept.lastIndex { !$0.isWhitespace }.map(kept.index(after:)) ?? kept.startIndex)])
  }
}
