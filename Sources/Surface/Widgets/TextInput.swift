/// The text of a field that is being edited, and where the cursor is in it.
public struct TextInput: Sendable, Hashable {
  public private(set) var text: String
  /// Characters before the cursor.
  public private(set) var cursor: Int

  /// Whether all of it is selected: what is typed next takes its place, any movement keeps it.
  public private(set) var isSelected: Bool

  public init(_ text: String = "", isSelected: Bool = false) {
    self.text = text
    self.isSelected = isSelected && !text.isEmpty
    cursor = text.count
  }

  /// What a key does to the text.
  public enum Edit: Sendable, Hashable {
    case insert(String)
    case left, right, start, end, wordLeft, wordRight
    case deleteBackwards, deleteForwards, deleteWord, deleteToEnd, deleteAll
  }

  public mutating func apply(_ edit: Edit) {
    if isSelected {
      isSelected = false
      switch edit {
      case .insert: remove(0..<text.count)
      case .deleteBackwards, .deleteForwards, .deleteWord:
        remove(0..<text.count)
        return
      default: break
      }
    }
    switch edit {
    case .insert(let new):
      // Pasted line ends become blanks: a field has one line.
      let line = new.map { $0.isNewline ? " " : String($0) }.joined()
      let before = String(text.prefix(cursor)) + line
      text = before + text.dropFirst(cursor)
      // Counted afterwards: a combining mark joins the character before it.
      cursor = before.count
    case .left: cursor = max(0, cursor - 1)
    case .right: cursor = min(text.count, cursor + 1)
    case .start: cursor = 0
    case .end: cursor = text.count
    case .wordLeft: cursor = wordStart
    case .wordRight: cursor = wordEnd
    case .deleteBackwards: if cursor > 0 { remove(cursor - 1..<cursor) }
    case .deleteForwards: if cursor < text.count { remove(cursor..<cursor + 1) }
    case .deleteWord: remove(wordStart..<cursor)
    case .deleteToEnd: remove(cursor..<text.count)
    case .deleteAll: remove(0..<text.count)
    }
    cursor = min(cursor, text.count)
  }

  private mutating func remove(_ range: Range<Int>) {
    text = String(text.prefix(range.lowerBound)) + text.dropFirst(range.upperBound)
    cursor = range.lowerBound
  }

  private var wordStart: Int {
    let letters = Array(text)
    var index = cursor
    while index > 0 && !TextInput.isWord(letters[index - 1]) { index -= 1 }
    while index > 0 && TextInput.isWord(letters[index - 1]) { index -= 1 }
    return index
  }

  private var wordEnd: Int {
    let letters = Array(text)
    var index = cursor
    while index < letters.count && !TextInput.isWord(letters[index]) { index += 1 }
    while index < letters.count && TextInput.isWord(letters[index]) { index += 1 }
    return index
  }

  // Slashes and dots end words, so that a path is deleted folder by folder.
  private static func isWord(_ letter: Character) -> Bool {
    letter.isLetter || letter.isNumber || letter == "_" || letter == "-"
  }
}

/// A field with text, and with the cursor while it is edited.
public struct TextField: Widget, Hashable {
  public var input: TextInput
  public var isFocused: Bool
  /// Shown while there is no text.
  public var placeholder: String
  /// Whether the text is not valid: shown in the colour of errors and with a mark at the end.
  public var isInvalid: Bool

  public init(
    _ input: TextInput, isFocused: Bool = false, placeholder: String = "", isInvalid: Bool = false
  ) {
    self.input = input
    self.isFocused = isFocused
    self.placeholder = placeholder
    self.isInvalid = isInvalid
  }

  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    guard !rect.isEmpty else { return }
    let ground: Role = isFocused ? .fieldFocus : .field
    let row = Rect(x: rect.x, y: rect.y, width: rect.width, height: 1)
    grid.fill(row, style: appearance[ground])
    let room = isInvalid ? row.width - 1 : row.width
    let style = isInvalid ? appearance.style(.bad, on: ground) : appearance[ground]
    if isInvalid {
      grid.write(appearance[Symbol.warning], x: row.right - 1, y: row.y, style: style)
    }
    if input.text.isEmpty && !placeholder.isEmpty {
      grid.write(
        placeholder, x: row.x, y: row.y, style: appearance.style(.dim, on: ground), width: room)
    } else if !isFocused {
      grid.write(input.text, x: row.x, y: row.y, style: style, width: room)
    }
    guard isFocused, room > 0 else { return }
    // The text moves left as far as keeps the cursor in view, with a column for it at the end.
    let before = String(input.text.prefix(input.cursor)).columns
    let skipped = max(0, before - (room - 1))
    grid.clipped(to: Rect(x: row.x, y: row.y, width: room, height: 1)) {
      if !input.text.isEmpty {
        $0.write(
          input.text, x: row.x - skipped, y: row.y,
          style: input.isSelected ? style.adding(.reverse) : style)
      }
      // Drawn as well as reported, since a terminal may hide its cursor.
      let cursor = Rect(x: row.x + before - skipped, y: row.y, width: 1, height: 1)
      $0.restyle(cursor) { $0.adding(.reverse) }
    }
    grid.cursor = Point(x: row.x + before - skipped, y: row.y)
  }
}
