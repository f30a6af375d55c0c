extension String {
  /// The text as it may be sent to a terminal line by line: line feeds and tabs are kept; other control
  /// characters, and so every escape sequence, become U+FFFD; direction marks and joiners are left out.
  ///
  /// Names of files, columns and micrographs come from other people, and a terminal does what it is
  /// told. Whatever is printed without the screens passes here; the screens draw glyphs, which are safe.
  public var plainText: String {
    if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F || $0 == 0x0A || $0 == 0x09 }) { return self }
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      switch scalar.kind {
      case .printable, .mark, .space, .regionalLetter: result.append(scalar)
      case .unsafe: result.append(scalar == "\n" ? scalar : "\u{FFFD}")
      case .invisible: break
      }
    }
    return String(result)
  }

  /// The same in one line, blanks for line feeds: one in a name must not make a line that looks like the
  /// program's own.
  public var plainLine: String {
    String(String.UnicodeScalarView(plainText.unicodeScalars.map { $0 == "\n" ? " " : $0 }))
  }
}
