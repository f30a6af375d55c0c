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

  /// The rows that the whole text takes, with a column for the cursor behind it.
  public func rows(toColumns columns: Int, isInvalid: Bool = false) -> Int {
    rows(of: max(1, isInvalid ? columns - 1 : columns)).count
  }

  /// The characters of each row; the last one has room for the cursor.
  private func rows(of columns: Int) -> [Range<Int>] {
    var rows: [Range<Int>] = []
    var (start, used) = (0, 0)
    for (index, character) in input.text.enumerated() {
      let width = String(character).columns
      if used + width > columns {
        rows.append(start..<index)
        (start, used) = (index, 0)
      }
      used += width
    }
    rows.append(start..<input.text.count)
    if used >= columns { rows.append(input.text.count..<input.text.count) }
    return rows
  }

  /// Draws the text: in one line, which moves with the cursor, or wrapped in all lines that there are.
  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    guard !rect.isEmpty else { return }
    let ground: Role = isFocused ? .fieldFocus : .field
    grid.fill(rect, style: appearance[ground])
    let room = isInvalid ? rect.width - 1 : rect.width
    let style = isInvalid ? appearance.style(.bad, on: ground) : appearance[ground]
    if isInvalid {
      grid.write(appearance[Symbol.warning], x: rect.right - 1, y: rect.y, style: style)
    }
    if input.text.isEmpty && !placeholder.isEmpty {
      grid.write(
        placeholder, x: rect.x, y: rect.y, style: appearance.style(.dim, on: ground), width: room)
    } else if !isFocused {
      grid.write(input.text, x: rect.x, y: rect.y, style: style, width: room)
    }
    guard isFocused, room > 0 else { return }
    let inside = Rect(x: rect.x, y: rect.y, width: room, height: rect.height)
    if rect.height > 1 {
      drawRows(in: inside, of: &grid, style)
    } else {
      drawLine(in: inside, of: &grid, style)
    }
  }

  private func drawLine(in rect: Rect, of grid: inout Grid, _ style: Style) {
    // The text moves left as far as keeps the cursor in view, with a column for it at the end.
    let before = String(input.text.prefix(input.cursor)).columns
    let skipped = max(0, before - (rect.width - 1))
    grid.clipped(to: rect) {
      if !input.text.isEmpty { write(input.text, at: rect.x - skipped, rect.y, of: &$0, style) }
    }
    put(cursor: Point(x: rect.x + before - skipped, y: rect.y), in: rect, of: &grid)
  }

  private func drawRows(in rect: Rect, of grid: inout Grid, _ style: Style) {
    let characters = Array(input.text)
    let rows = rows(of: rect.width)
    let row = rows.lastIndex { $0.lowerBound <= input.cursor } ?? 0
    let first = max(0, row - (rect.height - 1))
    for (line, range) in rows.dropFirst(first).prefix(rect.height).enumerated() {
      if !range.isEmpty {
        write(String(characters[range]), at: rect.x, rect.y + line, of: &grid, style)
      }
    }
    let before = String(characters[rows[row].lowerBound..<input.cursor]).columns
    put(cursor: Point(x: rect.x + before, y: rect.y + row - first), in: rect, of: &grid)
  }

  private func write(
    _ text: String, at x: Int, _ y: Int, of grid: inout Grid, _ style: Style
  ) {
    grid.write(text, x: x, y: y, style: input.isSelected ? style.adding(.reverse) : style)
  }

  /// Drawn as well as reported, since a terminal may hide its cursor.
  private func put(cursor: Point, in rect: Rect, of grid: inout Grid) {
    grid.clipped(to: rect) {
      $0.restyle(Rect(x: cursor.x, y: cursor.y, width: 1, height: 1)) { $0.adding(.reverse) }
    }
    grid.cursor = cursor
  }
}
